"""What the next step of an order is: the truth table of `pipeline.takedown.decide`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.case import Alarm, Call, Case, Finish, Hold, Preserved, Step, Wait, Withdrawn, Write
from pipeline.message import EndState, Notice, Result, Why
from pipeline.platform import Action, Addressee, Answer, Attempt, Capabilities, Presence, Reply, Written
from pipeline.takedown import decide
from tests.orders import after, an_order

ALL = Capabilities(hide=True, unhide=True, delete=True)
NO_HIDE = Capabilities(delete=True)
UNSEEN = replace(ALL, sees_hidden=False)
TELLING = replace(ALL, notify=True)
NO_DELETE = Capabilities(hide=True, unhide=True)
ORDER = an_order()
DEADLINE = ORDER.deadline
RECEIPT = Preserved(ORDER.raw.sha256, "key", after(2))
NOW = after(100)

HIDE, UNHIDE, DELETE, READ = Action.HIDE, Action.UNHIDE, Action.DELETE, Action.READ
DONE, UNKNOWN = Reply(Answer.DONE), Reply(Answer.AMBIGUOUS)
SEEN_VISIBLE = Reply(Answer.DONE, Presence.VISIBLE)
SEEN_HIDDEN = Reply(Answer.DONE, Presence.HIDDEN)
SEEN_GONE = Reply(Answer.ALREADY_GONE, Presence.GONE)
FORBIDDEN = Reply(Answer.NOT_PERMITTED)
UNSUPPORTED = Reply(Answer.UNSUPPORTED)
LOST = Reply(Answer.AUTH_LOST)
CLEAN = Withdrawn(Why.EDITED_CLEAN, after(5), after(6))
BY_AUTHOR = Withdrawn(Why.DELETED_BY_AUTHOR, after(5), after(6))


def did(*calls: tuple[Action, Reply | None], start: float = 10) -> tuple[Attempt, ...]:
    """Calls one second apart; a reply of None is a process that died in the call."""
    return tuple(
        Attempt(action, after(start + i), after(start + i + 0.5) if reply else None, reply)
        for i, (action, reply) in enumerate(calls)
    )


def case(**known: object) -> Case:
    return replace(Case(ORDER, ALL), **known)  # type: ignore[arg-type]  # the table names fields


HIDDEN_ORDER = an_order(wanted=EndState.HIDDEN)
TO_BE_TOLD = an_order(notice=Notice.SEND)
IN_DOUBT = {Addressee.AUTHOR: Written(after(20))}
TOLD = {Addressee.AUTHOR: Written(after(20), Answer.DONE)}
HIDDEN = did((HIDE, DONE), (READ, SEEN_HIDDEN))
LIED_TO = tuple(
    call
    for start in (10, 30, 60)
    for call in did((HIDE, DONE), (READ, SEEN_VISIBLE), (READ, SEEN_VISIBLE), start=start)
)
DELETE_LIES = tuple(replace(each, action=DELETE) if each.action is HIDE else each for each in LIED_TO)

TABLE: dict[str, tuple[Case, Step]] = {
    # invariant 3: hide at once, delete when preserved
    "a new order hides at once": (case(), Call(HIDE)),
    "with the receipt there it deletes at once": (case(receipt=RECEIPT), Call(DELETE)),
    "a hide is read back": (case(attempts=did((HIDE, DONE))), Call(READ)),
    "hidden, it waits for the receipt": (case(attempts=HIDDEN), Wait(DEADLINE)),
    "hidden and preserved, it is deleted": (case(attempts=HIDDEN, receipt=RECEIPT), Call(DELETE)),
    "the receipt of other bytes is none": (
        case(attempts=HIDDEN, receipt=replace(RECEIPT, sha256="00")),
        Wait(DEADLINE),
    ),
    "another version of the item must be preserved too": (
        case(attempts=HIDDEN, receipt=RECEIPT, siblings_preserved=False),
        Wait(DEADLINE),
    ),
    "what cannot be hidden waits as well": (case(capabilities=NO_HIDE), Wait(DEADLINE)),
    "what cannot be hidden is deleted when preserved": (case(capabilities=NO_HIDE, receipt=RECEIPT), Call(DELETE)),
    "a refusal may mean that it is gone": (case(attempts=did((HIDE, FORBIDDEN))), Call(READ)),
    "refused, and gone": (
        case(attempts=did((HIDE, FORBIDDEN), (READ, SEEN_GONE))),
        Finish(Result.ALREADY_GONE, verified=True),
    ),
    "a hide that is refused leaves the deletion": (
        case(attempts=did((HIDE, FORBIDDEN), (READ, SEEN_VISIBLE))),
        Wait(DEADLINE),
    ),
    "a hide that is not offered leaves the deletion": (
        case(attempts=did((HIDE, UNSUPPORTED)), receipt=RECEIPT),
        Call(DELETE),
    ),
    "a hide that is said and not done is given up": (case(attempts=LIED_TO), Wait(DEADLINE)),
    # invariant 8: only a reading says that it is gone
    "a delete is read back": (case(attempts=did((DELETE, DONE)), receipt=RECEIPT), Call(READ)),
    "gone after our delete is removed": (
        case(attempts=did((DELETE, DONE), (READ, SEEN_GONE)), receipt=RECEIPT),
        Finish(Result.REMOVED, verified=True),
    ),
    "one reading that denies it is repeated": (
        case(attempts=did((DELETE, DONE), (READ, SEEN_VISIBLE)), receipt=RECEIPT),
        Call(READ),
    ),
    "two readings that deny it repeat the delete": (
        case(attempts=did((DELETE, DONE), (READ, SEEN_VISIBLE), (READ, SEEN_VISIBLE)), receipt=RECEIPT),
        Call(DELETE),
    ),
    "what a platform keeps pretending to delete is at least hidden": (
        case(attempts=DELETE_LIES, receipt=RECEIPT),
        Call(HIDE),
    ),
    "a platform that keeps not finding what is there fails": (
        case(
            attempts=tuple(
                replace(a, reply=Reply(Answer.ALREADY_GONE)) if a.action is DELETE else a for a in DELETE_LIES
            ),
            receipt=RECEIPT,
            capabilities=NO_HIDE,
        ),
        Finish(Result.FAILED, reason="the platform says delete is done, and reading back denies it"),
    ),
    "and then the order fails": (
        case(attempts=DELETE_LIES, receipt=RECEIPT, capabilities=NO_HIDE),
        Finish(Result.FAILED, reason="the platform says delete is done, and reading back denies it"),
    ),
    "not found is read back": (case(attempts=did((DELETE, UNKNOWN)), receipt=RECEIPT), Call(READ)),
    "a reading that cannot tell is repeated later": (
        case(attempts=did((DELETE, UNKNOWN), (READ, UNKNOWN), start=99), receipt=RECEIPT),
        Wait(after(104.5)),
    ),
    "gone with no delete of ours was gone already": (
        case(attempts=did((HIDE, UNKNOWN), (READ, SEEN_GONE))),
        Finish(Result.ALREADY_GONE, verified=True),
    ),
    "not found by our delete, and gone, was gone already": (
        case(attempts=did((DELETE, Reply(Answer.ALREADY_GONE)), (READ, SEEN_GONE)), receipt=RECEIPT),
        Finish(Result.ALREADY_GONE, verified=True),
    ),
    "not found by our second delete was gone by the first": (
        case(attempts=did((DELETE, UNKNOWN), (DELETE, Reply(Answer.ALREADY_GONE)), (READ, SEEN_GONE)), receipt=RECEIPT),
        Finish(Result.REMOVED, verified=True),
    ),
    "a delete that cannot be read back is not removed": (
        case(attempts=did((DELETE, DONE), (READ, FORBIDDEN)), receipt=RECEIPT),
        Finish(Result.FAILED, reason="done by the platform's word, but the item cannot be read back"),
    ),
    # invariant 2: a call whose answer is unknown may have happened
    "a crash in a delete reads first": (case(attempts=did((DELETE, None)), receipt=RECEIPT), Call(READ)),
    "a crash in a delete that worked is removed": (
        case(attempts=did((DELETE, None), (READ, SEEN_GONE)), receipt=RECEIPT),
        Finish(Result.REMOVED, verified=True),
    ),
    "a crash in a hide reads first": (case(attempts=did((HIDE, None))), Call(READ)),
    "a crash in a reading reads again": (case(attempts=did((HIDE, DONE), (READ, None))), Call(READ)),
    # pauses
    "the platform's own pause is kept": (
        case(attempts=did((HIDE, Reply(Answer.RETRY_AT, retry_at=after(300))))),
        Wait(after(300)),
    ),
    "after the pause it is tried again": (
        case(attempts=did((HIDE, Reply(Answer.RETRY_AT, retry_at=after(90))))),
        Call(HIDE),
    ),
    "a pause of the account holds for all": (case(parked_until=after(200)), Wait(after(200))),
    "our own pauses grow": (
        case(attempts=did(*[(HIDE, Reply(Answer.RETRY_AT))] * 8, start=90)),
        Wait(after(90 + 7.5 + 256)),
    ),
    # overdue
    "past the deadline people are alarmed": (
        case(attempts=HIDDEN, order=an_order(deadline=50)),
        Alarm(Result.OVERDUE, "waiting past the deadline"),
    ),
    "and alarmed once": (
        case(attempts=HIDDEN, order=an_order(deadline=50), alarmed=frozenset({Result.OVERDUE})),
        Wait(),
    ),
    "it is carried out when the receipt comes at last": (
        case(attempts=HIDDEN, order=an_order(deadline=50), alarmed=frozenset({Result.OVERDUE}), receipt=RECEIPT),
        Call(DELETE),
    ),
    # withdrawals
    "edited clean before anything was done": (
        case(withdrawn=CLEAN),
        Finish(Result.WITHDRAWN, reason="edited clean before anything was done"),
    ),
    "a withdrawal of an older version is none": (
        case(withdrawn=replace(CLEAN, changed_at=after(0.5))),
        Call(HIDE),
    ),
    "a withdrawal of the same moment is none": (case(withdrawn=replace(CLEAN, changed_at=after(1))), Call(HIDE)),
    "edited clean when hidden is shown again": (case(attempts=HIDDEN, withdrawn=CLEAN), Call(UNHIDE)),
    "and read back": (case(attempts=HIDDEN + did((UNHIDE, DONE), start=20), withdrawn=CLEAN), Call(READ)),
    "and then withdrawn": (
        case(attempts=HIDDEN + did((UNHIDE, DONE), (READ, SEEN_VISIBLE), start=20), withdrawn=CLEAN),
        Finish(Result.WITHDRAWN, verified=True, reason="edited clean"),
    ),
    "what cannot be shown again says so": (
        case(attempts=HIDDEN, withdrawn=CLEAN, capabilities=replace(ALL, unhide=False)),
        Finish(Result.WITHDRAWN, reason="still hidden"),
    ),
    "a newer order keeps it hidden": (
        case(attempts=HIDDEN, withdrawn=CLEAN, superseded=True),
        Finish(Result.WITHDRAWN, reason="a newer order decides what is shown"),
    ),
    "edited clean while deleting reads first": (
        case(attempts=did((DELETE, None)), withdrawn=CLEAN, receipt=RECEIPT),
        Call(READ),
    ),
    "edited clean after the deletion is removed": (
        case(attempts=did((DELETE, None), (READ, SEEN_GONE)), withdrawn=CLEAN, receipt=RECEIPT),
        Finish(Result.REMOVED, verified=True),
    ),
    "a deletion by the author is read back": (case(withdrawn=BY_AUTHOR), Call(READ)),
    "an older reading does not count": (
        case(withdrawn=replace(BY_AUTHOR, received_at=after(50)), attempts=HIDDEN),
        Call(READ),
    ),
    "gone by its author": (
        case(withdrawn=BY_AUTHOR, attempts=did((READ, SEEN_GONE))),
        Finish(Result.GONE_BEFORE_US, verified=True),
    ),
    "gone by our delete, whoever says so": (
        case(withdrawn=BY_AUTHOR, attempts=did((DELETE, DONE), (READ, SEEN_GONE)), receipt=RECEIPT),
        Finish(Result.REMOVED, verified=True),
    ),
    "still there, whatever its author is said to have done": (
        case(withdrawn=BY_AUTHOR, attempts=did((READ, SEEN_VISIBLE))),
        Call(HIDE),
    ),
    # people
    "called off by people before anything was done": (
        case(restored=True),
        Finish(Result.WITHDRAWN, reason="called off by people before anything was done"),
    ),
    "called off by people when hidden is shown again": (case(attempts=HIDDEN, restored=True), Call(UNHIDE)),
    "called off by people, and seen to be shown": (
        case(attempts=HIDDEN + did((UNHIDE, DONE), (READ, SEEN_VISIBLE), start=20), restored=True),
        Finish(Result.WITHDRAWN, verified=True, reason="called off by people"),
    ),
    "called off by people, and a newer version is wanted hidden": (
        case(attempts=HIDDEN, restored=True, superseded=True),
        Finish(Result.WITHDRAWN, reason="a newer order decides what is shown"),
    ),
    "called off by people too late": (
        case(attempts=did((DELETE, DONE), (READ, SEEN_GONE)), receipt=RECEIPT, restored=True),
        Finish(Result.REMOVED, verified=True),
    ),
    # invariant 7: brakes
    "over the cap it is hidden first": (case(braked=True, receipt=RECEIPT), Call(HIDE)),
    "hidden, it is held for people": (case(braked=True, receipt=RECEIPT, attempts=HIDDEN), Hold()),
    "what cannot be hidden is held": (case(braked=True, receipt=RECEIPT, capabilities=NO_HIDE), Hold()),
    "held once": (
        case(braked=True, receipt=RECEIPT, attempts=HIDDEN, alarmed=frozenset({Result.HELD})),
        Wait(DEADLINE),
    ),
    "the hour that passes does not release it": (
        case(receipt=RECEIPT, attempts=HIDDEN, alarmed=frozenset({Result.HELD})),
        Wait(DEADLINE),
    ),
    "people release it": (
        case(braked=True, receipt=RECEIPT, attempts=HIDDEN, alarmed=frozenset({Result.HELD}), released=True),
        Call(DELETE),
    ),
    "without the receipt the brake says nothing": (case(braked=True, attempts=HIDDEN), Wait(DEADLINE)),
    "the brake does not stop a hide": (case(order=HIDDEN_ORDER, braked=True), Call(HIDE)),
    # wanted hidden
    "wanted hidden, and hidden": (case(order=HIDDEN_ORDER, attempts=HIDDEN), Finish(Result.HIDDEN, verified=True)),
    "wanted hidden is never deleted": (
        case(order=HIDDEN_ORDER, capabilities=NO_HIDE, receipt=RECEIPT),
        Finish(Result.UNSUPPORTED, reason="the platform offers no hide for this kind of item"),
    ),
    "wanted hidden, and refused": (
        case(order=HIDDEN_ORDER, attempts=did((HIDE, FORBIDDEN), (READ, SEEN_VISIBLE))),
        Finish(Result.NOT_PERMITTED, reason="the platform refused to hide"),
    ),
    "wanted hidden, and lied to": (
        case(order=HIDDEN_ORDER, attempts=LIED_TO),
        Finish(Result.FAILED, reason="the platform says hide is done, and reading back denies it"),
    ),
    # rights
    "what cannot be deleted is hidden": (case(capabilities=NO_DELETE), Call(HIDE)),
    "and ends there, honestly": (
        case(capabilities=NO_DELETE, attempts=HIDDEN),
        Finish(Result.UNSUPPORTED, reason="the platform offers no delete for this kind of item"),
    ),
    "a refused delete stays hidden": (
        case(attempts=HIDDEN + did((DELETE, FORBIDDEN), (READ, SEEN_HIDDEN), start=20), receipt=RECEIPT),
        Finish(Result.NOT_PERMITTED, reason="the platform refused to delete"),
    ),
    "a call that can never work fails": (
        case(attempts=HIDDEN + did((DELETE, Reply(Answer.PERMANENT)), (READ, SEEN_HIDDEN), start=20), receipt=RECEIPT),
        Finish(Result.FAILED, reason="the platform refused to delete"),
    ),
    "lost credentials alarm people": (
        case(attempts=did((HIDE, LOST))),
        Alarm(Result.AUTH_LOST, "the platform refuses our credentials"),
    ),
    "and are tried again later": (
        case(attempts=did((HIDE, LOST)), alarmed=frozenset({Result.AUTH_LOST})),
        Wait(after(310.5)),
    ),
    "until they work": (
        case(attempts=did((HIDE, LOST), start=-250), alarmed=frozenset({Result.AUTH_LOST})),
        Call(HIDE),
    ),
    "no credentials alarm people": (
        case(capabilities=None),
        Alarm(Result.AUTH_LOST, "no credentials for this platform"),
    ),
    "and wait": (case(capabilities=None, alarmed=frozenset({Result.AUTH_LOST})), Wait(DEADLINE)),
    # platforms that show nothing
    "where nothing can be read, a delete is not removed": (
        case(attempts=did((DELETE, DONE)), receipt=RECEIPT, capabilities=replace(ALL, verify=False)),
        Finish(Result.FAILED, reason="done by the platform's word, but the item cannot be read back"),
    ),
    "where nothing hidden is shown, it is at least seen whether the item is there": (
        case(order=HIDDEN_ORDER, attempts=did((HIDE, DONE)), capabilities=UNSEEN),
        Call(READ),
    ),
    "where nothing hidden is shown, a hide rests on the platform's word": (
        case(order=HIDDEN_ORDER, attempts=did((HIDE, DONE), (READ, SEEN_VISIBLE)), capabilities=UNSEEN),
        Finish(Result.HIDDEN, reason="by the platform's word: it shows nobody what is hidden"),
    ),
    "where nothing hidden is shown, a hide in doubt is made again": (
        case(
            order=HIDDEN_ORDER,
            attempts=did((HIDE, UNKNOWN), (READ, SEEN_VISIBLE), (READ, SEEN_VISIBLE)),
            capabilities=UNSEEN,
        ),
        Call(HIDE),
    ),
    "where nothing hidden is shown, showing again is not verified": (
        case(
            attempts=HIDDEN + did((UNHIDE, DONE), (READ, SEEN_VISIBLE), start=20), withdrawn=CLEAN, capabilities=UNSEEN
        ),
        Finish(Result.WITHDRAWN, reason="edited clean"),
    ),
    "where reading is refused, a hide is not hidden": (
        case(order=HIDDEN_ORDER, attempts=did((HIDE, DONE), (READ, FORBIDDEN))),
        Finish(Result.FAILED, reason="done by the platform's word, but the item cannot be read back"),
    ),
    # notices: out of sight first, then told, then deleted; once, and never in the way
    "an author is told before the item is deleted, and what is visible is hidden first": (
        case(order=TO_BE_TOLD, capabilities=TELLING, receipt=RECEIPT),
        Call(HIDE),
    ),
    "once it is out of sight the author is told": (
        case(order=TO_BE_TOLD, capabilities=TELLING, receipt=RECEIPT, attempts=HIDDEN),
        Write(Addressee.AUTHOR),
    ),
    "once told it is deleted": (
        case(order=TO_BE_TOLD, capabilities=TELLING, receipt=RECEIPT, attempts=HIDDEN, letters=TOLD),
        Call(DELETE),
    ),
    "a notice that failed, or may have gone, is not sent again": (
        case(
            order=TO_BE_TOLD,
            capabilities=TELLING,
            receipt=RECEIPT,
            attempts=HIDDEN,
            letters={Addressee.AUTHOR: Written(after(20))},
        ),
        Call(DELETE),
    ),
    "nobody is told while the receipt is awaited": (
        case(order=TO_BE_TOLD, capabilities=TELLING, attempts=HIDDEN),
        Wait(DEADLINE),
    ),
    "nobody is told of what the brake holds": (
        case(order=TO_BE_TOLD, capabilities=TELLING, receipt=RECEIPT, attempts=HIDDEN, braked=True),
        Hold(),
    ),
    "nobody is told of what was edited clean": (
        case(order=TO_BE_TOLD, capabilities=TELLING, receipt=RECEIPT, attempts=HIDDEN, withdrawn=CLEAN),
        Call(UNHIDE),
    ),
    "where nothing can be hidden the author is told first": (
        case(order=TO_BE_TOLD, capabilities=replace(NO_HIDE, notify=True), receipt=RECEIPT),
        Write(Addressee.AUTHOR),
    ),
    "where nobody can be told it is deleted at once": (case(order=TO_BE_TOLD, receipt=RECEIPT), Call(DELETE)),
    "an author of a hidden item is told when it is seen to be": (
        case(order=an_order(wanted=EndState.HIDDEN, notice=Notice.SEND), capabilities=TELLING, attempts=HIDDEN),
        Write(Addressee.AUTHOR),
    ),
    "and then the order ends": (
        case(
            order=an_order(wanted=EndState.HIDDEN, notice=Notice.SEND),
            capabilities=TELLING,
            attempts=HIDDEN,
            letters=TOLD,
        ),
        Finish(Result.HIDDEN, verified=True),
    ),
    "a notice for people waits for nothing": (
        case(order=an_order(notice=Notice.PEOPLE), capabilities=TELLING, receipt=RECEIPT),
        Call(DELETE),
    ),
    # where the platform offers nothing that would end the order
    "those who run the platform are asked": (
        case(capabilities=Capabilities(report=True)),
        Write(Addressee.MODERATORS),
    ),
    "and once they are, the order ends and says so": (
        case(capabilities=Capabilities(report=True), letters={Addressee.MODERATORS: Written(after(20), Answer.DONE)}),
        Finish(
            Result.UNSUPPORTED,
            reason="the platform offers no delete for this kind of item; reported to those who run it",
        ),
    ),
    "a report in doubt is not sent again": (
        case(capabilities=Capabilities(report=True), letters={Addressee.MODERATORS: Written(after(20))}),
        Finish(
            Result.UNSUPPORTED,
            reason="the platform offers no delete for this kind of item; perhaps reported to those who run it",
        ),
    ),
    "what can be hidden is hidden before they are asked": (
        case(capabilities=Capabilities(hide=True, unhide=True, report=True), receipt=RECEIPT),
        Call(HIDE),
    ),
    "and then they are asked for the rest": (
        case(capabilities=Capabilities(hide=True, unhide=True, report=True), receipt=RECEIPT, attempts=HIDDEN),
        Write(Addressee.MODERATORS),
    ),
    "nobody is asked about what was edited clean": (
        case(capabilities=Capabilities(report=True), withdrawn=CLEAN),
        Finish(Result.WITHDRAWN, reason="edited clean before anything was done"),
    ),
    "where nothing can be read, a call in doubt is repeated later": (
        case(attempts=did((DELETE, UNKNOWN), start=99), receipt=RECEIPT, capabilities=replace(ALL, verify=False)),
        Wait(after(101.5)),
    ),
}


@pytest.mark.parametrize(("known", "step"), TABLE.values(), ids=TABLE.keys())
def test_the_next_step(known: Case, step: Step) -> None:
    assert decide(known, NOW) == step
