"""Who read what: every reading of records is written down before it is shown, each line naming the one before."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from agents.retention import documents
from pipeline.errors import Stop

_FIRST = "0" * 64
_BLOCK = 65_536


class Access(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading; `decision` is that on which nothing was covered, `words` the tokens of those searched for."""

    at: datetime
    who: str
    command: str
    records: tuple[str, ...]
    decision: str | None
    previous: str
    words: tuple[str, ...] = ()


def note(
    path: Path,
    *,
    at: datetime,
    who: str,
    command: str,
    records: Sequence[str],
    decision: str | None = None,
    words: Sequence[str] = (),
) -> bytes:
    """Write a reading down; returns the line when it is on the disk.

    Raises:
        Stop: it cannot be written; then nothing is shown.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            path.chmod(0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            access = Access(
                at=at,
                who=who,
                command=command,
                records=tuple(records),
                decision=decision,
                previous=_last(file),
                words=tuple(words),
            )
            line = msgspec.json.encode(access)
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
            return line
    except OSError as error:
        raise Stop(f"{path}: the access log cannot be written ({error.strerror}): nothing is shown") from None


def name_of(line: bytes) -> str:
    """The name that a line has in the store, where each is kept as a record of its own."""
    return documents.name_of(documents.ACCESS, line)


def faults(path: Path, stored: Iterable[str]) -> Iterator[str]:
    """What is wrong with the file: the first line that does not follow the one before, and lines that are gone.

    `stored` names those that the store keeps.
    """
    lines = path.read_bytes().splitlines() if path.exists() else []
    number = broken(lines)
    if number is not None:
        yield f"{path}:{number}: does not follow the line before"
    gone = set(stored) - {name_of(line) for line in lines}
    if gone:
        yield f"{path}: {len(gone)} lines are gone that the store keeps, {min(gone)} among them"


def broken(lines: Sequence[bytes]) -> int | None:
    """The number of the first line that does not follow the one before, or None."""
    before = _FIRST
    for number, line in enumerate(lines, 1):
        try:
            if msgspec.json.decode(line, type=Access).previous != before:
                return number
        except msgspec.DecodeError:
            return number
        before = hashlib.sha256(line).hexdigest()
    return None


def _last(file: BinaryIO) -> str:
    """The hash of the last line; read from the end, as the file grows for ever."""
    end = file.seek(0, os.SEEK_END)
    tail = b""
    while end > 0 and tail.count(b"\n") < 2:  # noqa: PLR2004  # that of the last line, and that before it
        start = max(0, end - _BLOCK)
        file.seek(start)
        tail = file.read(end - start) + tail
        end = start
    lines = tail.splitlines()
    file.seek(0, os.SEEK_END)
    return hashlib.sha256(lines[-1]).hexdigest() if lines else _FIRST
