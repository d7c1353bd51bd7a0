"""What the next step of a takedown order is, given everything known now.

The life of an order, with its invariants:

    order ─► hide at once, where possible ─► wait for the receipt ─► tell the author ─► delete ─► read back ─► finish
                     │                              │                        │
                     │                     past the deadline:     over the cap: hold for people,
                     │                     alarm, and wait on     hidden where possible (7)
                     ▼                     (3)
        withdrawn by a newer version: unhide, finish

Nothing is deleted unarchived (3), a repeated or interrupted order is told by its attempts and reads the item before it
writes again (2), and only a reading says that an item is gone (8).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.attempts import MAX_LIES, Story, not_before, recount
from pipeline.case import Alarm, Call, Case, Finish, Hold, Step, Wait, Write
from pipeline.message import EndState, Notice, Result, Why
from pipeline.platform import Action, Addressee, Answer, Capabilities, Presence

ALARMS = frozenset({Result.HELD, Result.OVERDUE, Result.AUTH_LOST})
"""Outcomes that call people while the order lives on; all others end it."""

REVERSIBLE = frozenset({Result.HIDDEN, Result.UNSUPPORTED, Result.NOT_PERMITTED, Result.FAILED})
"""Ends that may leave an item hidden, which a later, clean version of it takes back."""


_ENDS = {
    Answer.NOT_PERMITTED: Result.NOT_PERMITTED,
    Answer.UNSUPPORTED: Result.UNSUPPORTED,
    Answer.PERMANENT: Result.FAILED,
}

_REPORTED = {
    Answer.DONE: "reported to those who run it",
    Answer.AMBIGUOUS: "perhaps reported to those who run it",
    None: "perhaps reported to those who run it",
}

_SEEN = frozenset({Result.HIDDEN, Result.REMOVED, Result.ALREADY_GONE, Result.GONE_BEFORE_US})
"""Results that claim how the item stands, which only a reading can tell (invariant 8)."""


def decide(case: Case, now: datetime) -> Step:
    """Choose the next step; an order that must wait past its deadline alarms people first."""
    step = _next(case, now)
    if not isinstance(step, Wait) or Result.OVERDUE in case.alarmed:
        return step
    if now >= case.order.deadline:
        return Alarm(Result.OVERDUE, "waiting past the deadline")
    return Wait(min(step.until or case.order.deadline, case.order.deadline))


def _next(case: Case, now: datetime) -> Step:
    story = recount(case.attempts)
    cause = _cancelled(case)
    if cause and story.writes == 0:
        return Finish(Result.WITHDRAWN, reason=f"{cause} before anything was done")
    if case.capabilities is None:
        return _without_credentials(case, "no credentials for this platform")
    if story.last and story.last.answer is Answer.AUTH_LOST and Result.AUTH_LOST not in case.alarmed:
        return _without_credentials(case, "the platform refuses our credentials")
    pauses = [p for p in (not_before(story, now, verify=case.capabilities.verify), case.parked_until) if p and p > now]
    return (
        Wait(max(pauses))
        if pauses
        else _reported(case, case.capabilities, _look_or_act(case, case.capabilities, story))
    )


def _reported(case: Case, can: Capabilities, step: Step) -> Step:
    """Where the platform offers nothing that would end the order, those who run it are asked, and the end says so."""
    if not isinstance(step, Finish) or step.result is not Result.UNSUPPORTED or not can.report:
        return step
    written = case.letters.get(Addressee.MODERATORS)
    if written is None:
        return Write(Addressee.MODERATORS)
    return replace(step, reason=f"{step.reason}; {_REPORTED.get(written.answer, 'a report was refused')}")


def _look_or_act(case: Case, can: Capabilities, story: Story) -> Step:
    verify = can.verify and story.refusal is None
    if verify and (_in_doubt(can, story) or story.refused_unread or _unread_since_withdrawal(case, story)):
        return Call(Action.READ)
    step = _onward(case, can, story, _believed(can, story) if verify else _claimed(story))
    if verify or not isinstance(step, Finish):
        return step
    if step.result in _SEEN:
        return Finish(Result.FAILED, reason="done by the platform's word, but the item cannot be read back")
    return replace(step, verified=False)


def _in_doubt(can: Capabilities, story: Story) -> bool:
    return story.in_doubt and _believed(can, story) is story.seen


def _believed(can: Capabilities, story: Story) -> Presence | None:
    """How the item stands by the latest reading; where that shows nothing hidden, a hide is the platform's word."""
    hidden_by_word = story.written and story.written.action is Action.HIDE and story.written.answer is Answer.DONE
    if story.seen is Presence.VISIBLE and hidden_by_word and not can.sees_hidden:
        return Presence.HIDDEN
    return story.seen


def _without_credentials(case: Case, reason: str) -> Step:
    return Wait() if Result.AUTH_LOST in case.alarmed else Alarm(Result.AUTH_LOST, reason)


def _cancelled(case: Case) -> str | None:
    """Why the order is no longer wanted, if it is not."""
    if case.restored:
        return "called off by people"
    clean = case.withdrawal is not None and case.withdrawal.why is Why.EDITED_CLEAN
    return "edited clean" if clean else None


def _unread_since_withdrawal(case: Case, story: Story) -> bool:
    """A deletion by the author is a claim as well: look before the order ends (invariant 8)."""
    if case.withdrawal is None or case.withdrawal.why is not Why.DELETED_BY_AUTHOR:
        return False
    return not any(reading.began_at >= case.withdrawal.received_at for reading in story.readings)


def _onward(case: Case, can: Capabilities, story: Story, seen: Presence | None) -> Step:
    if seen is Presence.GONE:
        return _gone(case, story)
    if cause := _cancelled(case):
        return _take_back(case, can, story, seen, cause)
    hide = _effort(Action.HIDE, story, possible=can.hide)
    if case.order.wanted is EndState.REMOVED:
        return _remove(case, can, story, hidden=seen is Presence.HIDDEN, hide=hide)
    return _hidden(case, can) if seen is Presence.HIDDEN else hide


def _hidden(case: Case, can: Capabilities) -> Step:
    if _to_be_told(case, can):
        return Write(Addressee.AUTHOR)
    if can.sees_hidden:
        return Finish(Result.HIDDEN, verified=True)
    return Finish(Result.HIDDEN, reason="by the platform's word: it shows nobody what is hidden")


def _remove(case: Case, can: Capabilities, story: Story, *, hidden: bool, hide: Call | Finish) -> Step:
    delete = _effort(Action.DELETE, story, possible=can.delete)
    held = not case.released and (case.braked or Result.HELD in case.alarmed)
    ready = isinstance(delete, Call) and case.preserved and not held
    tell = ready and _to_be_told(case, can)
    if ready and not tell:
        return delete
    if not hidden and isinstance(hide, Call):
        return hide
    if tell:
        return Write(
            Addressee.AUTHOR
        )  # out of sight already, or it cannot be hidden; nobody can be told by way of what is gone
    if isinstance(delete, Finish) or not case.preserved:
        return delete if isinstance(delete, Finish) else Wait()
    return Wait() if Result.HELD in case.alarmed else Hold()


def _to_be_told(case: Case, can: Capabilities) -> bool:
    """Whether the author is to be told by us, and nobody has tried."""
    return case.order.notice is Notice.SEND and can.notify and Addressee.AUTHOR not in case.letters


def _take_back(case: Case, can: Capabilities, story: Story, seen: Presence | None, cause: str) -> Step:
    if not story.may_have_done(Action.HIDE):
        return Finish(Result.WITHDRAWN, reason=f"{cause} before it was hidden")
    if case.superseded:
        return Finish(Result.WITHDRAWN, reason="a newer order decides what is shown")
    if seen is Presence.VISIBLE:
        return Finish(Result.WITHDRAWN, verified=can.sees_hidden, reason=cause)
    unhide = _effort(Action.UNHIDE, story, possible=can.unhide)
    return Finish(Result.WITHDRAWN, reason="still hidden") if isinstance(unhide, Finish) else unhide


def _gone(case: Case, story: Story) -> Finish:
    if story.may_have_done(Action.DELETE):
        return Finish(Result.REMOVED, verified=True)
    return Finish(Result.GONE_BEFORE_US if case.withdrawal else Result.ALREADY_GONE, verified=True)


def _effort(action: Action, story: Story, *, possible: bool) -> Call | Finish:
    """Call, or the end of the order if this can never be done."""
    if not possible:
        return Finish(Result.UNSUPPORTED, reason=f"the platform offers no {action} for this kind of item")
    if refused := story.refused(action):
        return Finish(_ENDS[refused], reason=f"the platform refused to {action}")
    if story.lies(action) >= MAX_LIES:
        return Finish(Result.FAILED, reason=f"the platform says {action} is done, and reading back denies it")
    return Call(action)


def _claimed(story: Story) -> Presence | None:
    """How the item stands by the platform's word alone, where nothing can be read back."""
    if story.written is None or story.written.answer is not Answer.DONE:
        return None
    return {Action.HIDE: Presence.HIDDEN, Action.UNHIDE: Presence.VISIBLE}.get(story.written.action, Presence.GONE)
