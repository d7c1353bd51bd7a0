"""The fakes that unit tests use in place of Kafka, time and detection; each is named for what it stands in for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agents.stream import Partition, Record
from pipeline.detect.finding import Analysis
from pipeline.errors import AnslagsvaktError
from pipeline.ports import FieldText
from topics.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class FakeRecord:
    """A Kafka record."""

    topic: str
    partition: int
    offset: int
    value: bytes | None = None
    key: bytes | None = None
    timestamp: int = 0
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass
class FakeClock:
    """Time that passes only when told to, or when somebody waits."""

    at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)
    waited: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.pass_(seconds)


class FakeMeter:
    """Remembers what was measured, and whether the process called itself ready."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.retries = 0
        self.dead: list[str] = []
        self.lags: Mapping[tuple[str, int], int] = {}
        self.is_ready = False

    def batch(self, size: int) -> None:
        self.batches.append(size)

    def retried(self, stage: str) -> None:
        assert stage
        self.retries += 1

    def dead_letter(self, stage: str, error: str) -> None:
        assert stage
        self.dead.append(error)

    def lag(self, lags: Mapping[tuple[str, int], int]) -> None:
        self.lags = lags

    def ready(self, *, yes: bool = True) -> None:
        self.is_ready = yes


class FakeBroker:
    """Kafka in memory, both its ends: one consumer group with one member, and a log of what was published.

    `fail["poll" | "publish" | "commit"]` holds errors that the next such calls raise, first first.
    """

    def __init__(self) -> None:
        self.logs: defaultdict[Partition, list[FakeRecord]] = defaultdict(list)
        self.committed: dict[Partition, int] = {}
        self.published: list[Outgoing] = []
        self.fail: defaultdict[str, list[AnslagsvaktError]] = defaultdict(list)
        self.closed = False
        self.most = 500
        self.patience: list[float] = []
        self._next: dict[Partition, int] = {}
        self._parked: set[Partition] = set()
        self._revoked: set[Partition] = set()

    def produce(self, topic: str, values: Iterable[bytes | None], partition: int = 0) -> None:
        log = self.logs[Partition(topic, partition)]
        for value in values:
            log.append(FakeRecord(topic, partition, len(log), value))

    def restart(self) -> None:
        """Begin anew as a member that knows only what was committed."""
        self.closed = False
        self.rebalance()
        self._revoked.clear()

    def rebalance(self) -> None:
        """Take all partitions away and give them back: what was not committed comes again."""
        self._revoked |= set(self.logs)
        self._next.clear()
        self._parked.clear()

    def poll(self, timeout: float) -> Mapping[Partition, Sequence[Record]]:
        self.patience.append(timeout)
        self._maybe_fail("poll")
        batches: dict[Partition, Sequence[Record]] = {}
        for partition, log in self.logs.items():
            start = self._position(partition)
            if partition not in self._parked and log[start : start + self.most]:
                batches[partition] = log[start : start + self.most]
                self._next[partition] = start + len(batches[partition])
        return batches

    def revoked(self) -> frozenset[Partition]:
        taken, self._revoked = frozenset(self._revoked), set()
        return taken

    def park(self, partition: Partition, offset: int) -> None:
        self._parked.add(partition)
        self._next[partition] = offset

    def resume(self, partition: Partition) -> None:
        self._parked.discard(partition)

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        self._maybe_fail("commit")
        self.committed |= offsets

    def lag(self) -> Mapping[tuple[str, int], int]:
        return {(each.topic, each.partition): len(log) - self._position(each) for each, log in self.logs.items()}

    def joined(self) -> bool:
        return not self.closed

    def close(self) -> None:
        self.closed = True

    def publish(self, messages: Sequence[Outgoing]) -> None:
        if messages:
            self._maybe_fail("publish")
        self.published += messages
        for each in messages:
            log = self.logs.get(where := Partition(each.topic, each.partition or 0))
            if log is not None:
                log.append(FakeRecord(*where, len(log), each.value, each.key, headers=each.headers))

    def _position(self, partition: Partition) -> int:
        return self._next.get(partition, self.committed.get(partition, 0))

    def _maybe_fail(self, what: str) -> None:
        if self.fail[what]:
            raise self.fail[what].pop(0)


@dataclass
class FakeDetector:
    """Finds what it was told to find, or raises what it was told to raise; remembers what it was shown."""

    analysis: Analysis = field(default_factory=Analysis)
    error: Exception | None = None
    shown: list[tuple[FieldText, ...]] = field(default_factory=list)

    def detect(self, fields: Sequence[FieldText]) -> Analysis:
        self.shown.append(tuple(fields))
        if self.error:
            raise self.error
        return self.analysis


@dataclass
class FakeProducer:
    """Confirms what the screen publishes; the calls numbered in `fail` raise instead, the first call being 0."""

    fail: Mapping[int, Exception] = field(default_factory=dict)
    calls: list[tuple[Outgoing, ...]] = field(default_factory=list)

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        number = len(self.calls)
        self.calls.append(tuple(messages))
        if number in self.fail:
            raise self.fail[number]
