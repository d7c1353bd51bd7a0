"""The consumer loop on a fake broker: nothing is committed before it is confirmed, and each fate does what it says."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from agents.consume import Loop, Pace, Role
from agents.stream import Effects, Partition, Record
from pipeline.errors import DeadLetter, RetryLater, Stop, Undecodable
from tests.fakes import FakeBroker, FakeClock, FakeMeter
from topics import catalog, wire
from topics.outgoing import Outgoing

TOPIC = "in.v1"
ONE = Partition(TOPIC, 0)
SEVERAL = [b"a", b"b", b"c", b"d", b"e"]


class Copy:
    """Publishes what it reads; `trouble` decides what a value does instead, `due` is what the next tick returns."""

    def __init__(self, trouble: Callable[[bytes], Exception | None] = lambda _: None) -> None:
        self.trouble = trouble
        self.due: list[Outgoing | Exception] = []
        self.seen: list[bytes] = []
        self.eager = False

    def handle(self, records: Sequence[Record]) -> Sequence[Outgoing]:
        for record in records:
            if error := self.trouble(record.value or b""):
                raise error
        self.seen += [record.value or b"" for record in records]
        return [Outgoing("out.v1", None, record.value) for record in records]

    def tick(self, now: datetime) -> Sequence[Outgoing]:
        assert now.tzinfo
        due, self.due = self.due, []
        for each in due:
            if isinstance(each, Exception):
                raise each
        return [each for each in due if isinstance(each, Outgoing)]


class World:
    """A loop with everything around it fake."""

    def __init__(
        self,
        handler: Copy | None = None,
        broker: Callable[[FakeClock], FakeBroker] = lambda _: FakeBroker(),
        **pace: float,
    ) -> None:
        self.clock, self.meter = FakeClock(), FakeMeter()
        self.broker = broker(self.clock)
        self.handler = handler or Copy()
        self.lives: list[float] = []
        effects = Effects(
            subscription=self.broker,
            publisher=self.broker,
            meter=self.meter,
            health=self.meter,
            now=self.clock.now,
            monotonic=self.clock.monotonic,
            jitter=lambda: 1.0,
            wait=self.clock.wait,
            alive=lambda: self.lives.append(self.clock.monotonic()),
        )
        in_a_row = int(pace.get("dead_letters_in_a_row", 4))
        limits = Pace(dead_letters_in_a_row=in_a_row, longest_delay=pace.get("longest_delay", 8.0))
        self.loop = Loop(Role("test", "group"), self.handler, effects, limits)

    def turns(self, count: int, seconds: float = 0.0) -> None:
        for _ in range(count):
            self.loop.turn()
            self.clock.pass_(seconds)

    def published(self, topic: str = "out.v1") -> list[bytes | None]:
        return [each.value for each in self.broker.published if each.topic == topic]


class FailsUntil:
    """Trouble with one value the first `times` times."""

    def __init__(self, value: bytes, times: int, error: Exception) -> None:
        self.value, self.times, self.error = value, times, error

    def __call__(self, value: bytes) -> Exception | None:
        if value != self.value or self.times == 0:
            return None
        self.times -= 1
        return self.error


def test_what_is_handled_is_published_and_then_committed() -> None:
    world = World()
    world.broker.produce(TOPIC, SEVERAL)
    world.turns(1)
    assert (world.published(), world.broker.committed, world.meter.is_ready) == (SEVERAL, {ONE: 5}, True)
    assert world.meter.lags == {(TOPIC, 0): 0}


def test_nothing_is_committed_before_it_is_confirmed() -> None:
    """The answer that was not confirmed is sent again as it was: the handler is not asked twice."""
    world = World()
    world.broker.produce(TOPIC, SEVERAL)
    world.broker.fail["publish"] = [RetryLater("broker away")] * 3
    world.turns(1)
    assert (world.published(), world.broker.committed, world.meter.is_ready) == ([], {}, False)
    world.turns(30, seconds=1)
    assert (world.published(), world.handler.seen, world.broker.committed) == (SEVERAL, SEVERAL, {ONE: 5})
    assert world.meter.is_ready


def test_a_passing_fault_parks_its_partition_and_lets_the_others_go_on() -> None:
    world = World(Copy(FailsUntil(b"c", 2, RetryLater("store full"))))
    world.broker.produce(TOPIC, SEVERAL)
    world.broker.produce(TOPIC, [b"other"], partition=1)
    world.turns(1)
    assert {Partition(TOPIC, 1): 1} == world.broker.committed
    assert not world.meter.is_ready
    world.turns(10, seconds=1)
    assert [b"other", *SEVERAL] == world.published()
    assert {ONE: 5, Partition(TOPIC, 1): 1} == world.broker.committed
    assert world.clock.waited == []  # polling went on all the while


def test_waits_grow_up_to_the_longest_and_start_over_after_success() -> None:
    pace = Pace(first_delay=0.5, longest_delay=8.0)
    assert [pace.delay(n, least=0.1, jitter=1.0) for n in range(6)] == [0.5, 1, 2, 4, 8, 8]
    assert [pace.delay(n, least=3.0, jitter=1.0) for n in (0, 3, 5)] == [3, 4, 8]
    assert pace.delay(0, least=0.5, jitter=0.0) == 0.25
    assert pace.delay(10_000, least=1.0, jitter=1.0) == 8.0


def test_a_poison_record_is_set_aside_and_the_rest_goes_on() -> None:
    world = World(Copy(lambda value: Undecodable("not JSON") if value == b"c" else None))
    world.broker.produce(TOPIC, SEVERAL)
    world.turns(1)
    assert (world.published(), world.broker.committed) == ([b"a", b"b", b"d", b"e"], {ONE: 5})
    note = wire.decode_dead_letter(world.published(catalog.DEAD_LETTER)[0])
    assert (
        note.topic,
        note.partition,
        note.offset,
        note.stage,
        note.error,
        note.reason,
        note.group,
    ) == (TOPIC, 0, 2, "test", "Undecodable", "not JSON", "group")


def test_what_stands_before_a_passing_fault_in_a_poisoned_batch_is_kept() -> None:
    """Poison at a, a passing fault at d: b and c are done, committed, and never handled twice."""
    troubles = {b"a": DeadLetter("poison"), b"d": RetryLater("later")}
    world = World(Copy(troubles.get))
    world.broker.produce(TOPIC, [b"a", b"b", b"c", b"d"])
    world.turns(1)
    assert world.broker.committed == {ONE: 2}
    del troubles[b"d"]
    world.turns(10, seconds=1)
    assert (world.published(), world.broker.committed) == ([b"b", b"c", b"d"], {ONE: 4})


def test_too_many_dead_letters_in_a_row_stop_the_process() -> None:
    """Invariant 7: the topic is not drained into the dead letters."""
    world = World(Copy(lambda value: DeadLetter("poison") if value.startswith(b"x") else None))
    world.broker.produce(TOPIC, [b"x1", b"x2", b"x3", b"good", b"x4", b"x5"])
    world.turns(1)
    assert world.broker.committed == {ONE: 6}
    world.broker.produce(TOPIC, [b"x6", b"x7", b"x8"])
    with pytest.raises(Stop, match="4 dead letters in a row"):
        world.turns(1)
    assert world.broker.committed == {ONE: 6}


@pytest.mark.parametrize(
    ("when", "set_up"),
    [
        pytest.param("handling", lambda w: setattr(w.handler, "trouble", lambda _: Stop("no key")), id="handle"),
        pytest.param("timer", lambda w: w.handler.due.append(Stop("no key")), id="tick"),
        pytest.param("publishing", lambda w: w.broker.fail["publish"].append(Stop("no key")), id="publish"),
        pytest.param("polling", lambda w: w.broker.fail["poll"].append(Stop("no key")), id="poll"),
    ],
)
def test_stop_ends_the_process_without_a_commit(
    when: str, set_up: Callable[[World], None], caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    set_up(world)
    world.broker.produce(TOPIC, SEVERAL)
    assert world.loop.run(threading.Event()) == 1, when
    assert (world.broker.committed, world.broker.closed, world.meter.is_ready) == ({}, True, False)
    assert [each.message for each in caplog.records] == ["test stopped: no key"]


def test_a_fault_that_nobody_foresaw_is_named_by_its_class_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Invariant 4: a stranger's message may quote the record."""
    world = World(Copy(FailsUntil(b"c", 99, ValueError("a secret"))))
    world.broker.produce(TOPIC, SEVERAL)
    world.turns(1)
    assert world.broker.committed == {ONE: 5}
    note = wire.decode_dead_letter(world.published(catalog.DEAD_LETTER)[0])
    assert (note.error, note.reason) == ("DeadLetter", "unforeseen ValueError in test")
    assert "secret" not in caplog.text


def test_an_eager_handler_does_not_wait_for_a_whole_poll_unless_what_it_said_is_not_confirmed() -> None:
    world = World()
    world.turns(1)
    world.handler.eager = True
    world.turns(1)
    world.handler.due.append(Outgoing("out.v1", None, b"due"))
    world.broker.fail["publish"] = [RetryLater("away")]
    world.turns(1)
    pace = Pace()
    assert world.broker.patience == [pace.poll, pace.eager, pace.poll]
    assert 0 < pace.eager < pace.poll


def test_a_timer_that_fails_in_a_way_nobody_foresaw_stops_the_process() -> None:
    world = World()
    world.handler.due.append(KeyError("a secret"))
    with pytest.raises(Stop, match="unforeseen KeyError"):
        world.turns(1)


def test_a_told_process_finishes_what_is_in_hand() -> None:
    stop = threading.Event()
    world = World()
    world.broker.produce(TOPIC, SEVERAL)
    world.handler.trouble = lambda _: stop.set()
    assert world.loop.run(stop) == 0
    assert len(world.lives) == 1
    assert (world.published(), world.broker.committed, world.broker.closed) == (SEVERAL, {ONE: 5}, True)


def test_a_process_that_cannot_commit_is_not_ready() -> None:
    world = World()
    world.broker.produce(TOPIC, SEVERAL)
    world.broker.fail["commit"] = [RetryLater("not a member")] * 2
    told = []
    for _ in range(3):
        world.turns(1)
        told.append((world.meter.is_ready, world.broker.committed.get(ONE)))
    assert told == [(False, None), (False, None), (True, 5)]


def test_the_lag_is_measured_once_a_second() -> None:
    world = World(Copy(FailsUntil(b"a", 99, RetryLater("store full"))))
    world.turns(1)
    world.broker.produce(TOPIC, SEVERAL)
    world.turns(1, seconds=0.9)
    assert world.meter.lags == {}
    world.turns(1, seconds=0.2)
    world.turns(1)
    assert world.meter.lags == {(TOPIC, 0): 5}


class SlowToFail(FakeBroker):
    """Takes twenty seconds to say that it cannot be reached, as long as it is away."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.away = True

    def publish(self, messages: Sequence[Outgoing]) -> None:
        if messages and self.away:
            self.clock.pass_(20)
            raise RetryLater("away")
        super().publish(messages)


def test_time_outs_in_a_row_do_not_keep_a_turn_for_ever() -> None:
    """The group gives up who does not poll: with twelve partitions, this would be four minutes, then eight."""
    world = World(broker=SlowToFail, longest_delay=900.0)
    values = [b"%d" % number for number in range(12)]
    for number, value in enumerate(values):
        world.broker.produce(TOPIC, [value], partition=number)
    took = []
    for turn in range(40):
        if turn % 20 == 19:
            world.clock.pass_(900)  # all that wait are due at once
        start = world.clock.monotonic()
        world.turns(1)
        took.append(world.clock.monotonic() - start)
    assert 20 < max(took) <= Pace().longest_turn + 20
    assert isinstance(world.broker, SlowToFail)
    world.broker.away = False
    world.turns(40, seconds=60)
    assert sorted(filter(None, world.published())) == sorted(values)
    assert sorted(world.handler.seen) == sorted(values), "each was handled once"
    assert world.broker.committed == {Partition(TOPIC, number): 1 for number in range(12)}


def test_timers_run_also_when_nothing_comes_and_their_messages_are_sent_until_confirmed() -> None:
    world = World()
    world.handler.due.append(Outgoing("out.v1", None, b"due"))
    world.broker.fail["publish"] = [RetryLater("away")] * 2
    world.turns(8, seconds=1)
    assert world.published() == [b"due"]


def test_a_timer_may_ask_for_patience() -> None:
    world = World()
    world.handler.due.append(RetryLater("away", after=2))
    world.broker.produce(TOPIC, SEVERAL)
    world.turns(1)
    assert world.broker.committed == {ONE: 5}


def test_a_broker_that_is_gone_is_waited_for() -> None:
    world = World()
    world.broker.produce(TOPIC, SEVERAL)
    world.turns(1)
    world.broker.fail["poll"] = [RetryLater("away")] * 3
    world.turns(1)
    assert not world.meter.is_ready
    world.turns(3)
    assert (world.clock.waited, world.meter.is_ready) == ([1, 1, 2], True)


def test_a_commit_that_failed_is_made_later() -> None:
    world = World()
    world.broker.produce(TOPIC, SEVERAL)
    world.broker.fail["commit"] = [RetryLater("away")]
    world.turns(1)
    assert world.broker.committed == {}
    world.turns(1)
    assert (world.published(), world.broker.committed) == (SEVERAL, {ONE: 5})


def test_a_partition_that_is_taken_away_is_forgotten() -> None:
    """Neither its pause nor its offset may outlive the rebalance: the next owner starts from the commit."""
    world = World(Copy(FailsUntil(b"c", 1, RetryLater("later", after=60))))
    world.broker.produce(TOPIC, SEVERAL)
    world.turns(1)
    world.broker.rebalance()
    world.turns(1)
    assert (world.published(), world.broker.committed, world.meter.is_ready) == (SEVERAL, {ONE: 5}, True)


def test_an_uncommitted_offset_is_not_committed_after_a_rebalance() -> None:
    world = World()
    world.broker.produce(TOPIC, SEVERAL)
    world.broker.fail["commit"] = [RetryLater("rebalancing")]
    world.turns(1)
    world.broker.rebalance()
    world.broker.logs.clear()
    world.turns(1)
    assert world.broker.committed == {}
