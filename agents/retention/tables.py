"""The tables of the index, and what makes those of an earlier release useless: then they are made anew."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    false,
    inspect,
    select,
)

_FORM = 2
"""Raised whenever a table changes: everything is then taken in anew."""

_TABLES = MetaData()
_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up an INTEGER alone
RECORD = Table(
    "record",
    _TABLES,
    Column("id", _NUMBER, primary_key=True),
    Column("object_key", String(120), nullable=False, unique=True),
    Column("archived_at", BigInteger, nullable=False),  # times in milliseconds since 1970, as in Kafka
    Column("size", BigInteger, nullable=False),
    *(Column(name, String) for name in ("platform", "account", "kind", "change", "item", "thread", "author")),
    Column("time", BigInteger),
    Column("disposed", String),  # the certificate that says so
    Column("own", Boolean, nullable=False, server_default=false()),  # written by the municipality, as far as was read
    Column("worded", Boolean, nullable=False, server_default=false()),  # whether its words were taken in
)
Index("record_item", RECORD.c.platform, RECORD.c.item, RECORD.c.time)
Index("record_thread", RECORD.c.platform, RECORD.c.thread, RECORD.c.time)
Index("record_account", RECORD.c.account, RECORD.c.time)
Index("record_author", RECORD.c.author, RECORD.c.time)
Index("record_time", RECORD.c.time)
Index(
    "record_unworded", RECORD.c.id, sqlite_where=RECORD.c.worded == false(), postgresql_where=RECORD.c.worded == false()
)
WORD = Table(
    "word",
    _TABLES,
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("record", _NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
OUTCOME = Table(
    "outcome",
    _TABLES,
    Column("name", String(120), primary_key=True),
    Column("platform", String, nullable=False),
    Column("item", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
Index("outcome_item", OUTCOME.c.platform, OUTCOME.c.item)
STATE = Table(
    "state",
    _TABLES,
    Column("form", BigInteger, primary_key=True, autoincrement=False),
    Column("entries", BigInteger, nullable=False),  # of the log, taken in
    Column("word_key", String, nullable=False),  # which key the words are closed with
)


def make(connection: Connection) -> None:
    """Make the tables; those of another form are thrown away first."""
    there = set(inspect(connection).get_table_names())
    known = there and STATE.name in there and connection.execute(select(STATE.c.form)).scalar() == _FORM
    if known:
        return
    drop(connection)
    _TABLES.create_all(connection)
    connection.execute(STATE.insert(), {"form": _FORM, "entries": 0, "word_key": ""})


def drop(connection: Connection) -> None:
    """Throw the tables away, and one that earlier releases had."""
    _TABLES.drop_all(connection)
    Table("progress", MetaData()).drop(connection, checkfirst=True)
