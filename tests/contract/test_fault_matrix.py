"""Every platform by every fault: the order comes to its right end, is told and measured, and nothing loops or is lost.

The whole process runs, journal and all, with each real adapter against the simulator of its platform's dialect. Time is
the test's: it jumps to when the next order is due. What must come of each cell stands in `tests/peers/matrix.py`.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from agents.platforms import capabilities
from agents.platforms.simulated import Action, Fault, FaultKind, Visibility
from deploy.local.ports import free_port
from pipeline.event import ObjectKind
from pipeline.message import EndState, Order, Result, Why
from pipeline.platform import Answer, Capabilities
from tests.orders import T0, a_receipt, a_withdrawal, after, an_order
from tests.peers.adapters import KINDS, Peer, on_loopback
from tests.peers.loopback import TOKEN
from tests.peers.matrix import GOOD, ROWS, Deed, Row, deeds, forms
from tests.takedown_world import World

MOST_TURNS = 120
MOST_CALLS = 14
"""For one order with one fault: more is a loop."""

SEEN = frozenset({Result.HIDDEN, Result.REMOVED, Result.ALREADY_GONE, Result.GONE_BEFORE_US})
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
        seconds = 0.05 if kind is FaultKind.TRICKLE else 0.5
        self.peer.server.platform.plan([Fault(kind, action=action or self.asked, count=count, seconds=seconds)])

    def go(self, order: Order | None = None) -> None:
        """Tell an order (the scene's) and its receipt."""
        told = order or self.order
        self.world.tell(told, a_receipt(told))

    def live(self, until: Callable[[], bool]) -> None:
        """Let time pass until this holds, and never longer than a process that does not loop needs."""
        for _ in range(MOST_TURNS):
            self.world.turn()
            if until():
                return
            self.world.at = max(self.world.at + 0.01, self._next_due())
        raise AssertionError(f"still not so: {self.world.outcomes()}")

    def told(self) -> None:
        """Live until something is told."""
        self.live(lambda: bool(self.world.outcomes()))

    def end(self) -> list[Result]:
        """Live until the order has ended; its results, alarms first."""
        self.live(lambda: self.world.metrics.ended.total() > 0 and self._ended())
        self.world.turn()
        return [result for result, _ in self.world.outcomes()["order"]]

    def effects(self) -> int:
        """How often the deed was done."""
        return sum(call.action is self.asked and call.by == "client" for call in self.peer.server.platform.journal)

    def can(self) -> Capabilities:
        return capabilities.of(self.name, ObjectKind.REPLY, is_own=self.order.subject.is_own)

    def _ended(self) -> bool:
        with self.world.journal.transaction() as db:
            (open_orders,) = db.execute("SELECT count(*) FROM orders WHERE result IS NULL").fetchone()
        return bool(open_orders == 0)

    def _next_due(self) -> float:
        with self.world.journal.transaction() as db:
            (due,) = db.execute("SELECT min(due_at) FROM orders WHERE result IS NULL").fetchone()
        return 0.0 if due is None else due / 1e6 - T0.timestamp()


@contextmanager
def _scene(folder: Path, deed: Deed) -> Iterator[Scene]:
    subject = KINDS[deed.platform].subject(own=deed.own)
    order = msgspec.structs.replace(an_order(wanted=deed.wanted, deadline=1e9), subject=subject)

    def now() -> datetime:
        return world.now()

    with on_loopback(deed.platform, now=now) as peer:
        world = World(folder / "journal.sqlite", peer.adapter, name=deed.platform)
        yield Scene(deed.platform, peer, world, order)
        world.close()


DEEDS = [pytest.param(deed, id=f"{deed.platform} {deed.verb}") for deed in deeds()]


@pytest.fixture(params=DEEDS)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with _scene(tmp_path, request.param) as made:
        yield made


def nothing(scene: Scene) -> None:
    scene.go()


def failing(kind: FaultKind, action: Action | None = None) -> Callable[[Scene], None]:
    def fail(scene: Scene) -> None:
        scene.plan(kind, action=action)
        scene.go()

    return fail


def crash(scene: Scene) -> None:
    scene.go()
    scene.world.turn()
    scene.world.crash()


def nobody_listens(scene: Scene) -> None:
    _away(scene, free_port())


def nobody_accepts(scene: Scene) -> None:
    """A server whose queue of connections is full lets a new one wait until it gives up."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - the socket's own interface
            waiting.connect_ex(full.getsockname())
        _away(scene, full.getsockname()[1])


def _away(scene: Scene, port: int) -> None:
    """Nothing can be done while nobody is there: it is tried again with growing pauses, and nothing else is told."""
    away = KINDS[scene.name].make(f"http://127.0.0.1:{port}", TOKEN, scene.world.now)
    scene.world.platforms[scene.name] = away
    scene.go()
    scene.live(lambda: scene.world.metrics.calls.total() >= 2)
    assert set(scene.world.metrics.calls) == {(scene.asked, Answer.RETRY_AT)}
    assert scene.world.outcomes() == {}
    scene.world.platforms[scene.name] = scene.peer.adapter
    away.close()


def expired(scene: Scene) -> None:
    """People are told once, and when they have renewed the token the order is carried out."""
    scene.plan(FaultKind.AUTH_LOST, count=None)
    scene.go()
    scene.told()
    assert scene.world.outcomes()["order"] == [(Result.AUTH_LOST, False)]
    scene.peer.server.platform.clear_faults()


def forbidden(scene: Scene) -> None:
    for action in (Action.HIDE, Action.DELETE):
        scene.plan(FaultKind.FORBIDDEN, action=action, count=None)
    scene.go()


def right_lost(scene: Scene) -> None:
    """The item is there, but the platform says "not found" as we may not see it any more."""
    for action in (Action.HIDE, Action.DELETE, Action.READ):
        scene.plan(FaultKind.NOT_FOUND, action=action, count=None)
    scene.plan(FaultKind.FORBIDDEN, action=Action.ACCOUNT, count=None)
    scene.go()
    scene.told()
    assert scene.peer.server.platform.state(scene.item) is Visibility.VISIBLE
    scene.peer.server.platform.clear_faults()


def gone(scene: Scene) -> None:
    scene.peer.server.platform.remove_as_author(scene.item)
    scene.go()


def gone_by_author(scene: Scene) -> None:
    scene.peer.server.platform.remove_as_author(scene.item)
    scene.world.tell(a_withdrawal(scene.item, why=Why.DELETED_BY_AUTHOR, platform=scene.name))
    scene.go()


def unknown(scene: Scene) -> None:
    subject = msgspec.structs.replace(scene.order.subject, object_id=f"{scene.item}9")
    scene.go(msgspec.structs.replace(scene.order, subject=subject))


FAULTS: Mapping[str, Callable[[Scene], None]] = {
    "nothing": nothing,
    "500 while writing": failing(FaultKind.BROKEN),
    "503 while writing": failing(FaultKind.UNAVAILABLE),
    "500 while reading back": failing(FaultKind.BROKEN, Action.READ),
    "429 while reading back": failing(FaultKind.TOO_MANY, Action.READ),
    "connection refused": nobody_listens,
    "connect time-out": nobody_accepts,
    "read time-out": failing(FaultKind.SLOW),
    "read time-out while reading back": failing(FaultKind.SLOW, Action.READ),
    "bytes that trickle": failing(FaultKind.TRICKLE),
    "bytes that trickle while reading back": failing(FaultKind.TRICKLE, Action.READ),
    "line cut": failing(FaultKind.CUT),
    "time-out after success": failing(FaultKind.TIMEOUT_AFTER_SUCCESS),
    "crash of ours in the call": crash,
    "expired token": expired,
    "missing right": forbidden,
    "right lost, and all looks gone": right_lost,
    "already gone": gone,
    "gone by its author": gone_by_author,
    "unknown id": unknown,
}
"""How each fault comes about; a function returns when all that is left is to live on until the end."""


def test_every_row_is_tried() -> None:
    assert set(FAULTS) == {row.fault for row in ROWS if not row.by_form}


@pytest.mark.parametrize("row", [pytest.param(row, id=row.fault) for row in ROWS if not row.by_form])
def test_a_cell(scene: Scene, row: Row) -> None:
    """The result is right, it is told once, verified where anything can be seen, and counted as what it was."""
    FAULTS[row.fault](scene)
    check(scene, row)


def check(scene: Scene, row: Row) -> None:
    results = scene.end()
    assert results == row.outcomes(scene.order.wanted)
    assert scene.effects() == row.done
    metrics = scene.world.metrics
    assert metrics.ended == Counter(results), "told and counted alike, each once"
    counted = {answer for _, answer in metrics.calls}
    assert row.counted is None or row.counted in counted
    assert metrics.calls.total() <= MOST_CALLS, "a loop"
    assert scene.peer.server.unknown == []
    if results[-1] in SEEN:
        by_word = results[-1] is Result.HIDDEN and not scene.can().sees_hidden
        assert scene.world.outcome("order", results[-1]).verified is not by_word


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        pytest.param(deed, form, id=f"{deed.platform} {deed.verb}: {form}")
        for deed in deeds()
        for form in forms(deed.platform)
    ],
)
def test_too_many_requests_parks_the_account(tmp_path: Path, deed: Deed, form: str) -> None:
    (row,) = (row for row in ROWS if row.by_form)
    with _scene(tmp_path, deed) as scene:
        scene.peer.server.limit = scene.peer.server.dialect.limits[form]
        scene.plan(FaultKind.TOO_MANY)
        scene.go()
        check(scene, row)
        assert scene.world.metrics.calls[scene.asked, Answer.RETRY_AT] == 1
        writes = [call for call in scene.peer.server.platform.calls if call.action is scene.asked]
        assert len(writes) == 2
        waited = (scene.world.now() - after(10)).total_seconds()
        assert waited >= 60, "the platform's own pause was kept"


def test_a_lie_is_seen_through_where_anything_can_be_seen(scene: Scene) -> None:
    scene.plan(FaultKind.LIE)
    scene.go()
    if not scene.can().sees_hidden and scene.order.wanted is EndState.HIDDEN:
        scene.end()
        assert scene.world.outcomes()["order"] == [(Result.HIDDEN, False)], "told as not verified"
        return
    check(scene, replace(ROWS[0], fault="a lie"))
    assert scene.world.metrics.calls[scene.asked, Answer.DONE] == 2


def test_rights_given_back_find_the_item_out_of_sight(scene: Scene) -> None:
    right_lost(scene)
    assert scene.end() == [Result.AUTH_LOST, GOOD[scene.order.wanted]]
    assert scene.peer.server.platform.state(scene.item) is not Visibility.VISIBLE


def test_an_id_of_no_platform_ends_the_order(tmp_path: Path) -> None:
    """Bluesky's ids are addresses; what is none can never be asked for."""
    with _scene(tmp_path, Deed("bluesky", EndState.REMOVED, own=True)) as scene:
        subject = msgspec.structs.replace(scene.order.subject, object_id="not an at-uri")
        scene.go(msgspec.structs.replace(scene.order, subject=subject))
        assert scene.end() == [Result.FAILED]
        assert scene.peer.server.platform.calls == ()
