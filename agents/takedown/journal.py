"""Where the takedown process keeps what it must not forget: one SQLite file, safe across crashes and processes.

Several processes on one machine may share the file. It holds no text of a person: orders, receipts and outcomes carry
none (invariant 4).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import RetryLater, Stop

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_SCHEMA = """
CREATE TABLE orders (
  order_id      TEXT PRIMARY KEY,
  item          TEXT NOT NULL,
  platform      TEXT NOT NULL,
  sha           BLOB NOT NULL,
  body          BLOB NOT NULL,
  changed_at    INTEGER NOT NULL,
  deadline      INTEGER NOT NULL,
  noted_at      INTEGER NOT NULL,
  result        TEXT,              -- null while the order is open
  ended_at      INTEGER,
  due_at        INTEGER,           -- null: waits for something new to be known
  claimed_by    TEXT,
  claimed_until INTEGER NOT NULL DEFAULT 0,
  released      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX orders_due ON orders (due_at) WHERE result IS NULL AND due_at IS NOT NULL;
CREATE INDEX orders_open ON orders (deadline) WHERE result IS NULL;
CREATE INDEX orders_item ON orders (item);
CREATE INDEX orders_sha ON orders (sha);
CREATE INDEX orders_ended ON orders (ended_at);
CREATE TABLE receipts (sha BLOB PRIMARY KEY, object_key TEXT, known_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX receipts_known ON receipts (known_at);
CREATE TABLE withdrawals (
  item TEXT PRIMARY KEY, why TEXT NOT NULL, changed_at INTEGER NOT NULL, received_at INTEGER NOT NULL
);
CREATE TABLE attempts (
  attempt_id INTEGER PRIMARY KEY,
  order_id   TEXT NOT NULL REFERENCES orders ON DELETE CASCADE,
  action     TEXT NOT NULL,
  began_at   INTEGER NOT NULL,
  ended_at   INTEGER,
  answer     TEXT,                 -- null: the process died before it knew
  presence   TEXT,
  retry_at   INTEGER,
  reason     TEXT
);
CREATE INDEX attempts_order ON attempts (order_id);
CREATE TABLE parked (platform TEXT, account TEXT, until INTEGER NOT NULL, PRIMARY KEY (platform, account));
CREATE TABLE removals (scope TEXT, order_id TEXT, at INTEGER NOT NULL, PRIMARY KEY (scope, order_id)) WITHOUT ROWID;
CREATE TABLE outbox (
  seq           INTEGER PRIMARY KEY,
  message_id    TEXT NOT NULL UNIQUE,
  order_id      TEXT NOT NULL REFERENCES orders ON DELETE CASCADE,
  result        TEXT NOT NULL,
  topic         TEXT NOT NULL,
  key           BLOB,
  value         BLOB NOT NULL,
  published     INTEGER NOT NULL DEFAULT 0,
  claimed_until INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published = 0;
CREATE INDEX outbox_order ON outbox (order_id);
"""
_LETTERS = """
CREATE TABLE letters (
  order_id  TEXT NOT NULL REFERENCES orders ON DELETE CASCADE,
  addressee TEXT NOT NULL,
  began_at  INTEGER NOT NULL,
  answer    TEXT,                  -- null: the process died before it knew
  reason    TEXT,
  PRIMARY KEY (order_id, addressee)
)"""
_MIGRATIONS = (
    _SCHEMA,
    "ALTER TABLE orders ADD COLUMN restored INTEGER NOT NULL DEFAULT 0",
    _LETTERS,
)
"""What takes a file from each version to the next; version 0 is an empty file."""


class Journal:
    """An open journal file; used by one thread at a time."""

    def __init__(self, path: Path, *, busy_seconds: float = 5.0) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            # A committed Kafka offset promises that the journal survives a power cut, so every commit is synced.
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()
        except sqlite3.Error as error:
            self.close()
            raise self._unusable(error) from error
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One all-or-nothing change, alone on the file.

        Raises:
            RetryLater: the file is locked or the disk is full; nothing was changed.
            Stop: the file is damaged or not ours.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise RetryLater(f"the takedown journal: {error}") from error
        except sqlite3.DatabaseError as error:
            raise Stop(f"the takedown journal {self._path} cannot be used: {error}") from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _unusable(self, error: Exception) -> Stop:
        return Stop(f"cannot open the takedown journal {self._path}: {type(error).__name__}: {error}")

    def _migrate(self) -> None:
        with self.transaction() as db:
            (found,) = db.execute("PRAGMA user_version").fetchone()
            if found > len(_MIGRATIONS):
                known = len(_MIGRATIONS)
                raise Stop(
                    f"the takedown journal {self._path} has version {found}, this release reads {known}: upgrade"
                )
            for version in range(found, len(_MIGRATIONS)):
                for statement in _MIGRATIONS[version].split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version + 1}")


def stamp(moment: datetime) -> int:
    """A moment as the journal writes it: whole microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(stamp: int) -> datetime:
    """A moment as it was before `stamp`."""
    return _EPOCH + stamp * _MICROSECOND
