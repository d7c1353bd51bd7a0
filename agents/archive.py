"""The archive process: keeps every archived message in the retention store and gives a receipt for it.

No receipt is sent before the store has confirmed; the message's offset is committed only after the receipt is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from agents import worker
from agents.consume import Pace, Role
from agents.metrics import Stage, Step
from agents.retention.store import Raw, Store, StoredRecord
from agents.stream import Meter, Readiness, Record
from pipeline.errors import DeadLetter, Stop
from pipeline.message import Receipt
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


class Archive:
    """The handler: a batch is stored as one, and answered with a receipt for each message."""

    def __init__(
        self, store: Store, meter: ArchiveMeter, now: Callable[[], datetime], monotonic: Callable[[], float]
    ) -> None:
        self._store = store
        self._meter = meter
        self._now = now
        self._monotonic = monotonic

    def handle(self, records: Sequence[Record]) -> Sequence[Outgoing]:
        """Keep the records; see `agents.stream.Handler`."""
        raws = [raw_of(record) for record in records]
        start = self._monotonic()
        stored = self._store.put_many(raws)
        self._meter.took(Stage.STORE, self._monotonic() - start)
        at = self._now()
        self._measure(raws, stored, at)
        return [outgoing.receipt(_receipt(raw, answer, at), raw.key) for raw, answer in zip(raws, stored, strict=True)]

    def tick(self, now: datetime) -> Sequence[Outgoing]:
        """Nothing here is due by the clock."""
        del now
        return ()

    def _measure(self, raws: Sequence[Raw], stored: Sequence[StoredRecord], at: datetime) -> None:
        new = [(raw, answer) for raw, answer in zip(raws, stored, strict=True) if answer.new]
        self._meter.stored(new=len(new), repeated=len(stored) - len(new), size=sum(answer.size for _, answer in new))
        for raw, _ in new:
            try:
                created_at = wire.decode_event(raw.value).appeared_at
            except DeadLetter:
                continue  # archived all the same; when it was made nobody can tell
            self._meter.exposed(Step.ARCHIVED, created_at, at)


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
    *,
    client: Mapping[str, object],
    meter: ArchiveMeter,
    health: Readiness,
    stop: threading.Event,
    pace: Pace | None = None,
) -> int:
    """Archive until `stop` is set; returns the exit code."""
    handler = Archive(store, meter, worker.now, time.monotonic)
    topics = (catalog.ARCHIVE,)
    return worker.run(ROLE, topics, handler, client=client, meter=meter, health=health, stop=stop, pace=pace)


def _receipt(raw: Raw, stored: StoredRecord, at: datetime) -> Receipt:
    reference = RawReference(raw.at.topic, raw.at.partition, raw.at.offset, stored.sha256)
    return Receipt(object_key=stored.object_key, raw=reference, size=stored.size, stored_at=at)
