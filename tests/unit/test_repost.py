"""A value that was removed once is caught again, in a spelling that alone would only have made people look."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from agents.screen.judge import Judge, Judgement
from agents.screen.removed import Removed
from pipeline import repost
from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Entity, Finding
from pipeline.message import Fingerprint, Order
from pipeline.policy import Mode
from pipeline.ports import FieldText
from pipeline.repost import Guard
from pipeline.route import State
from pipeline.token import Tokeniser
from tests.events import ACCOUNT, NOW, a_policy, a_record, a_rule, an_event_value
from tests.generated.spellings import SPELLINGS
from tests.orders import a_value, an_order
from tests.recognising import engine
from topics import wire

TOKENS = Tokeniser(b"k" * 32)
NUMBER = "198712202384"
YEAR = timedelta(days=365)
DOUBTFUL = sorted(("split-last-four", "reversed-parts"))
"""Spellings that the shipped scores send to people."""


def known(*numbers: str, until: datetime = NOW + YEAR) -> Removed:
    removed = Removed()
    for number in numbers:
        token = TOKENS.token(Entity.SE_PERSONNUMMER, number)
        told = Fingerprint(token=token, type="SE_PERSONNUMMER", order_id="o", at=NOW, known_until=until)
        removed.note(told, NOW - timedelta(seconds=1))
    return removed


def judged(text: str, removed: Removed, *, mode: Mode = Mode.DELETE, now: datetime = NOW) -> Judgement:
    register = {(ACCOUNT.platform, ACCOUNT.id): ACCOUNT}
    judge = Judge(engine(), a_policy(a_rule(mode)), register, TOKENS, removed.knows)
    return judge.judge(a_record(an_event_value(text=text)), now)


@pytest.mark.parametrize("spelling", DOUBTFUL)
def test_a_doubtful_spelling_of_a_removed_number_is_taken_down(spelling: str) -> None:
    text = SPELLINGS[spelling](NUMBER)
    assert judged(text, Removed()).state is State.REVIEW
    caught = judged(text, known(NUMBER))
    assert caught.state is State.TAKEDOWN
    order = wire.decode_takedown(caught.outgoing[0].value)
    assert isinstance(order, Order)
    (note,) = order.findings
    assert (note.rule, note.score, note.sure) == (repost.RULE, 1.0, True)
    assert note.token == TOKENS.token(Entity.SE_PERSONNUMMER, NUMBER)
    assert NUMBER[-4:].encode() not in (caught.outgoing[0].value or b"").replace(note.token.encode(), b"")


@pytest.mark.parametrize("spelling", DOUBTFUL)
def test_another_number_goes_to_people_as_before(spelling: str) -> None:
    assert judged(SPELLINGS[spelling](NUMBER), known("199007072383")).state is State.REVIEW


def test_the_policy_still_says_how_far() -> None:
    """A department where the rule only asks people is not overruled."""
    text = SPELLINGS["10-hyphen"](NUMBER)
    assert judged(text, known(NUMBER), mode=Mode.REVIEW).state is State.REVIEW
    assert judged(text, known(NUMBER), mode=Mode.OBSERVE).state is State.PASSED


def test_what_is_known_expires() -> None:
    removed, text = known(NUMBER), SPELLINGS["reversed-parts"](NUMBER)
    assert judged(text, removed, now=NOW + YEAR - timedelta(seconds=1)).state is State.TAKEDOWN
    assert judged(text, removed, now=NOW + YEAR).state is State.REVIEW


def test_the_last_word_on_a_value_counts() -> None:
    order, removed = an_order(findings=(a_value("aa"),)), Removed()
    for told in (*repost.remember(order, NOW, YEAR), *repost.forget(order, NOW)):
        removed.note(told, NOW)
    assert not removed.knows("aa", NOW)
    assert len(removed) == 0


def test_only_sure_values_are_remembered_and_each_once() -> None:
    order = an_order(findings=(a_value("aa"), a_value("aa"), a_value("bb", sure=False)))
    assert [told.token for told in repost.remember(order, NOW, YEAR)] == ["aa"]


def never(token: str, now: datetime) -> bool:
    raise AssertionError(f"asked for {token} at {now}")


@pytest.mark.parametrize(
    "analysis",
    [
        pytest.param(Analysis(), id="clean"),
        pytest.param(Analysis(concerns=(ConcernFinding(Concern.THREAT, 0, 3, 0.9, "r"),)), id="a concern alone"),
        pytest.param(Analysis((Finding(Entity.SE_PERSONNUMMER, 0, 3, 0.9, "r", public=True),)), id="public"),
    ],
)
def test_a_text_without_a_value_of_anybody_asks_nothing(analysis: Analysis) -> None:
    assert Guard(TOKENS, never).recognise(analysis, (FieldText("/text", "abc"),), NOW) == analysis
