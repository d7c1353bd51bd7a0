"""Where each name stands in the log: a table beside it, so that for one proof nobody reads a million entries.

Nothing rests on it. What it tells is compared with the entry itself, what it does not tell of yet is read from the log,
and when it is away, damaged or of another log, it is made anew. `verify` never asks it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS place (entry INTEGER PRIMARY KEY, name INTEGER NOT NULL) STRICT",
    "CREATE INDEX IF NOT EXISTS place_name ON place (name)",
)
_HASH_BYTES = 8


EntryAt = Callable[[int], tuple[str, str] | None]
"""An entry of the log, name and hash, by its number; None where there is none."""


class Places:
    """The table in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def find(self, names: Iterable[str], entry_at: EntryAt) -> tuple[int, dict[str, int]]:
        """Of how many entries it tells, and where among them these names stand."""
        try:
            with closing(sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=ro", uri=True)) as db:
                found = ((name, _place(db, name, entry_at)) for name in names)
                return _told(db, entry_at), {name: at for name, at in found if at is not None}
        except sqlite3.Error:
            return 0, {}

    def catch_up(self, entry_at: EntryAt) -> None:
        """Take in what the log has got since. What goes wrong is left for next time: the log does not wait for it."""
        try:
            with closing(sqlite3.connect(self._file)) as db, db:
                for statement in _SCHEMA:
                    db.execute(statement)
                told = _told(db, entry_at)
                if told == 0:
                    db.execute("DELETE FROM place")
                db.executemany("INSERT INTO place VALUES (?, ?)", _rows(told, entry_at))
        except sqlite3.OperationalError:  # the disk is full, somebody reads
            return
        except sqlite3.DatabaseError:  # it is no such table at all
            with suppress(OSError):
                self._file.unlink()


def _rows(start: int, entry_at: EntryAt) -> Iterator[tuple[int, int]]:
    at = start
    while entry := entry_at(at):
        yield at, _hash(entry[0])
        at += 1


def _told(db: sqlite3.Connection, entry_at: EntryAt) -> int:
    """Of how many entries the table tells; none if it ends with another entry than the log has there."""
    last = db.execute("SELECT entry, name FROM place ORDER BY entry DESC LIMIT 1").fetchone()
    if last is None:
        return 0
    entry = entry_at(last[0])
    return int(last[0]) + 1 if entry and _hash(entry[0]) == last[1] else 0


def _place(db: sqlite3.Connection, name: str, entry_at: EntryAt) -> int | None:
    rows = db.execute("SELECT entry FROM place WHERE name = ? ORDER BY entry", (_hash(name),))
    return next((int(at) for (at,) in rows if (entry := entry_at(at)) and entry[0] == name), None)


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:_HASH_BYTES], signed=True)
