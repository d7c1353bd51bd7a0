"""How we read from Kafka: kafka-python's consumer behind our port, set up so that nothing is skipped or lost.

Offsets are committed by hand, a new group starts at the earliest record, and records as large as the topics allow pass.
The consumer is made at the first poll, so a process can start before its broker.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka import errors as kafka_errors
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import MemberState, OffsetAndMetadata

from agents.stream import Partition, Record
from pipeline.errors import RetryLater, Stop
from topics.catalog import MAX_MESSAGE_BYTES

_CONFIGURATION: Mapping[str, object] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "allow_auto_create_topics": False,
    "max_poll_records": 500,
    # Handling a batch may wait for a slow store or platform; the loop polls again well within this.
    "max_poll_interval_ms": 600_000,
    # A killed process's partitions go to another within the session's time-out.
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 2_000,
    "max_partition_fetch_bytes": MAX_MESSAGE_BYTES,
    "fetch_max_bytes": 2 * MAX_MESSAGE_BYTES,
    "reconnect_backoff_max_ms": 2_000,
    "bootstrap_timeout_ms": 5_000,
    # Partitions that stay with us keep their place and their pause through a rebalance (KIP-429).
    "partition_assignment_strategy": (CooperativeStickyAssignor,),
}
_COMMIT_TIMEOUT_MS = 10_000
_CLOSE_TIMEOUT_MS = 5_000
_REFUSED = (
    kafka_errors.AuthorizationError,
    kafka_errors.SaslAuthenticationFailedError,
    kafka_errors.UnsupportedSaslMechanismError,
    kafka_errors.KafkaConfigurationError,
    kafka_errors.UnsupportedVersionError,
)
_NOT_OURS = (kafka_errors.KafkaError, KeyError, AssertionError)
"""What kafka-python raises for a partition that its own thread has given back since we asked."""


class Translated:
    """Turns kafka-python's errors into our fates: refused for good stops, all else is tried again."""

    def __init__(self, doing: str) -> None:
        self._doing = doing

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        name = type(error).__name__
        if isinstance(error, _REFUSED):
            raise Stop(f"Kafka refused to {self._doing} ({name}): check the ANSLAGSVAKT_ Kafka settings") from error
        if isinstance(error, kafka_errors.KafkaError | OSError):
            raise RetryLater(f"cannot {self._doing}: {name}") from error


class _Revoked(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Notes what is taken from us; runs on kafka-python's own thread, so it only adds to a list."""

    def __init__(self) -> None:
        self.partitions: list[Partition] = []

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.partitions.extend(Partition(*each) for each in revoked)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Nothing to do: the consumer starts from the committed offsets."""

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self.on_partitions_revoked(lost)


class KafkaSubscription:
    """A place in the consumer group `group` for `topics`; `client` holds kafka-python's connection settings."""

    def __init__(self, topics: Sequence[str], group: str, client: Mapping[str, object]) -> None:
        self._topics = tuple(topics)
        self._settings = {**_CONFIGURATION, **client, "group_id": group}
        self._listener = _Revoked()
        self._consumer: Any = None

    def poll(self, timeout: float) -> Mapping[Partition, Sequence[Record]]:
        """See `Subscription`."""
        with Translated("read"):
            self._keep_joining()
            batches = self._connected().poll(timeout_ms=int(timeout * 1000))
            return {Partition(*each): records for each, records in batches.items()}

    def revoked(self) -> frozenset[Partition]:
        """See `Subscription`."""
        taken, self._listener.partitions = self._listener.partitions, []
        for partition in taken:
            self._throw_away_rest(TopicPartition(*partition))
        return frozenset(taken)

    def park(self, partition: Partition, offset: int) -> None:
        """See `Subscription`."""
        where = TopicPartition(*partition)
        with contextlib.suppress(*_NOT_OURS):
            self._consumer.pause(where)
            self._consumer.seek(where, offset)

    def resume(self, partition: Partition) -> None:
        """See `Subscription`."""
        where = TopicPartition(*partition)
        with contextlib.suppress(*_NOT_OURS):
            self._throw_away_rest(where)
            self._consumer.resume(where)

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `Subscription`."""
        wanted = {TopicPartition(*each): OffsetAndMetadata(offset, "", -1) for each, offset in offsets.items()}
        with Translated("commit"):
            self._connected().commit(wanted, timeout_ms=_COMMIT_TIMEOUT_MS)

    def lag(self) -> Mapping[tuple[str, int], int]:
        """See `Subscription`; a partition whose lag is not known, or that is just being taken from us, is left out."""
        lags: dict[tuple[str, int], int] = {}
        for where in self._consumer.assignment() if self._consumer is not None else ():
            with contextlib.suppress(*_NOT_OURS, OSError):  # what is wrong with the connection, the next poll tells
                end = self._consumer.highwater(where)
                at = self._consumer.position(where, timeout_ms=0) if end else None
                if at is not None:
                    lags[where.topic, where.partition] = max(0, end - at)
        return lags

    def joined(self) -> bool:
        """See `Subscription`."""
        return self._consumer is not None and self._consumer.group_metadata().state == MemberState.STABLE

    def close(self) -> None:
        """See `Subscription`."""
        if self._consumer is None:
            return
        # If it fails, the broker notices that we are gone by the session's time-out.
        with contextlib.suppress(kafka_errors.KafkaError, OSError):
            self._consumer.close(autocommit=False, timeout_ms=_CLOSE_TIMEOUT_MS)

    def _keep_joining(self) -> None:
        """Finish a join that outlasted one poll.

        kafka-python 3.0.12 forgets it when the reason to join again was new metadata: the answer of its join is then
        never taken up, and the member neither gets partitions nor sends heartbeats for ever after.
        """
        if self._consumer is not None and self._consumer.group_metadata().state == MemberState.REBALANCING:
            self._consumer._coordinator.request_rejoin()  # noqa: SLF001  # nothing public does this

    def _throw_away_rest(self, where: TopicPartition) -> None:
        """Drop what was fetched of a partition, and not yet handed over, when it was paused.

        kafka-python 3.0.12 lays it aside, takes it up again only if nothing else has come since, and reads no more of
        the partition until then. `park` and a new assignment start at another place, so it is of no use.
        """
        self._consumer._fetcher._paused_partition_records.pop(where, None)  # noqa: SLF001 - there is no other way

    def _connected(self) -> Any:
        if self._consumer is None:
            consumer = KafkaConsumer(**self._settings)
            consumer.subscribe(self._topics, listener=self._listener)
            self._consumer = consumer
        thread = self._consumer._net._io_thread  # noqa: SLF001 - nothing public tells
        if thread is None or not thread.is_alive():  # every call would fail for ever, as if a broker were away
            raise Stop("the thread that talks to Kafka has died: its end is in the log above")
        return self._consumer
