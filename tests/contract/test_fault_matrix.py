"""Every platform by every fault: the order comes to its right end, is told and measured, and nothing loops or is lost.

The whole process runs, journal and all, with each real adapter against the simulator of its platform's dialect. Time is
the test's: it jumps to when the next order is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from agents.platforms import capabilities
from agents.platforms.simulated import Action, Fault, FaultKind, Visibility
from deploy.local.ports import free_port
from pipeline.event import ObjectKind
from pipeline.message import EndState, Order, Result, Why
from pipeline.platform import Answer
from tests.orders import T0, a_receipt, a_withdrawal, after, an_order
from tests.peers.adapters import KINDS, Peer, on_loopback
from tests.peers.loopback import TOKEN
from tests.takedown_world import World

MOST_TURNS = 120
MOST_CALLS = 14
"""For one order with one fault: more is a loop."""

GOOD = {EndState.REMOVED: Result.REMOVED, EndState.HIDDEN: Result.HIDDEN}
ASKED = {EndState.REMOVED: Action.DELETE, EndState.HIDDEN: Action.HIDE}


@dataclass(frozen=True, slots=True)
class Scene:
    """One order on one platform, carried out by the whole process."""

    name: str
    peer: Peer
    world: World
    order: Order

    @property
    def item(self) -> str:
        return self.order.subject.object_id

    @property
    def asked(self) -> Action:
        return ASKED[self.order.wanted]

    def plan(self, kind: FaultKind, *, action: Action | None = None, count: int | None = 1) -> None:
        self.peer.server.platform.plan([Fault(kind, action=action or self.asked, count=count, seconds=0.5)])

    def go(self) -> None:
        """Tell the order and its receipt."""
        self.world.tell(self.order, a_receipt(self.order))

    def live(self, until: Callable[[], bool]) -> None:
        """Let time pass until this holds, and never longer than a process that does not loop needs."""
        for _ in range(MOST_TURNS):
            self.world.turn()
            if until():
                return
            self.world.at = max(self.world.at + 0.01, self._next_due())
        raise AssertionError(f"still not so: {self.world.outcomes()}")

    def end(self) -> list[Result]:
        """Live until the order has ended; its results, alarms first."""
        self.live(lambda: self.world.metrics.ended.total() > 0 and self._ended())
        self.world.turn()
        return [result for result, _ in self.world.outcomes()["order"]]

    def effects(self) -> int:
        """How often the deed was done."""
        return sum(call.action is self.asked and call.by == "client" for call in self.peer.server.platform.journal)

    def _ended(self) -> bool:
        with self.world.journal.transaction() as db:
            (open_orders,) = db.execute("SELECT count(*) FROM orders WHERE result IS NULL").fetchone()
        return bool(open_orders == 0)

    def _next_due(self) -> float:
        with self.world.journal.transaction() as db:
            (due,) = db.execute("SELECT min(due_at) FROM orders WHERE result IS NULL").fetchone()
        return 0.0 if due is None else due / 1e6 - T0.timestamp()


def _deeds() -> Iterator[tuple[str, EndState, bool]]:
    """What the table lets us do on each platform: platform, wanted end, and whether to our own item."""
    for name in KINDS:
        for own in (False, True):
            can = capabilities.of(name, ObjectKind.REPLY, is_own=own)
            if can.delete:
                yield name, EndState.REMOVED, own
                break
        if capabilities.of(name, ObjectKind.REPLY, is_own=False).hide:
            yield name, EndState.HIDDEN, False


DEEDS = list(_deeds())


@pytest.fixture(params=[pytest.param(deed, id=f"{deed[0]} {deed[1]}") for deed in DEEDS])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    name, wanted, own = request.param
    with _scene(tmp_path, name, wanted, own=own) as made:
        yield made


@contextmanager
def _scene(folder: Path, name: str, wanted: EndState, *, own: bool) -> Iterator[Scene]:
    order = msgspec.structs.replace(an_order(wanted=wanted, deadline=1e9), subject=KINDS[name].subject(own=own))

    def now() -> datetime:
        return world.now()

    with on_loopback(name, now=now) as peer:
        world = World(folder / "journal.sqlite", peer.adapter, name=name)
        yield Scene(name, peer, world, order)
        world.close()


def check_well_ended(scene: Scene) -> None:
    results = scene.end()
    assert results == [GOOD[scene.order.wanted]]
    assert scene.effects() == 1
    check_bounded(scene)


def check_bounded(scene: Scene) -> None:
    assert scene.peer.server.unknown == []
    assert scene.world.metrics.calls.total() <= MOST_CALLS
    assert scene.world.metrics.ended.total() == len(scene.world.outcomes()["order"])


def test_nothing_wrong(scene: Scene) -> None:
    scene.go()
    check_well_ended(scene)
    outcome = scene.world.outcome("order", GOOD[scene.order.wanted])
    can = capabilities.of(scene.name, ObjectKind.REPLY, is_own=scene.order.subject.is_own)
    assert outcome.verified is (can.sees_hidden or scene.order.wanted is EndState.REMOVED)


@pytest.mark.parametrize(
    "kind", [FaultKind.BROKEN, FaultKind.UNAVAILABLE, FaultKind.CUT, FaultKind.SLOW, FaultKind.TIMEOUT_AFTER_SUCCESS]
)
def test_an_outage_while_writing(scene: Scene, kind: FaultKind) -> None:
    """5xx, a cut line, a read time-out, and a time-out after the deed was done: read, then decide."""
    scene.plan(kind)
    scene.go()
    check_well_ended(scene)
    assert scene.world.metrics.calls[scene.asked, Answer.AMBIGUOUS] == 1


@pytest.mark.parametrize("kind", [FaultKind.BROKEN, FaultKind.CUT, FaultKind.SLOW, FaultKind.TOO_MANY])
def test_an_outage_while_reading_back(scene: Scene, kind: FaultKind) -> None:
    scene.plan(kind, action=Action.READ)
    scene.go()
    check_well_ended(scene)


def test_a_lie_is_seen_through_where_anything_can_be_seen(scene: Scene) -> None:
    can = capabilities.of(scene.name, ObjectKind.REPLY, is_own=scene.order.subject.is_own)
    scene.plan(FaultKind.LIE)
    scene.go()
    if can.sees_hidden:
        check_well_ended(scene)
        assert scene.world.metrics.calls[scene.asked, Answer.DONE] == 2
    else:
        scene.end()
        assert scene.world.outcomes()["order"] == [(Result.HIDDEN, False)], "told as not verified"


@pytest.mark.parametrize(
    ("name", "form", "wanted", "own"),
    [
        pytest.param(name, form, wanted, own, id=f"{name} {wanted}: {form}")
        for name, wanted, own in DEEDS
        for form in KINDS[name].dialect().limits
    ],
)
def test_too_many_requests_parks_the_account(tmp_path: Path, name: str, form: str, wanted: EndState, own: bool) -> None:  # noqa: FBT001 - pytest's parameter
    with _scene(tmp_path, name, wanted, own=own) as scene:
        scene.peer.server.limit = scene.peer.server.dialect.limits[form]
        scene.plan(FaultKind.TOO_MANY)
        scene.go()
        check_well_ended(scene)
        assert scene.world.metrics.calls[scene.asked, Answer.RETRY_AT] == 1
        writes = [call for call in scene.peer.server.platform.calls if call.action is scene.asked]
        assert len(writes) == 2
        waited = (scene.world.now() - after(10)).total_seconds()
        assert waited >= 60, "the platform's own pause was kept"


def test_an_expired_token_is_told_and_the_order_carried_out_when_it_is_renewed(scene: Scene) -> None:
    scene.plan(FaultKind.AUTH_LOST, count=None)
    scene.go()
    scene.live(lambda: bool(scene.world.outcomes()))
    assert scene.world.outcomes()["order"] == [(Result.AUTH_LOST, False)]
    scene.peer.server.platform.clear_faults()
    assert scene.end() == [Result.AUTH_LOST, GOOD[scene.order.wanted]]
    assert scene.effects() == 1
    check_bounded(scene)


def test_a_missing_right_ends_the_order(scene: Scene) -> None:
    for action in (Action.HIDE, Action.DELETE):
        scene.plan(FaultKind.FORBIDDEN, action=action, count=None)
    scene.go()
    assert scene.end() == [Result.NOT_PERMITTED]
    assert scene.effects() == 0
    check_bounded(scene)


def test_a_right_lost_in_between_is_not_taken_for_gone(scene: Scene) -> None:
    """The item is there, but the platform says "not found" as we may not see it any more."""
    for action in (Action.HIDE, Action.DELETE, Action.READ):
        scene.plan(FaultKind.NOT_FOUND, action=action, count=None)
    scene.plan(FaultKind.FORBIDDEN, action=Action.ACCOUNT, count=None)
    scene.go()
    scene.live(lambda: bool(scene.world.outcomes()))
    assert scene.world.outcomes()["order"] == [(Result.AUTH_LOST, False)]
    scene.peer.server.platform.clear_faults()
    assert scene.end() == [Result.AUTH_LOST, GOOD[scene.order.wanted]]
    assert scene.peer.server.platform.state(scene.item) is not Visibility.VISIBLE


def test_already_gone(scene: Scene) -> None:
    scene.peer.server.platform.remove_as_author(scene.item)
    scene.go()
    assert scene.end() == [Result.ALREADY_GONE]
    assert scene.effects() == 0
    check_bounded(scene)


def test_gone_by_its_author(scene: Scene) -> None:
    scene.peer.server.platform.remove_as_author(scene.item)
    scene.world.tell(a_withdrawal(scene.item, why=Why.DELETED_BY_AUTHOR, platform=scene.name))
    scene.go()
    assert scene.end() == [Result.GONE_BEFORE_US]
    check_bounded(scene)


def test_nobody_answers_for_a_while(scene: Scene) -> None:
    """No connection: nothing was done, and it is tried again with growing pauses."""
    away = KINDS[scene.name].make(f"http://127.0.0.1:{free_port()}", TOKEN, scene.world.now)
    scene.world.platforms[scene.name] = away
    scene.go()
    scene.live(lambda: scene.world.metrics.calls.total() >= 4)
    assert set(scene.world.metrics.calls) == {(scene.asked, Answer.RETRY_AT)}
    scene.world.platforms[scene.name] = scene.peer.adapter
    check_well_ended(scene)
    away.close()


def test_a_crash_in_the_middle_of_the_call(scene: Scene) -> None:
    scene.go()
    scene.world.turn()
    scene.world.crash()
    check_well_ended(scene)
