"""The log of everything a store has taken in, in order, to which entries can only be added.

Three files: `entries` (a line of fixed width for each object: its name and the SHA-256 of its bytes as stored), `nodes`
(the Merkle tree over them) and `heads` (what was signed). Only what a head covers counts: after a crash the rest is cut
off and comes again, as nothing was promised for it. Several processes may share the folder; they take turns.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO

from agents.retention import stamps
from agents.retention.heads import Head, Signer, read_head
from agents.retention.trouble import translated
from pipeline import merkle
from pipeline.errors import Stop

_NAME_WIDTH = 96
WIDTH = _NAME_WIDTH + 64 + 1
_HASH = 32
_TAIL = 4096  # longer than any head
_CLOCK_STEP = timedelta(minutes=5)
_DAY = len("2026-11-23")
_HOUR = len("2026-11-23T12")


def leaf(name: str, sha256: str) -> bytes:
    """The hash of an entry; the padding of its line is not part of it."""
    return merkle.leaf_hash(f"{name} {sha256}".encode())


class Log:
    """Adds to the log, and reads it; `names` of objects are ASCII."""

    def __init__(self, folder: Path, signer: Signer, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._signer = signer
        self._now = now
        self._known: set[bytes] = set()
        self._known_size = 0

    def add(self, objects: Mapping[str, str], perhaps_known: frozenset[str]) -> Head | None:
        """Add names with their hashes and sign; returns when it is on the disk.

        Those `perhaps_known` are added unless they are in the log. None is returned where nothing was to be added.

        Raises:
            RetryLater: the disk is full or in trouble; whatever was half written is cut off next time.
            Stop: the log may not be written to, or has lost what it had.
        """
        with translated(self._folder):
            return self._add(objects, perhaps_known)

    def _add(self, objects: Mapping[str, str], perhaps_known: frozenset[str]) -> Head | None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        with self._turn() as (entries, nodes, heads):
            last = _last_head(heads)
            size = last.size if last else 0
            _cut(entries, size * WIDTH)
            _cut(nodes, merkle.nodes_of(size) * _HASH)
            known = self._all_known(entries, size) if perhaps_known else frozenset()
            new = [(n, h) for n, h in objects.items() if n not in perhaps_known or _digest(n) not in known]
            if not new:
                return None
            tree = merkle.Growing(size, lambda level, index: _node(nodes, level, index))
            made = [hash_ for name, sha256 in new for hash_ in tree.add(leaf(name, sha256))]
            _append(entries, b"".join(f"{name:<{_NAME_WIDTH}}{sha256}\n".encode() for name, sha256 in new))
            _append(nodes, b"".join(made))
            head = self._signer.sign(tree.size, tree.root(), self._time_after(last), last)
            if last is None:
                _sync(self._folder)
            elif last.at[:_HOUR] != head.at[:_HOUR]:
                self._publish(last, head)
            _append(heads, head.line() + b"\n")
        return head

    def _time_after(self, last: Head | None) -> datetime:
        """Now; or the last head's time while a clock that was set right catches up. More than that `verify` names."""
        at = self._now()
        before = datetime.fromisoformat(last.at) if last else at
        return before if at < before < at + _CLOCK_STEP else at

    def _publish(self, last: Head, head: Head) -> None:
        """Set down the last head of an hour, and of a day, when the next begins: to be copied out of our reach."""
        folder = self._folder / "published"
        folder.mkdir(exist_ok=True, mode=0o750)
        names = [f"hour-{last.at[:_HOUR]}.json"]
        if last.at[:_DAY] != head.at[:_DAY]:
            names.append(f"day-{last.at[:_DAY]}.json")
        for path in (folder / name for name in names):
            if not path.exists():
                waiting = path.with_suffix(".waiting")
                with waiting.open("wb") as file:
                    _append(file, last.line() + b"\n")
                waiting.rename(path)  # whole or not at all, also on a disk that is full
        _sync(folder)

    def _all_known(self, entries: BinaryIO, size: int) -> set[bytes]:
        if size < self._known_size:
            self._known, self._known_size = set(), 0
        entries.seek(self._known_size * WIDTH)
        while self._known_size < size:
            self._known.add(_digest(_parse(entries.read(WIDTH))[0]))
            self._known_size += 1
        return self._known

    @contextmanager
    def _turn(self) -> Iterator[tuple[BinaryIO, BinaryIO, BinaryIO]]:
        with (
            (self._folder / "entries").open("a+b") as entries,
            (self._folder / "nodes").open("a+b") as nodes,
            (self._folder / "heads").open("a+b") as heads,
        ):
            fcntl.flock(heads, fcntl.LOCK_EX)
            yield entries, nodes, heads


class LogReader:
    """Reads a log that may be damaged; nothing here trusts it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def exists(self) -> bool:
        """Whether there is a log at all."""
        return (self._folder / "heads").exists()

    def heads(self) -> Iterator[Head | None]:
        """Every head in order; None for a line that is none. An unfinished last line was never promised."""
        with (self._folder / "heads").open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield read_head(line[:-1])

    def published(self) -> Iterator[tuple[str, Head | None]]:
        """Every head that was set down for an hour or a day, by its name."""
        for path in sorted((self._folder / "published").glob("*.json")):
            yield f"log/published/{path.name}", read_head(path.read_bytes().removesuffix(b"\n"))

    def stamped(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Every daily head that has a time stamp: its name, its file's bytes and the stamp."""
        for path, head, stamp in stamps.stamped(self._folder):
            yield f"log/published/{path.name}", head, stamp

    def unstamped(self) -> int:
        """How many daily heads have no time stamp."""
        return len(stamps.unstamped(self._folder))

    def entries(self, start: int = 0) -> Iterator[tuple[str, str]]:
        """Name and hash of every entry from `start` on, as far as whole lines go."""
        with (self._folder / "entries").open("rb") as file:
            file.seek(start * WIDTH)
            while len(line := file.read(WIDTH)) == WIDTH:
                yield _parse(line)

    def size(self) -> int:
        """How many whole lines there are."""
        return (self._folder / "entries").stat().st_size // WIDTH

    @contextmanager
    def nodes(self) -> Iterator[merkle.Node]:
        """The tree as it stands in the file, to make proofs from."""
        with (self._folder / "nodes").open("rb") as file:
            yield lambda level, index: _node(file, level, index)


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]


def _parse(line: bytes) -> tuple[str, str]:
    text = line.decode("ascii", "replace")
    return text[:_NAME_WIDTH].rstrip(), text[_NAME_WIDTH:-1]


def _node(file: BinaryIO, level: int, index: int) -> bytes:
    file.seek(merkle.position(level, index) * _HASH)
    return file.read(_HASH)


def _append(file: IO[bytes], content: bytes) -> None:
    file.seek(0, os.SEEK_END)
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cut(file: BinaryIO, length: int) -> None:
    """Cut off what no head covers; that less is there than the head covers, is somebody's doing."""
    found = file.seek(0, os.SEEK_END)
    if found < length:
        raise Stop(f"the log file {file.name} has lost {length - found} bytes; run `anslagsvakt records verify`")
    if found > length:
        file.truncate(length)


def _last_head(file: BinaryIO) -> Head | None:
    """The last whole head; an unfinished line after it is cut off."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - 2 * _TAIL)
    file.seek(start)
    tail = file.read()
    whole = tail.rfind(b"\n") + 1
    file.truncate(start + whole)
    lines = tail[:whole].splitlines()
    if not lines:
        return None
    head = read_head(lines[-1])
    if head is None:
        raise Stop(f"the last line of {file.name} is no tree head; run `anslagsvakt records verify`")
    return head
