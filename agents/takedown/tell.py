"""What the takedown process says of an order: outcomes, and items that people must look at."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline import repost
from pipeline.attempts import recount
from pipeline.case import Case
from pipeline.message import Fingerprint, Notice, NoticeState, Order, Outcome, Result, ReviewItem
from pipeline.notice import Deed, compose
from pipeline.platform import Action, Addressee, Answer, Presence
from pipeline.policy import Notices
from pipeline.takedown import REVERSIBLE

_NOTICED = {Answer.DONE: NoticeState.SENT, Answer.AMBIGUOUS: NoticeState.IN_DOUBT}

Told = Outcome | ReviewItem | Fingerprint
"""Everything that the takedown process says."""


def outcome(case: Case, result: Result, at: datetime, *, verified: bool = False, reason: str | None = None) -> Outcome:
    """How the order ended, or why people must look; the same order and result is the same outcome."""
    order, story = case.order, recount(case.attempts)
    return Outcome(
        outcome_id=f"{order.order_id}:{result}",
        order_id=order.order_id,
        at=at,
        subject=order.subject,
        wanted=order.wanted,
        result=result,
        verified=verified,
        attempts=story.writes,
        raw=order.raw,
        rules=order.rules,
        object_key=case.receipt.object_key if case.receipt and case.preserved else None,
        hidden_at=story.first_seen(Presence.HIDDEN),
        removed_at=story.first_seen(Presence.GONE) if result is Result.REMOVED else None,
        reason=reason,
        notice=notice_state(case, result),
    )


def deed(case: Case, result: Result) -> Deed | None:
    """What was done to the item in the end; an order may fail to remove what it has hidden."""
    if result is Result.REMOVED:
        return Deed.REMOVED
    return Deed.HIDDEN if result is Result.HIDDEN or (result in REVERSIBLE and _hidden(case)) else None


def _hidden(case: Case) -> bool:
    """Whether the item was seen hidden or, where nobody can see that, is by the platform's word."""
    story, can = recount(case.attempts), case.capabilities
    by_word = can is not None and not can.sees_hidden and Answer.DONE in story.answers(Action.HIDE)
    return by_word or story.first_seen(Presence.HIDDEN) is not None


def notice_state(case: Case, result: Result) -> NoticeState | None:
    """What came of the notice to the author of an item that was hidden or removed, where one was wanted."""
    if case.order.notice is Notice.NONE or deed(case, result) is None:
        return None
    if case.order.subject.is_own:
        return NoticeState.NOT_POSSIBLE
    written = case.letters.get(Addressee.AUTHOR)
    if written is None:
        return NoticeState.FOR_PEOPLE
    return _NOTICED.get(written.answer or Answer.AMBIGUOUS, NoticeState.FOR_PEOPLE)


def letter(order: Order, done: Deed, notices: Notices) -> str:
    """What the author is to be told."""
    return compose(order, done, contact=notices.contact, language=notices.language)


def fingerprints(case: Case, result: Result, at: datetime, keep: timedelta) -> tuple[Fingerprint, ...]:
    """What the screen is to know of the order's values now that it has ended so: them again, or no longer."""
    if deed(case, result):
        return repost.remember(case.order, at, keep)
    return repost.forget(case.order, at) if case.restored else ()


def held(case: Case, at: datetime) -> ReviewItem:
    """The item that the brake holds back, for people to decide on."""
    return _review(case.order, at, "brake")


def untold(case: Case, result: Result, at: datetime, notices: Notices) -> tuple[ReviewItem, ...]:
    """The item whose author people are to tell, with the words to use; none where nobody has to."""
    state, done = notice_state(case, result), deed(case, result)
    if done is None or state not in {NoticeState.FOR_PEOPLE, NoticeState.IN_DOUBT}:
        return ()
    text = letter(case.order, done, notices)
    more = ("may-have-been-sent",) if state is NoticeState.IN_DOUBT else ()
    return (_review(case.order, at, "notice", *more, notice=text),)


def _review(order: Order, at: datetime, why: str, *more: str, notice: str | None = None) -> ReviewItem:
    return ReviewItem(
        review_id=f"{order.order_id}:{why}",
        issued_at=at,
        subject=order.subject,
        rules=order.rules,
        findings=order.findings,
        concerns=(),
        policy=order.policy,
        raw=order.raw,
        event=order.event,
        created_at=order.created_at,
        flags=(why, *more),
        notice=notice,
    )
