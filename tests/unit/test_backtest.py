"""A new policy judged by what is archived, before it may act."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from agents import backtest, settings
from agents.configuration import load_policy
from agents.retention import place
from agents.retention.store import Raw
from pipeline.backtest import Promotion, Tally, promotions, verdicts
from pipeline.decide import Action
from pipeline.detect.finding import Analysis, Entity, Finding
from pipeline.policy import Decision, Mode, Policy
from pipeline.record import Coordinates
from tests.events import a_policy, a_rule, an_event, an_event_value
from tests.fakes import FakeDetector

NUMBER = "900707-2383"
POLICY = load_policy(settings.load().policy_file)
FOUND = Analysis((Finding(Entity.SE_PERSONNUMMER, 0, 11, 0.98, "personnummer.canonical"),))


def watching(policy: Policy = POLICY) -> Policy:
    """The same policy, with the rule of identity numbers only observing."""
    rules = (msgspec.structs.replace(rule, mode=Mode.OBSERVE) for rule in policy.rule)
    return msgspec.structs.replace(policy, rule=tuple(rules))


def test_two_policies_part_on_what_one_of_them_only_observes() -> None:
    judged = verdicts(an_event(text=NUMBER), FakeDetector(FOUND), (watching(), POLICY), {})
    assert judged is not None
    tally = Tally()
    parting = tally.add(*judged)
    assert parting is not None
    assert (parting.before, parting.after, parting.rules) == (Action.REVIEW, Action.REMOVE, ("identity-number",))
    assert (tally.events, tally.new_removals) == (1, 1)


def test_a_policy_does_not_part_from_itself() -> None:
    judged = verdicts(an_event(text=NUMBER), FakeDetector(FOUND), (POLICY, POLICY), {})
    assert judged is not None
    tally = Tally()
    assert tally.add(*judged) is None
    assert (tally.events, tally.new_removals) == (1, 0)


def test_no_policy_acts_on_a_delete() -> None:
    assert verdicts(an_event(change="deleted"), FakeDetector(FOUND), (POLICY, POLICY), {}) is None


def test_every_step_up_the_ladder_is_told_with_who_decided_it() -> None:
    decision = Decision(
        rules=("identity-number",), mode=Mode.DELETE, on=date(2026, 11, 2), by="nämnden", why="trial over"
    )
    promoted = msgspec.structs.replace(a_rule(Mode.DELETE), departments={"school": Mode.HIDE})
    old = a_policy(msgspec.structs.replace(a_rule(Mode.REVIEW), departments={"school": Mode.OBSERVE}))
    new = a_policy(promoted, decision=(decision,))
    assert list(promotions(old, new)) == [
        Promotion("identity-number", None, Mode.REVIEW, Mode.DELETE, decision),
        Promotion("identity-number", "school", Mode.OBSERVE, Mode.HIDE, decision),
    ]
    assert list(promotions(new, old)) == [], "a step back is no promotion"


@pytest.mark.parametrize(("most", "code"), [(0, 1), (1, 0)], ids=["more than accepted", "accepted"])
def test_the_exit_code_can_gate_a_deploy(most: int, code: int, tmp_path: Path) -> None:
    """The archive is read, the reading is written down, and no value is shown."""
    new = tmp_path / "new.toml"
    new.write_text(Path(settings.load().policy_file).read_text(encoding="utf-8"), encoding="utf-8")
    old = tmp_path / "old.toml"
    old.write_text(new.read_text(encoding="utf-8").replace('mode = "delete"', 'mode = "observe"'), encoding="utf-8")
    current = settings.Settings(data_dir=tmp_path / "data")
    with place.opened(place.of(current), lambda: datetime.now(UTC)) as store:
        value = an_event_value(text=f"mitt nummer är {NUMBER}")
        store.put_many(
            [
                Raw(Coordinates("social.raw.v1", 0, 0), 0, b"k", value, ()),
                Raw(Coordinates("social.raw.v1", 0, 1), 0, b"k", b"no event", ()),
            ]
        )
    said = io.StringIO()
    assert code == backtest.run(current, new, old, most, Console(file=said, width=200))
    assert "1 events: 1 would change, 1 of them into removals" in said.getvalue()
    assert "identity-number: observe -> delete, decided 2026-11-23 by Anslagsvakt, as shipped" in said.getvalue()
    assert "pass -> remove: mitt nummer är [SE_PERSONNUMMER]" in said.getvalue(), "a sample, masked"
    assert NUMBER not in said.getvalue()
    (line,) = current.access_log.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["command"] == "policy backtest"
