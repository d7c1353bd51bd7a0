"""Everything that stands on the topics, and how far each consumer group has committed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from agents.archive import raw_of
from agents.demo.ledger import Ledger
from agents.retention.store import Raw
from agents.stream import Record
from pipeline.decide import NOT_ANALYSED
from pipeline.record import Coordinates
from topics import catalog, wire

READS: Mapping[str, tuple[str, ...]] = {
    catalog.SCREEN_GROUP: (catalog.RAW,),
    catalog.ARCHIVE_GROUP: (catalog.ARCHIVE,),
    catalog.TAKEDOWN_GROUP: (catalog.TAKEDOWN, catalog.RECEIPT),
}
"""Which group must have come to the end of which topics."""
_LOOK_S = 1.0


@dataclass(slots=True)
class Tape:
    """`archived` is in the order of each partition, repeats included; `receipt_ms` is when Kafka had the first one.

    `not_analysed` are the raw events that detection did not finish (a busy machine), and so gave to people.
    """

    raw: dict[Coordinates, Record] = field(default_factory=dict)
    archived: dict[int, list[Raw]] = field(default_factory=lambda: defaultdict(list))
    ledger: Ledger = field(default_factory=Ledger)
    receipt_ms: dict[str, int] = field(default_factory=dict)
    not_analysed: set[Coordinates] = field(default_factory=set)

    def take(self, record: Record) -> None:
        """Note one record."""
        if record.topic == catalog.RAW:
            self.raw[Coordinates(record.topic, record.partition, record.offset)] = record
        elif record.topic == catalog.ARCHIVE:
            self.archived[record.partition].append(raw_of(record))
        else:
            self.ledger.take(record.topic, record.value)
        if record.topic == catalog.REVIEW:
            item = wire.decode_review_item(record.value)
            if any(rule.id == NOT_ANALYSED for rule in item.rules):
                self.not_analysed.add(Coordinates(item.raw.topic, item.raw.partition, item.raw.offset))
        if record.topic == catalog.RECEIPT:
            sha256 = wire.decode_receipt(record.value).raw.sha256
            self.receipt_ms[sha256] = min(record.timestamp, self.receipt_ms.get(sha256, record.timestamp))


class Reader:
    """Reads topics (all of ours) from their beginnings to where they end now, and each time on from there."""

    def __init__(self, bootstrap: str, topics: Sequence[str] | None = None) -> None:
        self.tape = Tape()
        names = topics or [topic.name for topic in catalog.TOPICS]
        self._partitions = [each for name in names for each in _partitions(name)]
        self._consumer = _consumer(bootstrap)
        self._consumer.assign(self._partitions)
        self._consumer.seek_to_beginning()

    def read_on(self) -> None:
        """Take what has come since last time."""
        ends = {each: end for each, end in self._consumer.end_offsets(self._partitions).items() if end}
        while any(self._consumer.position(each) < end for each, end in ends.items()):
            for records in self._consumer.poll(timeout_ms=500, max_records=5000).values():
                for record in records:
                    self.tape.take(record)

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()


def read(bootstrap: str, topics: Sequence[str] | None = None) -> Tape:
    """Read the topics (all of ours) from their beginnings to where they end now."""
    with closing(Reader(bootstrap, topics)) as reader:
        reader.read_on()
        return reader.tape


def behind(bootstrap: str, groups: Collection[str] = tuple(READS)) -> dict[str, int]:
    """By group: how many records it has not committed; groups that are at the end are left out."""
    asked = {group: [each for topic in READS[group] for each in _partitions(topic)] for group in groups}
    with (
        closing(KafkaAdminClient(bootstrap_servers=bootstrap.split(","))) as admin,
        closing(_consumer(bootstrap)) as consumer,
    ):
        committed = admin.list_group_offsets(asked)
        ends = consumer.end_offsets([each for wanted in asked.values() for each in wanted])
    lags = {
        group: sum(ends[each] - max(0, _offset(committed[group].get(each))) for each in wanted)
        for group, wanted in asked.items()
    }
    return {group: lag for group, lag in lags.items() if lag}


def await_settled(bootstrap: str, *, standstill: float, at_most: float) -> str | None:
    """Wait until every order has ended and every group is at its end; returns what is missing if that does not come.

    It is given up when nothing has moved for `standstill` seconds, and after `at_most` in any case.
    """
    start = moved = time.monotonic()
    missing = "nothing was looked at"
    with closing(Reader(bootstrap, (catalog.TAKEDOWN, catalog.OUTCOME))) as reader:
        while time.monotonic() < min(moved + standstill, start + at_most):
            now = _missing(bootstrap, reader)
            if now is None:
                return None
            if now != missing:
                missing, moved = now, time.monotonic()
            time.sleep(_LOOK_S)
    return missing


def _missing(bootstrap: str, reader: Reader) -> str | None:
    try:
        lags = behind(bootstrap)
        reader.read_on()
    except KafkaError as error:
        return f"Kafka does not answer: {type(error).__name__}"
    ledger = reader.tape.ledger
    left = len(ledger.orders.keys() - ledger.ended().keys())
    if not lags and not left:
        return None
    return f"not committed: {lags or 'nothing'}; orders without an end: {left} of {len(ledger.orders)}"


def _partitions(name: str) -> list[TopicPartition]:
    (topic,) = (each for each in catalog.TOPICS if each.name == name)
    return [TopicPartition(name, number) for number in range(topic.partitions)]


def _consumer(bootstrap: str) -> Any:
    return KafkaConsumer(
        bootstrap_servers=bootstrap.split(","),
        group_id=None,
        enable_auto_commit=False,
        max_partition_fetch_bytes=catalog.MAX_MESSAGE_BYTES,
    )


def _offset(committed: Any) -> int:
    return -1 if committed is None else int(getattr(committed, "offset", committed))
