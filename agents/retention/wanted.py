"""What may be asked of the index, what is answered, and how the question is put to the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import Exists, Row, Select, and_, exists, intersect, or_, select, true

from agents.retention.tables import RECORD, WORD

DISPOSED = "disposed"
FIELDS = ("platform", "kind", "change", "item", "thread", "author")


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One record as a search shows it; the fields of the event are empty where the bytes are none.

    `disposed` names the certificate of a record that is no more.
    """

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
    disposed: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; None looks for anything. There is no way to ask for people by what is said about them.

    `state` is the change that an item's newest version tells of, or `disposed`; `words` are tokens, all of which a
    record must have; `own` asks for what the municipality wrote.
    """

    platform: str | None = None
    accounts: frozenset[str] | None = None
    kind: str | None = None
    change: str | None = None
    item: str | None = None
    thread: str | None = None
    author: str | None = None
    state: str | None = None
    words: frozenset[int] | None = None
    own: bool = False
    since: date | None = None
    until: date | None = None


def query_of(wanted: Wanted) -> Select[tuple[object, ...]]:
    """The rows that fit, oldest event first; days are counted in UTC."""
    query = select(RECORD).order_by(RECORD.c.time, RECORD.c.object_key)
    for name in FIELDS:
        value = getattr(wanted, name)
        query = query if value is None else query.where(RECORD.c[name] == value)
    if wanted.accounts is not None:
        query = query.where(RECORD.c.account.in_(wanted.accounts))
    if wanted.since:
        query = query.where(RECORD.c.time >= milliseconds(midnight(wanted.since)))
    if wanted.until:
        query = query.where(RECORD.c.time < milliseconds(midnight(wanted.until) + timedelta(days=1)))
    if wanted.own:
        query = query.where(RECORD.c.own == true())
    if wanted.state == DISPOSED:
        query = query.where(RECORD.c.disposed.is_not(None))
    elif wanted.state is not None:
        query = query.where(RECORD.c.change == wanted.state, RECORD.c.disposed.is_(None), ~_newer())
    if wanted.words is not None:
        lists = [select(WORD.c.record).where(WORD.c.token == token) for token in sorted(wanted.words)]
        query = query.where(RECORD.c.id.in_(intersect(*lists)))
    return query


def _newer() -> Exists:
    """Whether there is a newer version of the same item."""
    other = RECORD.alias()
    later = or_(other.c.time > RECORD.c.time, and_(other.c.time == RECORD.c.time, other.c.id > RECORD.c.id))
    return exists().where(other.c.platform == RECORD.c.platform, other.c.item == RECORD.c.item, later)


def hit_of(row: Row[tuple[object, ...]]) -> Hit:
    """A row as a search shows it."""
    found = row._mapping  # noqa: SLF001  # its public name in SQLAlchemy
    told = {name: found[name] for name in Hit.__struct_fields__}
    for name in ("archived_at", "time"):
        told[name] = None if told[name] is None else datetime.fromtimestamp(told[name] / 1000, UTC)
    return Hit(**told)


def midnight(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return int(at.timestamp() * 1000)
