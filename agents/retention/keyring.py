"""The keys of the objects, each closed with the wrapping key, in a SQLite file apart from the store.

Losing this file is losing every sealed record: back it up as carefully as the store, and somewhere else.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from agents.retention.store import Damaged, Disposed
from agents.retention.wrap import Wrapper, WrongKey
from pipeline.errors import RetryLater, Stop

_SCHEMA = """
CREATE TABLE IF NOT EXISTS object_key (
    name TEXT PRIMARY KEY,
    wrapped BLOB,           -- NULL: destroyed
    wrapped_by TEXT NOT NULL,
    destroyed_at TEXT,
    destroyed_for TEXT      -- the decision it was destroyed on
) WITHOUT ROWID, STRICT;
"""
_KEY_BYTES = 32
_BATCH = 500
_SOME = 20


class Keyring:
    """Makes, finds, closes anew and destroys object keys. Several processes may share the file."""

    def __init__(self, path: Path, wrapper: Wrapper, now: Callable[[], datetime]) -> None:
        self._path = path
        self._wrapper = wrapper
        self._now = now
        self._db: sqlite3.Connection

    def __enter__(self) -> Self:
        with _translated(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._path, isolation_level=None, timeout=30)
            self._path.chmod(0o600)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            # A destroyed key must not live on in a free page of the file.
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(_SCHEMA)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._db.close()

    def make(self, names: Iterable[str]) -> dict[str, bytes]:
        """See `ObjectKeys`; returns when they are on stable storage."""
        wanted = list(names)
        fresh = ((name, self._wrapper.wrap(secrets.token_bytes(_KEY_BYTES), name)) for name in wanted)
        with _translated(self._path), self._transaction():
            rows = [(name, wrapped, self._wrapper.current) for name, wrapped in fresh]
            statement = "INSERT INTO object_key (name, wrapped, wrapped_by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            self._db.executemany(statement, rows)
            found = {name: self._row(name) for name in wanted}
        return {
            name: self._wrapper.unwrap(row[0], name, row[1])
            for name, row in found.items()
            if row and row[0] is not None
        }

    def get(self, name: str) -> bytes:
        """See `ObjectKeys`."""
        with _translated(self._path):
            row = self._row(name)
        if row is None:
            raise Damaged(name, f"there is no key for it in {self._path.name}: restore that file from a backup")
        if row[0] is None:
            raise Disposed(name, "it was disposed of and its key destroyed")
        try:
            return self._wrapper.unwrap(row[0], name, row[1])
        except WrongKey:
            if not self._opens_any(row[1]):
                raise
            raise Damaged(name, f"its key in {self._path.name} is not what {row[1]!r} closed") from None

    def rewrap(self) -> int:
        """Close every key with the current wrapping key; no object is touched. Returns how many were closed anew."""
        done = 0
        while rows := self._due():
            new = [(self._wrapper.wrap(self._wrapper.unwrap(key, name, by), name), name) for name, key, by in rows]
            with _translated(self._path), self._transaction():
                for wrapped, name in new:
                    self._db.execute(
                        "UPDATE object_key SET wrapped = ?, wrapped_by = ? WHERE name = ? AND wrapped IS NOT NULL",
                        (wrapped, self._wrapper.current, name),
                    )
            done += len(rows)
        return done

    def destroy(self, names: Iterable[str], decision: str) -> int:
        """Destroy keys for good, on a decision; returns how many were there to destroy. Idempotent."""
        at = self._now().isoformat()
        statement = (
            "UPDATE object_key SET wrapped = NULL, destroyed_at = ?, destroyed_for = ? "
            "WHERE name = ? AND wrapped IS NOT NULL"
        )
        with _translated(self._path):
            with self._transaction():
                count = sum(self._db.execute(statement, (at, decision, name)).rowcount for name in names)
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def _row(self, name: str) -> tuple[bytes | None, str] | None:
        row: tuple[bytes | None, str] | None = self._db.execute(
            "SELECT wrapped, wrapped_by FROM object_key WHERE name = ?", (name,)
        ).fetchone()
        return row

    def _opens_any(self, by: str) -> bool:
        """Whether a wrapping key opens what it is said to have closed: then it is not the key that is wrong."""
        statement = "SELECT name, wrapped FROM object_key WHERE wrapped_by = ? AND wrapped IS NOT NULL LIMIT ?"
        with _translated(self._path):
            rows = self._db.execute(statement, (by, _SOME)).fetchall()
        for name, wrapped in rows:
            with contextlib.suppress(WrongKey):
                self._wrapper.unwrap(wrapped, name, by)
                return True
        return False

    def _due(self) -> list[tuple[str, bytes, str]]:
        statement = (
            "SELECT name, wrapped, wrapped_by FROM object_key WHERE wrapped IS NOT NULL AND wrapped_by <> ? LIMIT ?"
        )
        with _translated(self._path):
            return self._db.execute(statement, (self._wrapper.current, _BATCH)).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorname", "") or type(error).__name__
        if code in {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY", "SQLITE_CANTOPEN"}:
            raise Stop(f"{path}: the record keys cannot be used ({code}): restore the file or its rights") from error
        raise RetryLater(f"the record keys are in trouble ({code})") from error
