"""The log of everything a store has taken in, in order, to which entries can only be added.

Two files count: `entries` (a line of fixed width for each object: its name and the SHA-256 of its bytes as stored) and
`heads` (what was signed). Only what a head covers counts: after a crash the rest is cut off and comes again, as nothing
was promised for it. Two more are made from the entries, and made anew where they are away or wrong: `nodes` (the Merkle
tree, so that a proof reads a few hashes) and `places.sqlite3` (see `places`). Several processes may share the folder;
they take turns.
"""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO

from agents.retention import entry, nodes
from agents.retention.entry import WIDTH
from agents.retention.heads import Head, Signer, read_head
from agents.retention.places import Places
from agents.retention.stamped import Stamped, stamped, unstamped
from agents.retention.trouble import translated
from pipeline import merkle
from pipeline.errors import Stop

_TAIL = 4096  # longer than any head
_CLOCK_STEP = timedelta(minutes=5)
_PLACES_EVERY = 4096  # entries, which are read to find one that the table does not tell of yet
_DAY = len("2026-11-23")
_HOUR = len("2026-11-23T12")


class Log:
    """Adds to the log, and reads it; `names` of objects are ASCII."""

    def __init__(self, folder: Path, signer: Signer, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._signer = signer
        self._now = now
        self._reader = LogReader(folder)
        self._places = Places(folder / "places.sqlite3")
        self._placed = 0

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
        with self._turn() as (entries, hashes, heads):
            last = _last_head(heads)
            _cut(entries, last.size * WIDTH if last else 0)
            known = self._reader.find(perhaps_known & objects.keys())
            new = [(name, sha256) for name, sha256 in objects.items() if name not in known]
            if not new:
                return None
            tree = self._tree(hashes, last)
            made = [hash_ for name, sha256 in new for hash_ in tree.add(entry.leaf(name, sha256))]
            _append(entries, b"".join(entry.line(name, sha256) for name, sha256 in new))
            _append(hashes, b"".join(made))
            head = self._signer.sign(tree.size, tree.root(), self._time_after(last), last)
            if last is None:
                _sync(self._folder)
            elif last.at[:_HOUR] != head.at[:_HOUR]:
                self._publish(last, head)
            _append(heads, head.line() + b"\n")
            if tree.size >= self._placed + _PLACES_EVERY or self._placed == 0:
                self._places.catch_up(lambda at: entry.at(entries, at))
                self._placed = tree.size
        return head

    def _tree(self, file: BinaryIO, last: Head | None) -> merkle.Growing:
        size, root = (last.size, last.root) if last else (0, merkle.EMPTY.hex())
        tree = nodes.tree(file, size, root, lambda: (entry.leaf(*each) for each in self._reader.entries()))
        if tree is None:  # nothing is signed on top of that
            raise Stop(f"the entries in {self._folder} are not those signed; run `anslagsvakt records verify`")
        return tree

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

    @contextmanager
    def _turn(self) -> Iterator[tuple[BinaryIO, BinaryIO, BinaryIO]]:
        with (
            (self._folder / "entries").open("a+b") as entries,
            (self._folder / "nodes").open("a+b") as hashes,
            (self._folder / "heads").open("a+b") as heads,
        ):
            fcntl.flock(heads, fcntl.LOCK_EX)
            yield entries, hashes, heads


class LogReader:
    """Reads a log that may be damaged; nothing here trusts it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places = Places(folder / "places.sqlite3")

    def exists(self) -> bool:
        """Whether there is a log at all."""
        return (self._folder / "heads").exists()

    def heads(self) -> Iterator[Head | None]:
        """Every head in order; None for a line that is none. An unfinished last line was never promised."""
        with (self._folder / "heads").open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield read_head(line[:-1])

    def newest(self) -> Head | None:
        """The last head, read without those before it."""
        with (self._folder / "heads").open("rb") as file:
            return read_head(_last_line(file)[0])

    def published(self) -> Iterator[tuple[str, Head | None]]:
        """Every head that was set down for an hour or a day, by its name."""
        for path in sorted((self._folder / "published").glob("*.json")):
            yield f"log/published/{path.name}", read_head(path.read_bytes().removesuffix(b"\n"))

    def stamped(self) -> list[Stamped]:
        """Every daily head that has a time stamp, oldest first."""
        return stamped(self._folder)

    def unstamped(self) -> int:
        """How many daily heads have no time stamp."""
        return len(unstamped(self._folder))

    def entries(self, start: int = 0) -> Iterator[tuple[str, str]]:
        """Name and hash of every entry from `start` on, as far as whole lines go."""
        with (self._folder / "entries").open("rb") as file:
            file.seek(start * WIDTH)
            while found := entry.read(file):
                yield found

    def size(self) -> int:
        """How many whole lines there are."""
        return (self._folder / "entries").stat().st_size // WIDTH

    def find(self, names: Iterable[str]) -> dict[str, tuple[int, str]]:
        """Place and hash of those of the names that are in the log, as far as the table of places is right."""
        wanted = frozenset(names)
        if not wanted:
            return {}
        with (self._folder / "entries").open("rb") as file:
            told, places = self._places.find(wanted, lambda at: entry.at(file, at))
            found = {name: (at, here[1]) for name, at in places.items() if (here := entry.at(file, at))}
        for at, (name, sha256) in enumerate(self.entries(told), told):
            if name in wanted:
                found.setdefault(name, (at, sha256))
        return found

    def leaf(self, index: int) -> bytes:
        """The hash of an entry."""
        return entry.leaf(*next(self.entries(index)))

    @contextmanager
    def nodes(self) -> Iterator[merkle.Node]:
        """The tree as it stands in its file, to make proofs from; no hash at all where the file tells none."""
        path = self._folder / "nodes"
        with path.open("rb") if path.exists() else io.BytesIO() as file:
            yield nodes.node(file)


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
    line, end = _last_line(file)
    file.truncate(end)
    if end == 0:
        return None
    head = read_head(line)
    if head is None:
        raise Stop(f"the last line of {file.name} is no tree head; run `anslagsvakt records verify`")
    return head


def _last_line(file: BinaryIO) -> tuple[bytes, int]:
    """The last whole line, and where it ends."""
    start = max(0, file.seek(0, os.SEEK_END) - 2 * _TAIL)
    file.seek(start)
    tail = file.read()
    whole = tail.rfind(b"\n") + 1
    return tail[:whole].removesuffix(b"\n").rpartition(b"\n")[2], start + whole
