"""Invariants 2, 3 and 8 over random interleavings: whatever happens in whatever order, the promises hold."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.message import EndState, Notice, Order, Result, Subject, Why
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply
from pipeline.takedown import ALARMS
from tests.fake_platform import FakePlatform
from tests.orders import a_receipt, a_withdrawal, an_order
from tests.takedown_world import World

VERSIONS = (1, 2, 3)
EVENTS = (
    "order",
    "receipt",
    "clean",
    "author",
    "author's deletion is told",
    "turn",
    "wait",
    "crash",
    "crash in a call",
)
FAULTS: dict[str, Reply | Callable[[], Reply]] = {
    "lie": Reply(Answer.DONE),
    "nothing done": Reply(Answer.RETRY_AT),
    "in doubt, not done": Reply(Answer.AMBIGUOUS),
    "in doubt, done": lambda: Reply(Answer.AMBIGUOUS),
    "lost rights": Reply(Answer.ALREADY_GONE),
    "refused": Reply(Answer.NOT_PERMITTED),
}


UNARCHIVED = """
SELECT count(*) FROM attempts a JOIN orders o USING (order_id)
WHERE action = 'delete' AND NOT EXISTS (SELECT 1 FROM receipts WHERE sha = o.sha AND known_at <= a.began_at)
"""
SIBLING_UNARCHIVED = """
SELECT count(*) FROM attempts a, orders s
WHERE action = 'delete' AND s.noted_at < a.began_at AND ifnull(s.ended_at, a.began_at + 1) > a.began_at
  AND NOT EXISTS (SELECT 1 FROM receipts WHERE sha = s.sha AND known_at <= a.began_at)
"""


class HonestWhenRead(FakePlatform):
    """Plans faults as any fake, but says of an item only what is so: a reading that lies cannot be seen through."""

    def perform(self, action: Action, subject: Subject) -> Reply:
        planned = self.faults.get(subject.object_id)
        if action is Action.READ and planned and planned[0] in {Reply(Answer.DONE), Reply(Answer.ALREADY_GONE)}:
            planned[0] = Reply(Answer.AMBIGUOUS)
        return super().perform(action, subject)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int]]:
    return draw(st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(VERSIONS)), max_size=20))


@example(
    history=[("order", 1), ("receipt", 1), ("crash in a call", 1)],
    faults=[],
    hideable=True,
    wanted=EndState.REMOVED,
    notice=Notice.NONE,
)
@given(
    history=histories(),
    faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=6),
    hideable=st.booleans(),
    wanted=st.sampled_from(EndState),
    notice=st.sampled_from(Notice),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens(
    history: list[tuple[str, int]], faults: list[str], *, hideable: bool, wanted: EndState, notice: Notice
) -> None:
    platform = HonestWhenRead(Capabilities(hide=hideable, unhide=hideable, delete=True, notify=True))
    platform.plan("1", [FAULTS[name] for name in faults])
    platform.plan("letter:1", [FAULTS[name] for name in faults])
    orders = {version: an_order(f"v{version}", version=version, wanted=wanted, notice=notice) for version in VERSIONS}
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "journal.sqlite", platform)
        _live(world, platform, orders, history)
        world.settle(4000, step=200)
        with world.journal.transaction() as db:
            assert db.execute(UNARCHIVED).fetchone() == (0,), "invariant 3"
            assert db.execute(SIBLING_UNARCHIVED).fetchone() == (0,), "invariant 3, another version"
        world.close()
    told = {version for event, version in history if event == "order"}
    _check(world, platform, told, preserved={version for event, version in history if event == "receipt"})


def _live(world: World, platform: FakePlatform, orders: dict[int, Order], history: list[tuple[str, int]]) -> None:
    for event, version in history:
        match event:
            case "order":
                world.tell(orders[version])
            case "receipt":
                world.tell(a_receipt(orders[version]))
            case "clean":
                world.tell(a_withdrawal(version=version))
            case "author":
                platform.delete_as_author("1")
            case "author's deletion is told":
                world.tell(a_withdrawal(version=version, why=Why.DELETED_BY_AUTHOR))
            case "wait":
                world.settle(30, step=5)
            case "crash":
                world.crash()
            case "crash in a call":
                world.turn()
                world.crash()


def _check(world: World, platform: HonestWhenRead, told: set[int], preserved: set[int]) -> None:
    outcomes = world.outcomes()
    assert len(platform.letters) <= len(told), "an author is told once of each order at most"
    assert platform.effects.count((Action.DELETE, "1")) <= 1, "invariant 2: deleted twice"
    assert set(outcomes) <= {f"v{version}" for version in told}
    if told <= preserved:
        ended = {name for name, results in outcomes.items() if any(result not in ALARMS for result, _ in results)}
        assert ended == {f"v{version}" for version in told}, "no silent end"
    gone = {Result.REMOVED, Result.ALREADY_GONE, Result.GONE_BEFORE_US}
    claims = [verified for results in outcomes.values() for result, verified in results if result in gone]
    assert all(claims), "invariant 8: told gone, not verified"
    if claims:
        assert platform.items["1"] is Presence.GONE, "invariant 8: told gone, and it stands"
    results = {result for told_of_order in outcomes.values() for result, _ in told_of_order}
    if (Action.DELETE, "1") in platform.effects:
        assert results & {Result.REMOVED, Result.FAILED}, "invariant 2: our own deletion taken for another's"
