"""Which attachments are still to be fetched, and which receipts wait for them: one SQLite file, safe across crashes.

It holds no address and no text: an attachment is named by its record's hash and its place in it. Several processes on
one machine may share the file. Losing it loses no record: `records media --again` finds from the store what it lacks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.errors import RetryLater, Stop
from pipeline.message import MediaNote, MediaState

_SCHEMA = """
CREATE TABLE IF NOT EXISTS attachment (
    sha TEXT NOT NULL,           -- of the record
    field TEXT NOT NULL,         -- JSON pointer into its data
    item TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,      -- times in milliseconds since 1970
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    object_key TEXT,
    sha256 TEXT,
    size INTEGER,
    reason TEXT,                 -- of the last failure
    settled_at INTEGER,
    PRIMARY KEY (sha, field)
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS attachment_due ON attachment (due_at) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS attachment_item ON attachment (item) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS attachment_settled ON attachment (settled_at) WHERE settled_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS waiting (
    sha TEXT PRIMARY KEY,
    item TEXT NOT NULL,
    receipt BLOB NOT NULL,
    key BLOB
) WITHOUT ROWID, STRICT;
"""
_KEEP = timedelta(days=40)
LONGEST_PAUSE = timedelta(minutes=10)
"""Nothing is put off, or held by who fetches it, for longer."""
"""Longer than the archive topic keeps a message, so that one delivered again does not fetch again."""
_PRUNED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Expected:
    """A record with what it attaches, and its receipt as bytes, to be sent again when all is settled."""

    sha: str
    item: str
    fields: tuple[str, ...]
    receipt: bytes
    key: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One attachment to fetch."""

    sha: str
    field: str
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A receipt whose item has nothing pending any more."""

    sha: str
    receipt: bytes
    key: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Open:
    """How much is still to be fetched, and since when the oldest."""

    count: int
    oldest: datetime | None


class MediaQueue:
    """An open queue; used by one thread at a time. Every method raises RetryLater (busy, disk full) or Stop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection

    def __enter__(self) -> Self:
        with self._translated():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            self._path.chmod(0o600)
            self._db.execute("PRAGMA journal_mode = WAL")
            # A receipt that was sent promises that what it calls pending is not forgotten, not even by a power cut.
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._db.close()

    def expect(self, records: Sequence[Expected], now: datetime) -> dict[str, tuple[tuple[MediaNote, ...], int]]:
        """Take up what the records attach; returns when it is on the disk. Idempotent.

        For each record whose receipt must say so: what is known of its attachments, and how many of its item (in
        whatever version) are still to be fetched. Records of which there is nothing to say are left out.
        """
        if not any(each.fields for each in records) and not self._any_pending():
            return {}
        at = _stamp(now)
        rows = [(each.sha, name, each.item, at, at) for each in records for name in each.fields]
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO attachment (sha, field, item, state, since, due_at)"
                " VALUES (?, ?, ?, 'pending', ?, ?)",
                rows,
            )
            told = {each.sha: (self.notes(each.sha), self._pending_of(each.item)) for each in records}
            self._db.executemany(
                "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?)",
                [(each.sha, each.item, each.receipt, each.key) for each in records if told[each.sha][1]],
            )
        return {sha: (notes, pending) for sha, (notes, pending) in told.items() if notes or pending}

    def claim(self, most: int, now: datetime, until: datetime) -> list[Job]:
        """Take up to so many that are due; they are due again at `until` unless they are settled before.

        What is put off for longer than anything is was put off by a clock that was ahead, and is due.
        """
        with self._transaction():
            rows = self._db.execute(
                "SELECT sha, field, attempts, since FROM attachment"
                " WHERE state = 'pending' AND (due_at <= ? OR due_at > ?) ORDER BY due_at LIMIT ?",
                (_stamp(now), _stamp(now + LONGEST_PAUSE), most),
            ).fetchall()
            self._db.executemany(
                "UPDATE attachment SET due_at = ? WHERE sha = ? AND field = ?",
                [(_stamp(until), sha, name) for sha, name, _, _ in rows],
            )
        return [Job(sha, name, attempts, _moment(since)) for sha, name, attempts, since in rows]

    def settle(self, notes: Iterable[tuple[str, MediaNote]], now: datetime) -> None:
        """These (by record) are stored or given up."""
        with self._transaction():
            self._db.executemany(
                "UPDATE attachment SET state = ?, object_key = ?, sha256 = ?, size = ?, reason = ?, settled_at = ?,"
                " attempts = attempts + 1 WHERE sha = ? AND field = ?",
                [
                    (n.state.value, n.object_key, n.sha256, n.size, n.reason, _stamp(now), sha, n.field)
                    for sha, n in notes
                ],
            )

    def put_off(self, job: Job, reason: str, until: datetime) -> None:
        """It could not be had now: try again at this time."""
        with self._transaction():
            self._db.execute(
                "UPDATE attachment SET due_at = ?, attempts = attempts + 1, reason = ? WHERE sha = ? AND field = ?"
                " AND state = 'pending'",
                (_stamp(until), reason, job.sha, job.field),
            )

    def again(self, now: datetime) -> int:
        """Take up anew all that was given up; how many that were."""
        at = _stamp(now)
        with self._transaction():
            return self._db.execute(
                "UPDATE attachment SET state = 'pending', since = ?, due_at = ?, attempts = 0, settled_at = NULL"
                " WHERE state = 'given_up'",
                (at, at),
            ).rowcount

    def ready(self, most: int) -> list[Waiting]:
        """Receipts that wait for nothing any more."""
        with self._translated():
            rows = self._db.execute(
                "SELECT sha, receipt, key FROM waiting w WHERE NOT EXISTS"
                " (SELECT 1 FROM attachment a WHERE a.item = w.item AND a.state = 'pending') LIMIT ?",
                (most,),
            ).fetchall()
        return [Waiting(*row) for row in rows]

    def told(self, shas: Iterable[str]) -> None:
        """The final receipts of these records are confirmed."""
        with self._transaction():
            self._db.executemany("DELETE FROM waiting WHERE sha = ?", [(sha,) for sha in shas])

    def notes(self, sha: str) -> tuple[MediaNote, ...]:
        """What is known of a record's attachments, by their place in it."""
        with self._translated():
            rows = self._db.execute(
                "SELECT field, state, object_key, sha256, size, reason FROM attachment WHERE sha = ?", (sha,)
            ).fetchall()
        notes = [
            MediaNote(field=name, state=MediaState(state), object_key=key, sha256=sha256, size=size, reason=reason)
            for name, state, key, sha256, size, reason in rows
        ]
        return tuple(sorted(notes, key=lambda note: (len(note.field), note.field)))

    def pending(self) -> Iterator[tuple[Job, str | None]]:
        """Everything still to be fetched, oldest first, with the reason of the last failure."""
        with self._translated():
            rows = self._db.execute(
                "SELECT sha, field, attempts, since, reason FROM attachment WHERE state = 'pending' ORDER BY since"
            ).fetchall()
        for sha, name, attempts, since, reason in rows:
            yield Job(sha, name, attempts, _moment(since)), reason

    def open(self) -> Open:
        """How much is still to be fetched."""
        with self._translated():
            count, oldest = self._db.execute(
                "SELECT count(*), min(since) FROM attachment WHERE state = 'pending'"
            ).fetchone()
        return Open(count, None if oldest is None else _moment(oldest))

    def waiting(self) -> int:
        """How many receipts are not final, or not confirmed."""
        with self._translated():
            (count,) = self._db.execute("SELECT count(*) FROM waiting").fetchone()
        return int(count)

    def prune(self, now: datetime) -> None:
        """Forget a bounded number of what was stored long ago. What was given up is remembered."""
        with self._transaction():
            self._db.execute(
                "DELETE FROM attachment WHERE (sha, field) IN (SELECT sha, field FROM attachment"
                " WHERE settled_at < ? AND state = 'stored' LIMIT ?)",
                (_stamp(now - _KEEP), _PRUNED_AT_ONCE),
            )

    def _any_pending(self) -> bool:
        with self._translated():
            return self._db.execute("SELECT 1 FROM attachment WHERE state = 'pending' LIMIT 1").fetchone() is not None

    def _pending_of(self, item: str) -> int:
        (count,) = self._db.execute(
            "SELECT count(*) FROM attachment WHERE item = ? AND state = 'pending'", (item,)
        ).fetchone()
        return int(count)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            code = getattr(error, "sqlite_errorname", "") or type(error).__name__
            if code in {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY", "SQLITE_CANTOPEN", "PermissionError"}:
                raise Stop(
                    f"{self._path}: the queue of attachments cannot be used ({code}): mend its rights, or move it away"
                ) from None
            raise RetryLater(f"the queue of attachments is in trouble ({code})") from None


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)
