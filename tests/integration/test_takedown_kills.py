"""Every wanted order is carried out once, whatever is killed: real Kafka, real processes, the HTTP simulator."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from agents.platforms.simulated import Action, Fault, FaultKind, Item, Visibility
from agents.platforms.simulator import SimulatorServer, running
from agents.publish import KafkaPublisher
from pipeline.message import EndState, Order, Outcome, Result, Why
from pipeline.takedown import ALARMS
from tests.integration.conftest import FreshBroker
from tests.orders import a_receipt, a_withdrawal, an_order
from topics import catalog, outgoing, wire

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

CHILD = Path(__file__).with_name("takedown_child.py")
TOPICS = (catalog.TAKEDOWN, catalog.RECEIPT, catalog.OUTCOME, catalog.REVIEW, catalog.DEAD_LETTER)
ORDERS = 60
KILLS = 8
FAULTS = (
    FaultKind.TOO_MANY,
    FaultKind.BROKEN,
    FaultKind.UNAVAILABLE,
    FaultKind.SLOW,
    FaultKind.TIMEOUT_AFTER_SUCCESS,
    FaultKind.TRICKLE,
    FaultKind.LIE,
    FaultKind.CUT,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is ordered, by the end that it must come to."""

    removed: Sequence[Order]
    hidden: Sequence[Order]
    withdrawn: Sequence[Order]

    @property
    def orders(self) -> list[Order]:
        return [*self.removed, *self.hidden, *self.withdrawn]


def planned() -> Plan:
    def make(kind: str, count: int, wanted: EndState) -> list[Order]:
        now = datetime.now(UTC)
        made = [an_order(f"{kind}{i}", item=f"{kind}{i}", wanted=wanted) for i in range(count)]
        threads = [replaced(order, root_id=f"thread {i % 7}") for i, order in enumerate(made)]
        return [msgspec.structs.replace(order, issued_at=now, deadline=now.replace(year=9999)) for order in threads]

    return Plan(
        make("remove", ORDERS // 2, EndState.REMOVED),
        make("hide", ORDERS // 4, EndState.HIDDEN),
        make("clean", ORDERS // 4, EndState.REMOVED),
    )


def replaced(order: Order, *, root_id: str) -> Order:
    return msgspec.structs.replace(order, subject=msgspec.structs.replace(order.subject, root_id=root_id))


class Processes:
    """Takedown processes on one journal, of which one at a time may be killed."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._running = [start(), start()]

    def kill_one(self, which: int) -> None:
        self._running[which].kill()
        self._running[which].wait(10)
        self._running[which] = self._start()

    def stop(self) -> list[int]:
        for process in self._running:
            process.terminate()
        return [process.wait(30) for process in self._running]

    def kill(self) -> None:
        for process in self._running:
            process.kill()
            process.wait(10)


@pytest.fixture
def simulator() -> Iterator[SimulatorServer]:
    with running() as server:
        yield server


def test_every_wanted_order_is_carried_out_once(
    fresh_broker: FreshBroker, simulator: SimulatorServer, tmp_path: Path
) -> None:
    bootstrap = fresh_broker().bootstrap
    plan = planned()
    for order in plan.orders:
        simulator.platform.seed(Item(order.subject.object_id, order.subject.account_id))
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.create_topics({name: {"num_partitions": 4} for name in TOPICS}, wait_for_metadata=True)
    with closing(KafkaPublisher({"bootstrap_servers": bootstrap})) as publisher, ExitStack() as stack:
        processes = Processes(lambda: start(bootstrap, tmp_path / "journal.sqlite", simulator))
        stack.callback(processes.kill)
        receipts_sent = drive(plan, publisher, processes, simulator)
        outcomes = settled(bootstrap, {order.order_id for order in plan.orders})
        assert processes.stop() == [0, 0]
    check(plan, simulator, outcomes, receipts_sent)


def start(bootstrap: str, journal: Path, simulator: SimulatorServer) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, CHILD, bootstrap, journal, simulator.url, simulator.token])


def drive(plan: Plan, publisher: KafkaPublisher, processes: Processes, simulator: SimulatorServer) -> dict[str, float]:
    """Send orders, receipts and withdrawals with faults and kills in between; returns when each receipt was sent."""
    chance = random.Random(1)
    sent: dict[str, float] = {}

    def preserve(orders: Sequence[Order]) -> None:
        for order in orders:
            sent[order.subject.object_id] = time.monotonic()
        publisher.publish([outgoing.receipt(a_receipt(order), order.subject.key.encode()) for order in orders])

    early, late = plan.removed[: len(plan.removed) // 3], list(plan.removed[len(plan.removed) // 3 :])
    chance.shuffle(late)
    preserve(early)
    publisher.publish([outgoing.order(order) for order in plan.orders])
    for kill in range(KILLS):
        simulator.platform.plan(Fault(kind, seconds=chance.uniform(0.5, 1.5)) for kind in chance.sample(FAULTS, 4))
        preserve(late[kill::KILLS])
        if kill == KILLS // 2:
            clean = [a_withdrawal(order.subject.object_id, why=Why.EDITED_CLEAN) for order in plan.withdrawn]
            publisher.publish([outgoing.order(each) for each in clean])
        time.sleep(chance.uniform(0.3, 1.2))
        processes.kill_one(kill % 2)
    return sent


def settled(bootstrap: str, wanted: set[str]) -> list[Outcome]:
    """Every outcome, read until each order has its last one and a while after that, in which nothing may change."""
    consumer = KafkaConsumer(catalog.OUTCOME, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None)
    outcomes: list[Outcome] = []
    ended: set[str] = set()
    deadline = time.monotonic() + 90
    with closing(consumer):
        while time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=300).values():
                outcomes += [wire.decode_outcome(record.value) for record in records]
            ended = {outcome.order_id for outcome in outcomes if outcome.result not in ALARMS}
            if ended == wanted:
                deadline = min(deadline, time.monotonic() + 2)
    assert ended == wanted, f"not ended: {sorted(wanted - ended)}"
    return outcomes


def check(
    plan: Plan, simulator: SimulatorServer, outcomes: Sequence[Outcome], receipts_sent: Mapping[str, float]
) -> None:
    ends: defaultdict[str, dict[bytes, Outcome]] = defaultdict(dict)
    for outcome in outcomes:
        if outcome.result not in ALARMS:
            ends[outcome.order_id][wire.encode(outcome)] = outcome
    results = {order: [(end.result, end.verified) for end in told.values()] for order, told in ends.items()}
    expected = {order.order_id: [(Result.REMOVED, True)] for order in plan.removed}
    expected |= {order.order_id: [(Result.HIDDEN, True)] for order in plan.hidden}
    for order in plan.withdrawn:
        assert {result for result, _ in results.pop(order.order_id)} == {Result.WITHDRAWN}
    assert results == expected
    stand = {item.id: item.state for item in simulator.platform.items()}
    assert stand == (
        {order.subject.object_id: Visibility.REMOVED for order in plan.removed}
        | {order.subject.object_id: Visibility.HIDDEN for order in plan.hidden}
        | {order.subject.object_id: Visibility.VISIBLE for order in plan.withdrawn}
    )
    deletes = [call for call in simulator.platform.calls if call.action is Action.DELETE]
    assert all(call.monotonic > receipts_sent[call.item] for call in deletes), "deleted before it was preserved"
    effective = Counter(call.item for call in deletes if call.effective)
    assert effective == {order.subject.object_id: 1 for order in plan.removed}
