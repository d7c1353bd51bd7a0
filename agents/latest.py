"""`anslagsvakt topics read`: what was said last on a topic, for whoever is woken; never what people wrote."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import BadConfiguration, Stop
from topics.catalog import MAX_MESSAGE_BYTES, TOPICS

_PATIENCE_S = 30.0
_BOOTSTRAP_TIMEOUT_MS = 8_000


def latest(kafka: Mapping[str, Any], topic: str, most: int) -> list[str]:
    """The last messages of a topic, oldest first, as they stand there; no group's place is moved.

    Raises:
        BadConfiguration: no such topic of ours, or one that holds what people wrote.
        Stop: Kafka does not answer, or does not let us.
    """
    _refuse_sealed(topic)
    with _consumer(kafka) as consumer:
        places = [TopicPartition(topic, each) for each in sorted(consumer.partitions_for_topic(topic) or ())]
        if not places:
            raise Stop(f"{topic}: is not there, or we may not read it: anslagsvakt topics show, topics acl")
        consumer.assign(places)
        first, end = consumer.beginning_offsets(places), consumer.end_offsets(places)
        for place in places:
            consumer.seek(place, max(first[place], end[place] - most))
        found: list[Any] = []
        deadline = time.monotonic() + _PATIENCE_S
        while any(consumer.position(place) < end[place] for place in places):
            if time.monotonic() > deadline:
                raise Stop(f"{topic}: Kafka gives no more after {len(found)} messages: are its brokers well?")
            found += [record for records in consumer.poll(timeout_ms=500).values() for record in records]
    found.sort(key=lambda record: (record.timestamp, record.partition, record.offset))
    return [(record.value or b"null").decode("utf-8", "replace") for record in found[-most:]]


def _refuse_sealed(topic: str) -> None:
    known = {each.name: each for each in TOPICS}
    if topic not in known:
        raise BadConfiguration(f"{topic}: is no topic of ours: use one of {', '.join(known)}")
    if known[topic].sealed:
        raise BadConfiguration(f"{topic}: holds what people wrote: `anslagsvakt records show` reads it, and notes that")


@contextmanager
def _consumer(kafka: Mapping[str, Any]) -> Iterator[Any]:
    settings = {"group_id": None, "enable_auto_commit": False, "max_partition_fetch_bytes": MAX_MESSAGE_BYTES}
    try:
        consumer = KafkaConsumer(**kafka, **settings, bootstrap_timeout_ms=_BOOTSTRAP_TIMEOUT_MS)
    except KafkaError as error:
        servers = ",".join(kafka["bootstrap_servers"])
        raise Stop(
            f"Kafka does not answer at {servers} ({type(error).__name__}): check ANSLAGSVAKT_BOOTSTRAP_SERVERS"
        ) from None
    try:
        yield consumer
    except KafkaError as error:
        raise Stop(f"Kafka does not let us read ({type(error).__name__}): anslagsvakt topics acl") from None
    finally:
        consumer.close(autocommit=False)
