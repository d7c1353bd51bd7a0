"""What a consumer process is made of: its records, its handler, and the ports through which it meets Kafka and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from topics.outgoing import Outgoing


class Partition(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


class Record(Protocol):
    """What we read of a Kafka record; kafka-python's `ConsumerRecord` fits."""

    @property
    def topic(self) -> str:
        """Where it stands."""
        ...

    @property
    def partition(self) -> int:
        """Where in the topic."""
        ...

    @property
    def offset(self) -> int:
        """Where in the partition."""
        ...

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970."""
        ...

    @property
    def key(self) -> bytes | None:
        """What it is ordered by."""
        ...

    @property
    def value(self) -> bytes | None:
        """Its content."""
        ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Pairs of name and content, in order; names may repeat."""
        ...


class Handler(Protocol):
    """What a process does with its records. Both methods must be idempotent: the same record may come again."""

    def handle(self, records: Sequence[Record]) -> Sequence[Outgoing]:
        """Handle consecutive records of one partition, all or nothing, and return what must be published for them.

        Raises:
            RetryLater: the same records are handed over again later, and no later one of the partition before them.
            DeadLetter: one of them can never be handled; the loop halves the batch until it has found which.
            Stop: the process ends, and nothing of this batch is committed.
        """
        ...

    def tick(self, now: datetime) -> Sequence[Outgoing]:
        """Do what is due now; called once a turn, also when no record came. May raise RetryLater or Stop."""
        ...

    @property
    def eager(self) -> bool:
        """Whether the last tick moved something on, so that the next one should come soon."""
        ...


class Subscription(Protocol):
    """A place in a consumer group. Every method may raise RetryLater (broker away) or Stop (refused for good)."""

    def poll(self, timeout: float) -> Mapping[Partition, Sequence[Record]]:
        """Return what came within `timeout` seconds, in order per partition; must be called often."""
        ...

    def revoked(self) -> frozenset[Partition]:
        """Return the partitions taken from us since last asked, also those that came back."""
        ...

    def park(self, partition: Partition, offset: int) -> None:
        """Read no more of the partition until `resume`, and then from `offset` on."""
        ...

    def resume(self, partition: Partition) -> None:
        """Read on in a parked partition."""
        ...

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Commit the next offset to read of each partition; returns when the broker has confirmed."""
        ...

    def lag(self) -> Mapping[tuple[str, int], int]:
        """How many records of each of our partitions we have not read; never blocks."""
        ...

    def joined(self) -> bool:
        """Whether we are a member of the group with nothing in the way."""
        ...

    def close(self) -> None:
        """Leave the group at once; never raises."""
        ...


class Publisher(Protocol):
    """Sends messages to Kafka."""

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Return when the broker has confirmed every message; raises RetryLater or Stop otherwise."""
        ...


class Meter(Protocol):
    """What the loop measures; `agents.metrics.Metrics` fits."""

    def batch(self, size: int) -> None:
        """So many records were handled together."""
        ...

    def retried(self, stage: str) -> None:
        """A passing fault made us try again."""
        ...

    def dead_letter(self, stage: str, error: str) -> None:
        """A record was set aside."""
        ...

    def lag(self, lags: Mapping[tuple[str, int], int]) -> None:
        """So far behind are we, for each topic and partition."""
        ...


class Readiness(Protocol):
    """Where the loop says whether it can take in work; `agents.health.Health` fits."""

    def ready(self, *, yes: bool = True) -> None:
        """The process can (or cannot) take in work right now."""
        ...


@dataclass(frozen=True, slots=True)
class Effects:
    """The world the loop works in; `wait` sleeps, at most until the process is told to stop.

    `alive` is called before each turn: who hears nothing of it for too long may end the process.
    """

    subscription: Subscription
    publisher: Publisher
    meter: Meter
    health: Readiness
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    jitter: Callable[[], float]
    wait: Callable[[float], object]
    alive: Callable[[], object]
