"""Who read what: every reading of records is written down before it is shown, each line naming the one before."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from pipeline.errors import Stop

_FIRST = "0" * 64


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """One reading; `decision` is that on which nothing was covered."""

    at: datetime
    who: str
    command: str
    records: tuple[str, ...]
    decision: str | None
    previous: str


def note(path: Path, *, at: datetime, who: str, command: str, records: Sequence[str], decision: str | None) -> None:
    """Write a reading down; returns when it is on the disk. Raises Stop when it cannot be: then nothing is shown."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            path.chmod(0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            access = Access(
                at=at, who=who, command=command, records=tuple(records), decision=decision, previous=_last(path)
            )
            file.write(msgspec.json.encode(access) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Stop(f"{path}: the access log cannot be written ({error.strerror}): nothing is shown") from None


def broken(path: Path) -> int | None:
    """The number of the first line that does not follow the one before, or None."""
    before = _FIRST
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            if msgspec.json.decode(line, type=Access).previous != before:
                return number
        except msgspec.DecodeError:
            return number
        before = hashlib.sha256(line).hexdigest()
    return None


def _last(path: Path) -> str:
    lines = path.read_bytes().splitlines()
    return hashlib.sha256(lines[-1]).hexdigest() if lines else _FIRST
