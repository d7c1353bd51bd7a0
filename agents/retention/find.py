"""Which records are about this account, item or day? Reads the store itself; shows what a record is about, no text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec

from agents.retention import form
from agents.retention.store import Faulty, KeptRecord, Store
from pipeline.errors import DeadLetter
from pipeline.event import Event
from topics import wire


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One record as a search shows it; the fields of the event are empty where the bytes are none."""

    object_key: str
    archived_at: str
    size: int
    platform: str | None = None
    account: str | None = None
    kind: str | None = None
    change: str | None = None
    item: str | None = None
    thread: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; None looks for anything. There is no way to ask for people by what is said about them."""

    platform: str | None = None
    account: str | None = None
    item: str | None = None
    thread: str | None = None
    change: str | None = None
    since: date | None = None
    until: date | None = None

    def fits(self, event: Event) -> bool:
        """Whether the event is one of those looked for; days are counted in UTC."""
        told = event.data
        pairs = (
            (self.platform, told.platform),
            (self.account, told.account_id),
            (self.item, told.object_id),
            (self.thread, told.root_id),
            (self.change, told.change),
        )
        day = event.time.date()
        in_time = (self.since is None or day >= self.since) and (self.until is None or day <= self.until)
        return in_time and all(wanted in (None, found) for wanted, found in pairs)


def search(store: Store, wanted: Wanted) -> Iterator[Hit]:
    """Every record that fits, in the order of the store; damaged ones are passed over (that is for `verify`)."""
    for key in store.object_keys():
        if form.is_addendum(key):
            continue
        try:
            kept = store.read(key)
        except Faulty:
            continue
        try:
            event = wire.decode_event(kept.raw.value)
        except DeadLetter:
            if wanted == Wanted():
                yield _hit(kept, None)
            continue
        if wanted.fits(event):
            yield _hit(kept, event)


def _hit(kept: KeptRecord, event: Event | None) -> Hit:
    bare = Hit(object_key=kept.object_key, archived_at=kept.archived_at.isoformat(), size=len(kept.raw.value or b""))
    if event is None:
        return bare
    return msgspec.structs.replace(
        bare,
        platform=event.data.platform,
        account=event.data.account_id,
        kind=event.data.object_kind,
        change=event.data.change,
        item=event.data.object_id,
        thread=event.data.root_id,
        time=event.time.isoformat(),
    )
