"""What becomes of one raw event, for every kind of event and for a detector that fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.screen.judge import NOBODY, Judge, Judgement
from pipeline.decide import NOT_ANALYSED, REPORTED, UNREGISTERED_ACCOUNT
from pipeline.detect.finding import Analysis
from pipeline.message import Order, ReviewItem
from pipeline.policy import UNREGISTERED, Mode
from pipeline.record import content_hash
from pipeline.route import State
from pipeline.token import Tokeniser
from tests.events import ACCOUNT, CHECK, FOUND, NOW, SECRET, a_policy, a_record, a_rule, an_event_value
from tests.fakes import FakeDetector
from topics import catalog, wire

CLEAN = Analysis()
REGISTER = {(ACCOUNT.platform, ACCOUNT.id): ACCOUNT}


def judged(value: bytes | None, detector: FakeDetector | None = None, **limits: Mode) -> Judgement:
    policy = a_policy(a_rule(), limits=limits)
    judge = Judge(detector or FakeDetector(), policy, REGISTER, Tokeniser(b"k" * 32))
    return judge.judge(a_record(value, offset=17, partition=3), NOW)


@pytest.mark.parametrize(
    ("value", "analysis", "state", "topics"),
    [
        (an_event_value(), CLEAN, State.PASSED, []),
        (an_event_value(), FOUND, State.TAKEDOWN, [catalog.TAKEDOWN]),
        (an_event_value(change="edited"), CLEAN, State.PASSED, [catalog.TAKEDOWN]),
        (an_event_value(change="edited"), FOUND, State.TAKEDOWN, [catalog.TAKEDOWN]),
        (an_event_value(change="deleted", text=...), CLEAN, State.PASSED, [catalog.TAKEDOWN]),
        (an_event_value(change="hidden"), CLEAN, State.PASSED, []),
        (an_event_value(change="unhidden"), FOUND, State.TAKEDOWN, [catalog.TAKEDOWN]),
        (an_event_value(change="restored"), FOUND, State.TAKEDOWN, [catalog.TAKEDOWN]),
        (an_event_value(change="snapshot"), CLEAN, State.PASSED, []),
        (an_event_value(change="reported"), CLEAN, State.REVIEW, [catalog.REVIEW]),
        (an_event_value(account_id="nobody"), CLEAN, State.REVIEW, [catalog.REVIEW]),
        (an_event_value(), Analysis(gaps=("budget",)), State.REVIEW, [catalog.REVIEW]),
        (an_event_value(text=...), CLEAN, State.PASSED, []),
        (an_event_value(**CHECK), CLEAN, State.PASSED, []),
        (an_event_value(**CHECK, account_id="nobody"), CLEAN, State.PASSED, []),
        (an_event_value(**CHECK | {"text": "words"}), FOUND, State.DEAD_LETTER, [catalog.DEAD_LETTER]),
        (b"\xff", CLEAN, State.DEAD_LETTER, [catalog.DEAD_LETTER]),
        (b"{", CLEAN, State.DEAD_LETTER, [catalog.DEAD_LETTER]),
        (b"[]", CLEAN, State.DEAD_LETTER, [catalog.DEAD_LETTER]),
        (None, CLEAN, State.DEAD_LETTER, [catalog.DEAD_LETTER]),
        (an_event_value(event={"specversion": "2.0"}), CLEAN, State.DEAD_LETTER, [catalog.DEAD_LETTER]),
        (
            an_event_value(event={"type": "se.social.comment.created.v2"}),
            CLEAN,
            State.DEAD_LETTER,
            [catalog.DEAD_LETTER],
        ),
    ],
    ids=[
        "clean",
        "confidential",
        "edited clean",
        "edited confidential",
        "deleted by its author",
        "hidden",
        "unhidden",
        "restored",
        "snapshot",
        "reported",
        "unregistered account",
        "not analysed",
        "no text",
        "checked",
        "checked, unregistered account",
        "checked, with words",
        "not UTF-8",
        "not JSON",
        "not an event",
        "null",
        "unknown CloudEvents version",
        "unknown version of ours",
    ],
)
def test_each_event_ends_in_one_state(value: bytes | None, analysis: Analysis, state: State, topics: list[str]) -> None:
    judgement = judged(value, FakeDetector(analysis))
    assert judgement.state is state
    assert [message.topic for message in judgement.outgoing] == topics


def test_a_detector_that_fails_is_not_a_clean_one() -> None:
    """Invariant 5; and the error's message, which may quote the text, goes nowhere."""
    judgement = judged(an_event_value(), FakeDetector(error=ValueError(f"cannot handle {SECRET}")))
    assert judgement.state is State.REVIEW
    assert judgement.analysis == Analysis(gaps=("ValueError",))
    item = wire.decode_review_item(judgement.outgoing[0].value)
    assert [rule.id for rule in item.rules] == [NOT_ANALYSED]
    assert SECRET.encode() not in (judgement.outgoing[0].value or b"")


def test_an_order_points_at_the_raw_event() -> None:
    value = an_event_value()
    [sent] = judged(value, FakeDetector(FOUND)).outgoing
    order = wire.decode_takedown(sent.value)
    assert isinstance(order, Order)
    assert (order.raw.topic, order.raw.partition, order.raw.offset) == (catalog.RAW, 3, 17)
    assert order.raw.sha256 == content_hash(value)
    assert sent.key == b"facebook:123"


def test_a_message_is_never_taken_down() -> None:
    """A direct message is not on display; the policy's limit sends it to people."""
    value = an_event_value(object_kind="message")
    assert judged(value, FakeDetector(FOUND), message=Mode.REVIEW).state is State.REVIEW


@pytest.mark.parametrize(
    ("value", "account", "department"),
    [
        (an_event_value(), "facebook/eslovskommun", "school"),
        (an_event_value(account_id="nobody"), UNREGISTERED, UNREGISTERED),
        (b"", NOBODY, UNREGISTERED),
    ],
    ids=["registered", "unregistered", "undecodable"],
)
def test_accounts_are_counted_by_the_register_only(value: bytes, account: str, department: str) -> None:
    """Whatever name an event makes up for its account, it adds no series to the metrics."""
    judgement = judged(value, FakeDetector(FOUND))
    assert (judgement.account, judgement.department) == (account, department)


def test_reasons_outside_the_text_are_told_to_people() -> None:
    [sent] = judged(an_event_value(change="reported", account_id="nobody")).outgoing
    item = wire.decode_review_item(sent.value)
    assert isinstance(item, ReviewItem)
    assert item.flags == (REPORTED, UNREGISTERED_ACCOUNT)


def test_a_dead_letter_says_where_and_what_no_more() -> None:
    value = an_event_value(author=SECRET)
    judgement = judged(value)
    [sent] = judgement.outgoing
    note = wire.decode_dead_letter(sent.value)
    assert (note.topic, note.partition, note.offset, note.stage) == (catalog.RAW, 3, 17, "decode")
    assert (note.error, note.reason) == ("Undecodable", "wrong or missing field at $.data.author")
    assert judgement.error == note.error
    assert SECRET.encode() not in (sent.value or b"")


def test_every_text_is_shown_to_the_detector() -> None:
    detector = FakeDetector()
    judged(an_event_value(text="a", author={"display_name": "b"}, media=[{"alt_text": "c", "ocr_text": "d"}]), detector)
    assert [[field.text for field in fields] for fields in detector.shown] == [["a", "b", "c", "d"]]


@given(st.one_of(st.none(), st.binary(max_size=200), st.text(max_size=100).map(lambda text: an_event_value(text=text))))
def test_nothing_that_arrives_raises(value: bytes | None) -> None:
    assert judged(value, FakeDetector(Analysis())).state in State
