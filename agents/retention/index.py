"""What is in the store, by what it is about: a database to search in, made from the store alone and never the record.

SQLite in a file by default, PostgreSQL by its address; it may be thrown away at any time and is made anew. It knows no
more of a record than the store tells in clear, so it needs no key and holds no text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Protocol, Self

import msgspec
from sqlalchemy import BigInteger, Column, Engine, Index, MetaData, Row, String, Table, create_engine, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from agents.retention import form
from agents.retention.about import Told
from agents.retention.log import LogReader
from agents.retention.store import Damaged, Missing
from pipeline.errors import BadConfiguration, RetryLater

_BATCH = 1000
_TABLES = MetaData()
_RECORD = Table(
    "record",
    _TABLES,
    Column("object_key", String(120), primary_key=True),
    Column("archived_at", BigInteger, nullable=False),  # times in milliseconds since 1970, as in Kafka
    Column("size", BigInteger, nullable=False),
    *(Column(name, String) for name in ("platform", "account", "kind", "change", "item", "thread", "author")),
    Column("time", BigInteger),
)
Index("record_item", _RECORD.c.platform, _RECORD.c.item, _RECORD.c.time)
Index("record_thread", _RECORD.c.platform, _RECORD.c.thread, _RECORD.c.time)
Index("record_account", _RECORD.c.account, _RECORD.c.time)
Index("record_author", _RECORD.c.author, _RECORD.c.time)
Index("record_time", _RECORD.c.time)
_PROGRESS = Table("progress", _TABLES, Column("entries", BigInteger, primary_key=True))


class Telling(Protocol):
    """What the index asks of a store."""

    def tell(self, object_key: str) -> Told:
        """What may be known of an object; raises `Missing` or `Damaged`."""
        ...

    def object_keys(self) -> Iterator[str]:
        """Every object's key."""
        ...


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One record as a search shows it; the fields of the event are empty where the bytes are none."""

    object_key: str
    archived_at: datetime
    size: int
    platform: str | None
    account: str | None
    kind: str | None
    change: str | None
    item: str | None
    thread: str | None
    author: str | None
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; None looks for anything. There is no way to ask for people by what is said about them."""

    platform: str | None = None
    accounts: frozenset[str] | None = None
    kind: str | None = None
    change: str | None = None
    item: str | None = None
    thread: str | None = None
    author: str | None = None
    since: date | None = None
    until: date | None = None


class RecordIndex:
    """The database at an address of SQLAlchemy's (`sqlite:///FILE`, `postgresql+psycopg://USER@HOST/NAME`)."""

    def __init__(self, url: str) -> None:
        try:
            self._engine: Engine = create_engine(url)
        except (ArgumentError, NoSuchModuleError, ImportError):
            # Neither the address nor the error is passed on: both may hold a password.
            raise BadConfiguration("ANSLAGSVAKT_INDEX_URL: is no address of a database that can be used here") from None
        self._insert = postgresql_insert if self._engine.dialect.name == "postgresql" else sqlite_insert

    def __enter__(self) -> Self:
        with _translated():
            _TABLES.create_all(self._engine)
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def clear(self) -> None:
        """Forget everything."""
        with _translated():
            _TABLES.drop_all(self._engine)
            _TABLES.create_all(self._engine)

    def catch_up(self, store: Telling, reader: LogReader, progress: Callable[[int], None]) -> int:
        """Take in what came since last time, in the order of the log, or all of it from a store that has none.

        Objects that are missing or damaged are passed over: they are for `verify` to name.
        """
        if not reader.exists():
            return self._take_in(store, store.object_keys(), None, progress)
        done = self._done()
        if done > reader.size():  # the store was put back to an older state
            self.clear()
            done = 0
        return self._take_in(store, (name for name, _ in reader.entries(done)), done, progress)

    def search(self, wanted: Wanted, limit: int | None = None) -> Iterator[Hit]:
        """What fits, oldest event first; days are counted in UTC."""
        query = select(_RECORD).order_by(_RECORD.c.time, _RECORD.c.object_key).limit(limit)
        for name in ("platform", "kind", "change", "item", "thread", "author"):
            value = getattr(wanted, name)
            query = query if value is None else query.where(_RECORD.c[name] == value)
        if wanted.accounts is not None:
            query = query.where(_RECORD.c.account.in_(wanted.accounts))
        if wanted.since:
            query = query.where(_RECORD.c.time >= _milliseconds(_midnight(wanted.since)))
        if wanted.until:
            query = query.where(_RECORD.c.time < _milliseconds(_midnight(wanted.until) + timedelta(days=1)))
        with _translated(), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query):
                yield _hit(row)

    def _done(self) -> int:
        with _translated(), self._engine.connect() as connection:
            return connection.execute(select(_PROGRESS.c.entries)).scalar() or 0

    def _take_in(self, store: Telling, names: Iterator[str], done: int | None, progress: Callable[[int], None]) -> int:
        count = 0
        while batch := list(islice(names, _BATCH)):
            count += len(batch)
            rows = list(_rows(store, batch))
            with _translated(), self._engine.begin() as connection:
                if rows:
                    connection.execute(self._insert(_RECORD).on_conflict_do_nothing(), rows)
                if done is not None:
                    connection.execute(delete(_PROGRESS))
                    connection.execute(_PROGRESS.insert(), {"entries": done + count})
            progress(count)
        return count


def _rows(store: Telling, names: Iterable[str]) -> Iterator[dict[str, object]]:
    for name in names:
        if form.is_addendum(name):
            continue
        try:
            told = store.tell(name)
        except (Missing, Damaged):
            continue
        row = {"object_key": name, "archived_at": _milliseconds(told.archived_at), "size": told.size}
        about = msgspec.structs.asdict(told.about) if told.about else {}
        about["time"] = _milliseconds(told.about.time) if told.about else None
        yield row | {name: about.get(name) for name in _RECORD.c.keys() if name not in row}  # noqa: SIM118


def _hit(row: Row[tuple[object, ...]]) -> Hit:
    told = dict(row._mapping)  # noqa: SLF001  # its public name in SQLAlchemy
    for name in ("archived_at", "time"):
        told[name] = None if told[name] is None else datetime.fromtimestamp(told[name] / 1000, UTC)
    return Hit(**told)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise RetryLater(
            f"the index cannot be used ({type(error.orig).__name__}): check ANSLAGSVAKT_INDEX_URL"
        ) from None
    except SQLAlchemyError as error:
        raise RetryLater(f"the index cannot be used ({type(error).__name__}): check ANSLAGSVAKT_INDEX_URL") from None
