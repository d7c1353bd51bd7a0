"""What is not done is never acknowledged: Faust's two traps beside our answers, and a broker that is gone.

Each trap is shown on a real broker: the naive half proves that the test can tell the difference.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import faust
import pytest
from faust.transport.drivers import aiokafka as driver
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError
from prometheus_client import CollectorRegistry

from agents.demo.load import events
from agents.health import Health
from agents.metrics import Metrics
from agents.screen import process as screening
from agents.screen.judge import Judge, Judgement
from agents.screen.producer import ConfirmedProducer
from agents.screen.standstill import Standstill
from agents.screen.transport import PollConsumer
from agents.screen.turn import Turn
from agents.stream import Record
from deploy.local.kafka import Kafka
from pipeline.errors import Stop
from pipeline.token import Tokeniser
from tests.chaos.installation import Installation, command
from tests.events import a_policy
from tests.fakes import FakeDetector
from tests.integration.conftest import FreshBroker, TopicMaker
from topics import catalog
from topics.outgoing import Outgoing

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
PATIENCE = 60.0
NAIVE = f"naive.{secrets.token_hex(6)}"


@pytest.fixture
def names_of_its_own(broker: Kafka, new_topic: TopicMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another raw topic and group on the shared broker, so that tests do not meet each other's events."""
    monkeypatch.setattr(catalog, "RAW", new_topic(broker.bootstrap))
    monkeypatch.setattr(catalog, "SCREEN_GROUP", f"test.{secrets.token_hex(6)}")


@pytest.fixture
def breakable(fresh_broker: FreshBroker, tmp_path: Path) -> Kafka:
    """A broker of our own, with our topics."""
    kafka = fresh_broker()
    Installation(tmp_path / "installation", kafka.bootstrap, "").make_topics()
    return kafka


def send(broker: Kafka, *values: bytes) -> None:
    with closing(KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")) as producer:
        for value in values:
            producer.send(catalog.RAW, value=value, partition=0).get(timeout=PATIENCE)


def committed(broker: Kafka, group: str) -> int:
    """The next offset of the first raw partition that the group would read; 0 if it has committed nothing."""
    one, until = TopicPartition(catalog.RAW, 0), time.monotonic() + PATIENCE
    with closing(KafkaAdminClient(bootstrap_servers=broker.bootstrap)) as admin:
        while True:
            try:
                found = admin.list_group_offsets({group: [one]})[group].get(one)
            except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError):
                assert time.monotonic() < until  # a broker that has just come needs a moment
            else:
                return max(0, found.offset) if found else 0


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another thread or process
            await asyncio.sleep(0.1)


class Handling:
    """The work on a record, as naive code and ours do it alike; `bad` cannot be done while `fails` is set."""

    def __init__(self) -> None:
        self.fails = True
        self.seen: list[bytes | None] = []

    def do(self, record: bytes | None) -> None:
        self.seen.append(record)
        if record == b"bad" and self.fails:
            raise ZeroDivisionError

    async def take(self, records: Mapping[object, Sequence[Record]]) -> None:
        """Stands in for `Turn`."""
        for record in (each for part in records.values() for each in part):
            self.do(record.value)


def ours(broker: Kafka, turn: Any, folder: Path, stop: asyncio.Event) -> Awaitable[None]:
    return screening.run(
        {"bootstrap_servers": [broker.bootstrap]},
        turn,
        health=Health(),
        metrics=Metrics(CollectorRegistry()),
        batch_size=100,
        commit_interval=0.2,
        data_dir=folder / "faust",
        stop=stop,
    )


def naive_app(broker: Kafka, folder: Path) -> faust.App:
    """As the tutorials have it."""
    return faust.App(
        NAIVE,
        broker=f"kafka://{broker.bootstrap}",
        broker_commit_interval=0.2,
        consumer_auto_offset_reset="earliest",
        datadir=folder / "naive",
        store="memory://",
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )


@contextlib.asynccontextmanager
async def started(app: faust.App) -> Any:
    await app.start()
    try:
        yield
    finally:
        await app.stop()


@pytest.mark.usefixtures("names_of_its_own")
def test_naive_faust_acknowledges_what_raised(broker: Kafka, tmp_path: Path) -> None:
    """The trap: the record that failed is behind the committed offset, and nobody will ever work it again."""
    handling = Handling()

    async def run() -> None:
        app = naive_app(broker, tmp_path)

        @app.agent(app.topic(catalog.RAW, value_serializer="raw"))
        async def screen(values: Any) -> None:
            async for value in values:
                handling.do(value)

        async with started(app):
            await until(lambda: handling.seen[-1:] == [b"after"])
            await until(lambda: committed(broker, NAIVE) == 3)

    send(broker, b"good", b"bad", b"after")
    asyncio.run(run())
    assert handling.seen == [b"good", b"bad", b"after"]


@pytest.mark.usefixtures("names_of_its_own")
def test_our_screen_stops_at_what_raised_and_works_it_again(broker: Kafka, tmp_path: Path) -> None:
    handling = Handling()

    async def first() -> None:
        running = asyncio.ensure_future(ours(broker, handling, tmp_path, asyncio.Event()))
        await until(lambda: running.done() or committed(broker, catalog.SCREEN_GROUP) == 1)
        await asyncio.to_thread(send, broker, b"bad", b"after")
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(running, PATIENCE)

    async def second() -> None:
        stop = asyncio.Event()
        running = asyncio.ensure_future(ours(broker, handling, tmp_path, stop))
        await until(lambda: running.done() or committed(broker, catalog.SCREEN_GROUP) == 3)
        stop.set()
        await running

    send(broker, b"good")
    asyncio.run(first())
    assert handling.seen[0] == b"good"
    assert committed(broker, catalog.SCREEN_GROUP) == 1
    handling.fails, handling.seen = False, []
    asyncio.run(second())
    assert handling.seen == [b"bad", b"after"]


@pytest.mark.usefixtures("names_of_its_own")
@pytest.mark.parametrize(
    ("transport", "reaches"),
    [pytest.param(None, 10, id="ours holds at the head"), pytest.param(driver.Transport, 14, id="naive goes past it")],
)
def test_an_unfinished_head_holds_the_commit(
    broker: Kafka, tmp_path: Path, transport: type[driver.Transport] | None, reaches: int
) -> None:
    """The 11th record is never acknowledged, later ones are: Faust itself commits past it."""
    seen: list[object] = []

    async def run() -> None:
        kafka = {"bootstrap_servers": [broker.bootstrap]}
        app = screening._app(kafka, batch_size=1, commit_interval=0.2, data_dir=tmp_path / "faust")
        if transport:
            app.transport = transport(url=app.conf.broker_consumer, app=app, loop=app.loop)

        @app.agent(app.topic(catalog.RAW, key_serializer="raw", value_serializer="raw"))
        async def screen(polls: Any) -> None:
            async for event in polls.noack().events():
                seen.append(event)
                if len(seen) != 11:
                    event.ack()

        async with started(app):
            for number in range(14):
                await asyncio.to_thread(send, broker, str(number).encode())
                await until(lambda expected=number + 1: len(seen) == expected)  # type: ignore[misc]  # a bound default
                if number == 9:
                    await until(lambda: committed(broker, catalog.SCREEN_GROUP) == 10)
            for _ in range(5):  # the head must hold through several commits
                await app.consumer.commit()
                await asyncio.sleep(0.2)

    asyncio.run(run())
    assert committed(broker, catalog.SCREEN_GROUP) == reaches


def test_what_comes_while_the_agent_is_busy_is_one_poll(
    broker: Kafka, new_topic: TopicMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll that waits goes on growing, on every partition: no trickle of single events, no partition held back."""
    monkeypatch.setattr(catalog, "RAW", new_topic(broker.bootstrap, partitions=3))
    monkeypatch.setattr(catalog, "SCREEN_GROUP", f"test.{secrets.token_hex(6)}")
    turns: list[Mapping[int, list[bytes | None]]] = []
    free = asyncio.Event()

    class Busy:
        """Stands in for `Turn`."""

        async def take(self, records: Mapping[Any, Sequence[Record]]) -> None:
            turns.append({place.partition: [each.value for each in part] for place, part in records.items()})
            await free.wait()

    def send_to_all(numbers: Iterable[int]) -> None:
        with closing(KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", linger_ms=0)) as producer:
            for number in numbers:
                producer.send(catalog.RAW, value=b"%d" % number, partition=number % 3).get(timeout=PATIENCE)

    def taken() -> int:
        return sum(len(part) for turn in turns for part in turn.values())

    async def run() -> None:
        stop = asyncio.Event()
        running = asyncio.ensure_future(ours(broker, Busy(), tmp_path, stop))
        await asyncio.to_thread(send_to_all, [0])
        await until(lambda: running.done() or taken() == 1)
        await asyncio.to_thread(send_to_all, range(1, 61))
        await asyncio.sleep(1)  # for the last of them to be fetched
        free.set()
        await until(lambda: running.done() or taken() == 61)
        stop.set()
        await running

    asyncio.run(run())
    assert len(turns) <= 3
    for place in range(3):
        came = [value for turn in turns for value in turn.get(place, ())]
        assert came == [b"%d" % number for number in range(place, 61, 3)]


class Breaking:
    """A real producer before which something happens to the broker, once."""

    def __init__(self, producer: ConfirmedProducer, happens: Callable[[], object]) -> None:
        self._producer = producer
        self._happens = [happens]

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        if self._happens:
            await asyncio.to_thread(self._happens.pop())
        await self._producer.publish(messages)


def pause(broker: Kafka) -> None:
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGSTOP)


def revive(broker: Kafka) -> None:
    if broker.pid is None:
        broker.start()
    else:
        os.kill(broker.pid, signal.SIGCONT)


# Where a broker neither answers nor refuses, Faust's consumer thread outlives us, and says so with a traceback.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("happens", [pause, Kafka.kill], ids=["paused", "killed"])
def test_what_cannot_be_confirmed_is_not_acknowledged(
    breakable: Kafka, tmp_path: Path, happens: Callable[[Kafka], object]
) -> None:
    """The broker goes when the events are in our hands: we end within the time-out and say why, and they come again."""
    samples = [sample.value or b"" for sample in events(20, 1)]
    judged: list[Judgement] = []

    async def run(stop: asyncio.Event, before: Iterable[Callable[[], object]]) -> None:
        kafka = {"bootstrap_servers": [breakable.bootstrap]}
        producer = ConfirmedProducer(kafka, 3)
        judge = Judge(FakeDetector(), a_policy(), {}, Tokeniser(b"k" * 32))
        await producer.start()
        try:
            with ThreadPoolExecutor(1) as executor:
                breaking = Breaking(producer, *before) if before else producer
                turn = Turn(
                    lambda *given: keep(judge.judge(*given)), breaking, Metrics(CollectorRegistry()), executor, 9
                )
                await ours(breakable, turn, tmp_path, stop)
        finally:
            await producer.stop()

    def keep(judgement: Judgement) -> Judgement:
        judged.append(judgement)
        return judgement

    async def ends() -> None:
        with pytest.raises(Stop, match=r"not confirmed|refused"):
            await asyncio.wait_for(run(asyncio.Event(), [lambda: happens(breakable)]), PATIENCE)

    async def again() -> None:
        stop = asyncio.Event()
        running = asyncio.ensure_future(run(stop, []))
        await until(lambda: running.done() or committed(breakable, catalog.SCREEN_GROUP) == len(samples))
        stop.set()
        await running

    send(breakable, *samples)
    asyncio.run(ends())
    assert judged == []
    revive(breakable)
    assert committed(breakable, catalog.SCREEN_GROUP) == 0
    asyncio.run(again())
    assert len(judged) >= len(samples)


def test_the_command_ends_with_one_line_and_exit_code_1(breakable: Kafka, tmp_path: Path) -> None:
    """There is no archive topic, so nothing on it can be confirmed."""
    with closing(KafkaAdminClient(bootstrap_servers=breakable.bootstrap)) as admin:
        admin.delete_topics([catalog.ARCHIVE])
    send(breakable, *(sample.value or b"" for sample in events(5, 1)))
    installation = Installation(tmp_path / "installation", breakable.bootstrap, "")
    screen = command(installation, "screen", ANSLAGSVAKT_PUBLISH_TIMEOUT="3")
    try:
        assert screen.wait(PATIENCE)
    finally:
        screen.kill()
    said = (installation.logs / "screen.log").read_text().splitlines()
    assert screen.exit_code == 1
    assert said[-1].startswith("anslagsvakt: Kafka has not confirmed")
    assert "Traceback" not in "\n".join(said)
    assert committed(breakable, catalog.SCREEN_GROUP) == 0


def test_told_to_stop_when_the_broker_is_gone_it_ends_at_once_and_in_good_order(
    breakable: Kafka, tmp_path: Path
) -> None:
    """What aiokafka leaves open then is closed: Faust's thread would die of it, and be waited for in vain."""
    send(breakable, *(sample.value or b"" for sample in events(5, 1)))
    installation = Installation(tmp_path / "installation", breakable.bootstrap, "")
    screen = command(installation, "screen")
    try:
        until_then = time.monotonic() + PATIENCE
        while committed(breakable, catalog.SCREEN_GROUP) < 5:
            assert time.monotonic() < until_then
            time.sleep(0.5)
        breakable.kill()
        time.sleep(2)  # for a fetch to find that out, and wait before it tries again
        screen.stop(PATIENCE)
    finally:
        screen.kill()
    said = (installation.logs / "screen.log").read_text()
    assert screen.exit_code == 0
    assert said.splitlines()[-1].endswith("screen has ended")
    assert "Traceback" not in said
    assert "Task was destroyed" not in said


def test_a_partition_that_nobody_reads_any_more_ends_the_process(
    broker: Kafka, new_topic: TopicMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust is made to lose sight of one of two partitions, as it has done by itself."""
    monkeypatch.setattr(catalog, "RAW", new_topic(broker.bootstrap, partitions=2))
    monkeypatch.setattr(catalog, "SCREEN_GROUP", f"test.{secrets.token_hex(6)}")
    monkeypatch.setattr(screening, "Standstill", lambda: Standstill(still=3))
    handling = Handling()

    async def run() -> None:
        await asyncio.wait_for(ours(broker, handling, tmp_path, asyncio.Event()), PATIENCE)

    with closing(KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")) as producer:
        for partition, value in enumerate((b"lost", b"read")):
            producer.send(catalog.RAW, value=value, partition=partition).get(timeout=PATIENCE)
    with monkeypatch.context() as lost:
        active = PollConsumer._get_active_partitions
        lost.setattr(
            PollConsumer, "_get_active_partitions", lambda self: {tp for tp in active(self) if tp.partition != 0}
        )
        with pytest.raises(Stop, match=f"{catalog.RAW}/0 is ours and nobody reads it any more"):
            asyncio.run(run())
    assert handling.seen == [b"read"]


_HANGS = """
import asyncio, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from prometheus_client import CollectorRegistry
from agents import worker
from agents.health import Health
from agents.metrics import Metrics
from agents.screen import process
from agents.screen.turn import Turn

bootstrap, folder, told = sys.argv[1:]
stop = asyncio.Event()

class Nowhere:
    async def publish(self, messages): pass

def hangs(record, now):
    if told == "told to stop":
        loop.call_soon_threadsafe(stop.set)
    time.sleep(600)

async def main(alive):
    global loop
    loop, metrics = asyncio.get_running_loop(), Metrics(CollectorRegistry())
    with ThreadPoolExecutor(1) as executor:
        await process.run(
            {"bootstrap_servers": [bootstrap]}, Turn(hangs, Nowhere(), metrics, executor, 9), health=Health(),
            metrics=metrics, batch_size=9, commit_interval=0.2, data_dir=Path(folder), stop=stop, alive=alive
        )

with worker.ended_if_stuck(10) as alive:
    asyncio.run(main(alive))
"""


@pytest.mark.parametrize("told", ["at work", "told to stop"])
def test_a_screen_whose_turn_never_ends_is_ended(breakable: Kafka, tmp_path: Path, told: str) -> None:
    """Also while it drains: it says where it stood, and what it had in hand comes again."""
    send(breakable, b"one")
    ran = subprocess.run(
        [sys.executable, "-c", _HANGS, breakable.bootstrap, str(tmp_path), told],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 1
    assert "in hangs" in ran.stderr
    assert committed(breakable, catalog.SCREEN_GROUP) == 0
