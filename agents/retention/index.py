"""What is in the store, by what it is about: a database to search in, made from the store alone and never the record.

SQLite in a file by default, PostgreSQL by its address; it may be thrown away at any time and is made anew. It knows no
more of a record than the store tells in clear, and needs no key for that. Words stand in it closed: see `words`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Protocol, Self

import msgspec
from sqlalchemy import Connection, Engine, create_engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from agents.retention import documents, form, tables
from agents.retention.about import Told
from agents.retention.disposal import Due, certified
from agents.retention.log import LogReader
from agents.retention.store import Damaged, Missing
from agents.retention.tables import OUTCOME, RECORD, STATE, WORD
from agents.retention.wanted import FIELDS, Hit, Wanted, hit_of, midnight, milliseconds, query_of
from pipeline.errors import BadConfiguration, DeadLetter, RetryLater
from topics import wire

_BATCH = 1000


class Telling(Protocol):
    """What the index asks of a store."""

    def tell(self, object_key: str) -> Told:
        """What may be known of an object; raises `Missing` or `Damaged`."""
        ...

    def object_keys(self) -> Iterator[str]:
        """Every object's key."""
        ...

    def documents(self, folder: str) -> Iterator[str]:
        """The names of all documents of our own of a kind."""
        ...

    def content(self, name: str) -> bytes:
        """The bytes of an object as they are stored; raises `Missing`."""
        ...


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
        with _translated(), self._engine.begin() as connection:
            tables.make(connection)
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def clear(self) -> None:
        """Forget everything."""
        with _translated(), self._engine.begin() as connection:
            tables.drop(connection)
            tables.make(connection)

    def catch_up(self, store: Telling, reader: LogReader, progress: Callable[[int], None]) -> int:
        """Take in what came since last time, in the order of the log, or all of it from a store that has none.

        Objects that are missing or damaged are passed over: they are for `verify` to name.
        """
        if not reader.exists():
            own = (store.documents(kind) for kind in (documents.OUTCOMES, documents.DISPOSALS))
            names = ((name, None) for name in chain(store.object_keys(), *own))
            return self._take_in(store, names, None, progress)
        done = self._done()
        if done > reader.size():  # the store was put back to an older state
            self.clear()
            done = 0
        return self._take_in(store, reader.entries(done), done, progress)

    def search(self, wanted: Wanted, limit: int | None = None) -> Iterator[Hit]:
        """What fits, oldest event first; days are counted in UTC."""
        with _translated(), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query_of(wanted).limit(limit)):
                yield hit_of(row)

    def known(self, object_keys: Sequence[str]) -> dict[str, Hit]:
        """The rows of these records, by their keys; what has none is left out."""
        with _translated(), self._engine.connect() as connection:
            rows = connection.execute(select(RECORD).where(RECORD.c.object_key.in_(object_keys)))
            return {hit.object_key: hit for hit in map(hit_of, rows)}

    def outcomes(self, items: Iterable[tuple[str, str]]) -> list[str]:
        """The names of the outcomes of takedowns of these items (platform and id), oldest first."""
        found: list[tuple[int, str]] = []
        with _translated(), self._engine.connect() as connection:
            for platform, item in items:
                theirs = (OUTCOME.c.platform == platform, OUTCOME.c.item == item)
                found += [(row.at, row.name) for row in connection.execute(select(OUTCOME).where(*theirs))]
        return [name for _, name in sorted(found)]

    def unworded(self, most: int) -> list[tuple[int, str]]:
        """Records whose words were not taken in yet, by number and object key."""
        query = select(RECORD.c.id, RECORD.c.object_key).where(~RECORD.c.worded).order_by(RECORD.c.id).limit(most)
        with _translated(), self._engine.connect() as connection:
            return [(row.id, row.object_key) for row in connection.execute(query)]

    def add_words(self, tokens: Mapping[int, frozenset[int]], own: frozenset[int]) -> None:
        """Take in the tokens of records' words, by the records' numbers; those in `own` the municipality wrote."""
        rows = [{"token": token, "record": record} for record, each in tokens.items() for token in each]
        with _translated(), self._engine.begin() as connection:
            if rows:
                connection.execute(self._insert(WORD).on_conflict_do_nothing(), rows)
            connection.execute(update(RECORD).where(RECORD.c.id.in_(list(tokens))).values(worded=True))
            connection.execute(update(RECORD).where(RECORD.c.id.in_(list(own))).values(own=True))

    def words_closed_with(self, key: str) -> None:
        """Forget all words that were closed with another key than the one of this name.

        Raises:
            BadConfiguration: they were closed with the key of a sealed store, and this is none.
        """
        with _translated(), self._engine.begin() as connection:
            known = connection.execute(select(STATE.c.word_key)).scalar() or ""
            if known == key:
                return
            if known.startswith("sealed") and not key.startswith("sealed"):
                raise BadConfiguration("ANSLAGSVAKT_STORE_KEY_FILE: is not set, and without it nobody reads the words")
            connection.execute(delete(WORD))
            connection.execute(update(RECORD).values(worded=False))
            connection.execute(update(STATE).values(word_key=key))

    def _done(self) -> int:
        with _translated(), self._engine.connect() as connection:
            return connection.execute(select(STATE.c.entries)).scalar() or 0

    def _take_in(
        self,
        store: Telling,
        entries: Iterator[tuple[str, str | None]],
        done: int | None,
        progress: Callable[[int], None],
    ) -> int:
        count = 0
        while batch := list(islice(entries, _BATCH)):
            count += len(batch)
            rows = list(_rows(store, (name for name, _ in batch)))
            certificates = list(_documents(store, batch, documents.DISPOSALS))
            outcomes = list(_outcomes(_documents(store, batch, documents.OUTCOMES)))
            with _translated(), self._engine.begin() as connection:
                if rows:
                    connection.execute(self._insert(RECORD).on_conflict_do_nothing(), rows)
                if outcomes:
                    connection.execute(self._insert(OUTCOME).on_conflict_do_nothing(), outcomes)
                for name, content in certificates:
                    self._dispose(connection, name, certified(content))
                if done is not None:
                    connection.execute(update(STATE).values(entries=done + count))
            progress(count)
        return count

    def _dispose(self, connection: Connection, certificate: str, due: Sequence[Due]) -> None:
        """Keep the entry of what was disposed of, and none of its words."""
        for start in range(0, len(due), _BATCH):
            some = due[start : start + _BATCH]
            keys = [each.object_key for each in some]
            # Of a record that was removed before it was taken in, the certificate is all that is known.
            bare = [
                {"object_key": each.object_key, "archived_at": milliseconds(midnight(each.archived_on)), "size": 0}
                for each in some
            ]
            connection.execute(self._insert(RECORD).on_conflict_do_nothing(), bare)
            theirs = RECORD.c.object_key.in_(keys)
            connection.execute(delete(WORD).where(WORD.c.record.in_(select(RECORD.c.id).where(theirs))))
            connection.execute(update(RECORD).where(theirs).values(disposed=certificate, worded=True))


def _documents(store: Telling, entries: Iterable[tuple[str, str | None]], kind: str) -> Iterator[tuple[str, bytes]]:
    """The documents of a kind among these, but those that are gone or not the ones that the log names."""
    for name, sha256 in entries:
        if not name.startswith(f"{kind}/"):
            continue
        try:
            content = store.content(name)
        except Missing:
            continue
        if sha256 in (None, hashlib.sha256(content).hexdigest()):
            yield name, content


def _outcomes(documents: Iterable[tuple[str, bytes]]) -> Iterator[dict[str, object]]:
    for name, content in documents:
        try:
            outcome = wire.decode_outcome(content)
        except DeadLetter:
            continue  # of a later release, perhaps; it is kept all the same
        about = outcome.subject
        yield {"name": name, "platform": about.platform, "item": about.object_id, "at": milliseconds(outcome.at)}


def _rows(store: Telling, names: Iterable[str]) -> Iterator[dict[str, object]]:
    for name in names:
        if form.is_addendum(name) or not name.startswith("records/"):
            continue
        try:
            told = store.tell(name)
        except (Missing, Damaged):
            continue
        row = {"object_key": name, "archived_at": milliseconds(told.archived_at), "size": told.size}
        about = msgspec.structs.asdict(told.about) if told.about else {}
        about["time"] = milliseconds(told.about.time) if told.about else None
        yield row | {name: about.get(name) for name in ("account", "time", *FIELDS)}


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
