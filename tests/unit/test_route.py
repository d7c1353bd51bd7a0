"""Where an event goes: its state, its messages, their identity, and that no message holds anybody's text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide import REPORTED, UNREGISTERED_ACCOUNT, decide
from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Entity, Finding
from pipeline.event import Change, Event
from pipeline.message import EndState, Order, ReviewItem, Why, Withdrawal
from pipeline.policy import UNREGISTERED, Account, Mode
from pipeline.record import RawReference
from pipeline.route import Routed, State, flags, route
from pipeline.token import Tokeniser
from tests.events import ACCOUNT, FOUND, NOW, SECRET, TEXT, VALUE, a_policy, a_rule, an_event
from topics import wire

CLEAN = Analysis()
RAW = RawReference("social.raw.v1", 3, 17, "ab" * 32)
TOKENS = Tokeniser(b"k" * 32)
DEADLINE = timedelta(minutes=30)
LATER = timedelta(hours=1)


def routed(
    event: Event,
    analysis: Analysis = CLEAN,
    mode: Mode = Mode.DELETE,
    *,
    account: Account | None = ACCOUNT,
    later: timedelta = timedelta(0),
) -> Routed:
    """Where the event goes under one rule about identity numbers and threats."""
    rule = a_rule(mode, concerns=(Concern.THREAT,))
    verdict = decide(analysis, a_policy(rule), "school", flags=flags(event, account))
    return route(
        event,
        verdict,
        account=account,
        raw=RAW,
        tokens=TOKENS,
        texts=event.texts(),
        now=NOW + later,
        deadline=DEADLINE,
    )


def message_of(where: Routed) -> Any:
    """The one message that the event leads to."""
    [message] = where.messages
    return message


@pytest.mark.parametrize(
    ("change", "analysis", "mode", "state", "kind"),
    [
        ("created", CLEAN, Mode.DELETE, State.PASSED, None),
        ("created", FOUND, Mode.OBSERVE, State.PASSED, None),
        ("created", FOUND, Mode.REVIEW, State.REVIEW, ReviewItem),
        ("created", FOUND, Mode.HIDE, State.TAKEDOWN, Order),
        ("created", FOUND, Mode.DELETE, State.TAKEDOWN, Order),
        ("created", Analysis(gaps=("timeout",)), Mode.DELETE, State.REVIEW, ReviewItem),
        ("edited", CLEAN, Mode.DELETE, State.PASSED, Withdrawal),
        ("edited", FOUND, Mode.DELETE, State.TAKEDOWN, Order),
        ("edited", FOUND, Mode.REVIEW, State.REVIEW, ReviewItem),
        ("deleted", CLEAN, Mode.DELETE, State.PASSED, Withdrawal),
        ("deleted", FOUND, Mode.DELETE, State.PASSED, Withdrawal),
        ("reported", CLEAN, Mode.DELETE, State.REVIEW, ReviewItem),
        ("reported", FOUND, Mode.OBSERVE, State.REVIEW, ReviewItem),
        ("reported", FOUND, Mode.DELETE, State.TAKEDOWN, Order),
        ("hidden", CLEAN, Mode.DELETE, State.PASSED, None),
        ("restored", FOUND, Mode.DELETE, State.TAKEDOWN, Order),
    ],
)
def test_each_event_has_one_state_and_its_message(
    change: str, analysis: Analysis, mode: Mode, state: State, kind: type | None
) -> None:
    where = routed(an_event(change=change), analysis, mode)
    assert where.state is state
    assert [type(message) for message in where.messages] == ([kind] if kind else [])


@pytest.mark.parametrize(("mode", "wanted"), [(Mode.HIDE, EndState.HIDDEN), (Mode.DELETE, EndState.REMOVED)])
def test_an_order_says_what_it_wants_why_and_of_what(mode: Mode, wanted: EndState) -> None:
    event = an_event()
    order: Order = message_of(routed(event, FOUND, mode))
    assert (order.wanted, order.policy, order.raw) == (wanted, "policy-version", RAW)
    assert (order.event.source, order.event.id) == (event.source, event.id)
    assert [(rule.id, rule.mode, rule.legal_basis) for rule in order.rules] == [("identity-number", mode, "OSL")]
    assert (order.subject.key, order.subject.item) == ("facebook:123", "facebook:123_456")
    assert (order.issued_at, order.deadline) == (NOW, NOW + DEADLINE)
    [note] = order.findings
    assert (note.type, note.start, note.end, note.field) == (VALUE.type, VALUE.start, VALUE.end, "/text")
    assert note.token == TOKENS.token(Entity.SE_PERSONNUMMER, SECRET)


@pytest.mark.parametrize(
    ("change", "why"), [("deleted", Why.DELETED_BY_AUTHOR), ("edited", Why.EDITED_CLEAN)], ids=["deleted", "edited"]
)
def test_a_withdrawal_names_its_reason_and_version(change: str, why: Why) -> None:
    event = an_event(change=change, edited_at="2026-11-22T10:15:29Z")
    withdrawal: Withdrawal = message_of(routed(event))
    assert (withdrawal.why, withdrawal.changed_at) == (why, event.changed_at)


def test_an_unregistered_account_goes_to_people() -> None:
    """It is archived and screened all the same, and always clear that nobody stands behind it."""
    item: ReviewItem = message_of(routed(an_event(), account=None))
    assert (item.flags, item.subject.department) == ((UNREGISTERED_ACCOUNT,), UNREGISTERED)
    assert [rule.id for rule in item.rules] == [UNREGISTERED_ACCOUNT]


def test_a_report_is_told_with_what_was_found() -> None:
    order: Order = message_of(routed(an_event(change="reported"), FOUND, account=None))
    assert order.flags == (REPORTED, UNREGISTERED_ACCOUNT)


def test_a_finding_that_two_rules_speak_of_is_told_once() -> None:
    event = an_event()
    policy = a_policy(a_rule(), a_rule(Mode.REVIEW, id="also"))
    verdict = decide(FOUND, policy, "school")
    where = route(
        event, verdict, account=ACCOUNT, raw=RAW, tokens=TOKENS, texts=event.texts(), now=NOW, deadline=DEADLINE
    )
    assert len(message_of(where).findings) == 1


def identity_of(message: Order | ReviewItem | Withdrawal) -> str:
    if isinstance(message, Order):
        return message.order_id
    return message.review_id if isinstance(message, ReviewItem) else message.withdrawal_id


@pytest.mark.parametrize("mode", [Mode.REVIEW, Mode.HIDE, Mode.DELETE])
@pytest.mark.parametrize("change", ["created", "edited", "deleted"])
def test_the_same_event_leads_to_the_same_message_whenever_it_is_handled(change: str, mode: Mode) -> None:
    """Delivery is at least once; identity makes it once (invariant 2)."""
    event = an_event(change=change)
    once, again = (message_of(routed(event, FOUND, mode, later=later)) for later in (timedelta(0), LATER))
    assert once != again
    assert identity_of(once) == identity_of(again)


def test_another_version_leads_to_another_message() -> None:
    versions = [an_event(event={"id": f"facebook:123_456:edited:{n}"}, change="edited") for n in range(3)]
    assert len({identity_of(message_of(routed(event, FOUND))) for event in versions}) == 3


def test_another_wish_for_the_same_event_is_another_order() -> None:
    """A stricter policy may order a removal after a hiding, of the very same event."""
    hide, delete = (message_of(routed(an_event(), FOUND, mode)) for mode in (Mode.HIDE, Mode.DELETE))
    assert hide.order_id != delete.order_id


PRIVATE = st.text(st.characters(categories=("L", "Nd", "So", "Zs")), min_size=6, max_size=40).map("¤{}¤".format)


@given(
    text=PRIVATE,
    name=PRIVATE,
    change=st.sampled_from([*Change]).filter(lambda change: change is not Change.CHECKED),  # which may hold none
    mode=st.sampled_from(Mode),
    said=st.booleans(),
    registered=st.booleans(),
)
def test_no_message_holds_a_text(  # one argument a dimension
    *, text: str, name: str, change: Change, mode: Mode, said: bool, registered: bool
) -> None:
    """Invariant 4, for whatever is written and found in any field."""
    event = an_event(change=change, text=text, title=TEXT, author={"id": "7", "display_name": name})
    fields = {field.pointer: field.text for field in event.texts()}
    findings = tuple(
        Finding(Entity.SE_PERSONNUMMER, 0, len(content), 0.9, "shape", pointer) for pointer, content in fields.items()
    )
    concerns = (ConcernFinding(Concern.THREAT, 0, len(text), 0.9, "words", certain=True),) if said else ()
    where = routed(event, Analysis(findings, concerns), mode, account=ACCOUNT if registered else None)
    for message in where.messages:
        sent = wire.encode(message).decode() + repr(message)
        assert [private for private in (text, name, TEXT, SECRET, "Alva") if private in sent] == []
