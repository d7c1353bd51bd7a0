"""The archive process: keeps every archived message in the retention store and gives a receipt for it.

No receipt is sent before the store has confirmed; the message's offset is committed only after the receipt is. What an
event attaches is fetched beside that: the receipt says how it stands, and comes again when all of it is settled.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from agents import worker
from agents.consume import Pace, Role
from agents.media.queue import Expected, Waiting
from agents.metrics import Stage, Step
from agents.retention import documents
from agents.retention.store import Raw, Store, StoredRecord
from agents.stream import Meter, Readiness, Record
from pipeline.errors import DeadLetter, Stop
from pipeline.event import Event
from pipeline.message import MediaNote, Receipt
from pipeline.record import Coordinates, RawReference
from topics import catalog, outgoing, stamp, wire
from topics.outgoing import Outgoing

ROLE = Role("archive", catalog.ARCHIVE_GROUP, bug=Stop)
"""A fault of ours stops the process: a record set aside would be a hole in the archive."""


class ArchiveMeter(Meter, Protocol):
    """What the archive process measures beside the loop; `agents.metrics.Metrics` fits."""

    def stored(self, *, new: int, repeated: int, size: int) -> None:
        """The store confirmed so many new records of so many bytes, and so many that it had already."""
        ...

    def took(self, stage: Stage, seconds: float) -> None:
        """A stage took this long for a batch."""
        ...

    def exposed(self, step: Step, created_at: datetime, now: datetime) -> None:
        """An item reached a step."""
        ...


class Attachments(Protocol):
    """Collects what events attach; `agents.media.collect.Collector` fits."""

    def expect(self, records: Sequence[Expected], now: datetime) -> Mapping[str, tuple[tuple[MediaNote, ...], int]]:
        """Take up what stored records attach; what their receipts must say of it, by the record's hash."""
        ...

    def tick(self, now: datetime) -> Sequence[tuple[Waiting, tuple[MediaNote, ...]]]:
        """Do what is due; the receipts that are final now."""
        ...


class Archive:
    """The handler: a batch is stored as one, and answered with a receipt for each message."""

    def __init__(
        self,
        store: Store,
        attachments: Attachments,
        meter: ArchiveMeter,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._attachments = attachments
        self._meter = meter
        self._now = now
        self._monotonic = monotonic

    def handle(self, records: Sequence[Record]) -> Sequence[Outgoing]:
        """Keep the records, and how takedowns ended, which is a part of the items' history; see `Handler`."""
        outcomes = [record.value or b"" for record in records if record.topic == catalog.OUTCOME]
        if outcomes:
            self._store.keep_documents({documents.name_of(documents.OUTCOMES, each): each for each in outcomes})
        raws = [raw_of(record) for record in records if record.topic != catalog.OUTCOME]
        return self._keep(raws) if raws else ()

    def _keep(self, raws: Sequence[Raw]) -> Sequence[Outgoing]:
        start = self._monotonic()
        stored = self._store.put_many(raws)
        self._meter.took(Stage.STORE, self._monotonic() - start)
        at = self._now()
        events = [_event(raw) for raw in raws]
        self._measure(events, stored, at)
        receipts = [_receipt(raw, answer, at) for raw, answer in zip(raws, stored, strict=True)]
        expected = [_expected(*each) for each in zip(raws, events, receipts, strict=True)]
        told = self._attachments.expect([each for each in expected if each], at)
        return [
            outgoing.receipt(_with_media(receipt, *told.get(raw.sha256, ((), 0))), raw.key)
            for raw, receipt in zip(raws, receipts, strict=True)
        ]

    def tick(self, now: datetime) -> Sequence[Outgoing]:
        """Send the receipts anew whose attachments are all settled now."""
        return [
            outgoing.receipt(_with_media(wire.decode_receipt(each.receipt), notes, 0), each.key)
            for each, notes in self._attachments.tick(now)
        ]

    @property
    def eager(self) -> bool:
        """Never: attachments take their time, and a poll more or less is little beside that."""
        return False

    def _measure(self, events: Sequence[Event | None], stored: Sequence[StoredRecord], at: datetime) -> None:
        new = [(event, answer) for event, answer in zip(events, stored, strict=True) if answer.new]
        self._meter.stored(new=len(new), repeated=len(stored) - len(new), size=sum(answer.size for _, answer in new))
        for event, _ in new:
            if event and not event.data.is_check:
                self._meter.exposed(Step.ARCHIVED, event.appeared_at, at)


def raw_of(record: Record) -> Raw:
    """The raw event that an archived message carries.

    The screen process appends where the raw event stood as the last headers; a message without them stands for itself.
    Headers of the same names further ahead are the raw event's own, whoever wrote them, and stay.
    """
    headers = [(name, bytes(value)) for name, value in record.headers]
    last = {name: i for i, (name, _) in enumerate(headers)}
    try:
        places = [last[name] for name in (stamp.TOPIC, stamp.PARTITION, stamp.OFFSET, stamp.TIMESTAMP)]
        topic, partition, offset, timestamp = (headers[i][1].decode("ascii") for i in places)
        at, when = Coordinates(topic, int(partition), int(offset)), int(timestamp)
    except (KeyError, ValueError):
        places, at = [], Coordinates(record.topic, record.partition, record.offset)
        when = record.timestamp
    own = tuple(pair for i, pair in enumerate(headers) if i not in places)
    return Raw(at, when, record.key, record.value, own)


def run(
    store: Store,
    attachments: Attachments,
    *,
    client: Mapping[str, object],
    meter: ArchiveMeter,
    health: Readiness,
    stop: threading.Event,
    pace: Pace | None = None,
) -> int:
    """Archive until `stop` is set; returns the exit code."""
    handler = Archive(store, attachments, meter, worker.now, time.monotonic)
    topics = (catalog.ARCHIVE, catalog.OUTCOME)
    return worker.run(ROLE, topics, handler, client=client, meter=meter, health=health, stop=stop, pace=pace)


def _event(raw: Raw) -> Event | None:
    """The event, or None where the bytes are none: they are archived all the same, and nobody can tell more of them."""
    try:
        return wire.decode_event(raw.value)
    except DeadLetter:
        return None


def _expected(raw: Raw, event: Event | None, receipt: Receipt) -> Expected | None:
    if event is None:
        return None
    fields = tuple(pointer for pointer, _ in event.attachments())
    return Expected(raw.sha256, f"{event.data.platform}:{event.data.object_id}", fields, wire.encode(receipt), raw.key)


def _with_media(receipt: Receipt, notes: tuple[MediaNote, ...], pending: int) -> Receipt:
    return msgspec.structs.replace(receipt, media=notes, media_pending=pending) if notes or pending else receipt


def _receipt(raw: Raw, stored: StoredRecord, at: datetime) -> Receipt:
    reference = RawReference(raw.at.topic, raw.at.partition, raw.at.offset, stored.sha256)
    return Receipt(object_key=stored.object_key, raw=reference, size=stored.size, stored_at=at)
