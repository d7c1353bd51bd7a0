"""One turn of the takedown process: every change it makes to the journal, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from agents.metrics import Step
from agents.takedown import brake, inbox, orders, outbox, tell
from agents.takedown.brake import Caps
from agents.takedown.calls import Done, Letter, Planned
from agents.takedown.metrics import TakedownMetrics
from agents.takedown.tell import Told
from pipeline.case import Alarm, Call, Case, Finish, Hold, Wait, Write
from pipeline.message import EndState, Order, Result
from pipeline.notice import Deed, report
from pipeline.platform import Action, Addressee, Answer, Capabilities, Presence
from pipeline.policy import Notices
from pipeline.takedown import decide

_VERBS = {Addressee.AUTHOR: "notify", Addressee.MODERATORS: "report"}
_MAY_HAVE_REMOVED = frozenset({Answer.DONE, Answer.AMBIGUOUS, Answer.ALREADY_GONE})


@dataclass(frozen=True, slots=True)
class Terms:
    """How this process works: its name, its caps, and for how long its claims hold when it dies.

    `remember` is for how long a removed value is known again, `notices` how authors are told.
    """

    owner: str
    caps: Caps = field(default_factory=Caps)
    remember: timedelta = timedelta(days=365)
    notices: Notices = field(default_factory=Notices)
    lease: timedelta = timedelta(seconds=60)


class Turn:
    """What one turn does; `measures` are taken once the transaction holds, as only then they are true."""

    def __init__(self, db: sqlite3.Connection, now: datetime, terms: Terms, metrics: TakedownMetrics) -> None:
        self._db = db
        self._now = now
        self._terms = terms
        self._metrics = metrics
        self.measures: list[Callable[[], None]] = []

    def note(self, done: Done) -> None:
        """Note the reply to a call."""
        order, reply = done.planned.order, done.reply
        if isinstance(done.planned, Letter):
            orders.letter_answered(self._db, order, done.planned.to, reply, owner=self._terms.owner)
            self.measures.append(partial(self._metrics.platform_called, _VERBS[done.planned.to], reply.answer))
            return
        action = done.planned.action
        orders.answered(self._db, order, done.planned.attempt_id, reply, at=done.at, owner=self._terms.owner)
        if action is Action.DELETE and reply.answer not in _MAY_HAVE_REMOVED:
            brake.uncount(self._db, order)
        self.measures.append(partial(self._metrics.platform_called, action, reply.answer))
        if reply.presence is Presence.HIDDEN and self._seen_hidden(order) == 1:
            self.measures.append(partial(self._metrics.exposed, Step.HIDDEN, order.created_at, done.at))
            self._hid(order, done.at)

    def claim(self, busy: Collection[str]) -> Order | None:
        """Take the order that is due next, on a platform that is not busy."""
        return orders.claim(self._db, self._terms.owner, self._now, self._now + self._terms.lease, busy)

    def step(self, order: Order, can: Capabilities | None) -> Planned | Letter | None:
        """Take an order one step on; if that is a call, it is noted here and made after the transaction."""
        case = self._case(order, can)
        match decide(case, self._now):
            case Call(action):
                return self._begin(case, action)
            case Write(to):
                return self._write(case, to)
            case Wait(until):
                orders.release(self._db, order, until)
            case Alarm(result, reason):
                self._tell(order, result, tell.outcome(case, result, self._now, reason=reason))
                orders.release(self._db, order, self._now)
            case Hold():
                held = tell.outcome(case, Result.HELD, self._now, reason="over the cap for an hour")
                self._tell(order, Result.HELD, held, tell.held(case, self._now))
                orders.release(self._db, order, self._now)
            case Finish() as finish:
                self._finish(case, finish)
        return None

    def tidy(self) -> None:
        """Forget what is old, and measure what is open."""
        inbox.prune(self._db, self._now)
        self.measures.append(partial(self._metrics.open_orders, orders.still_open(self._db)))
        count, since = orders.still_standing(self._db)
        oldest = (self._now - since).total_seconds() if since else 0.0
        self.measures.append(partial(self._metrics.standing, count, oldest))

    def _case(self, order: Order, can: Capabilities | None) -> Case:
        db = self._db
        released, restored = orders.decided(db, order)
        return Case(
            order,
            can,
            receipt=orders.preserved(db, order),
            withdrawn=orders.withdrawn(db, order),
            attempts=orders.attempts(db, order),
            alarmed=outbox.told(db, order.order_id),
            siblings_preserved=orders.siblings_preserved(db, order),
            superseded=orders.superseded(db, order),
            parked_until=orders.parked_until(db, order),
            braked=brake.reached(db, order, self._terms.caps, self._now),
            released=released,
            restored=restored,
            letters=orders.letters(db, order),
        )

    def _begin(self, case: Case, action: Action) -> Planned:
        order = case.order
        if action is Action.DELETE:
            brake.count(self._db, order, self._now)
            if case.receipt and all(attempt.action is not Action.DELETE for attempt in case.attempts):
                waited = (case.receipt.known_at - order.issued_at).total_seconds()
                self.measures.append(partial(self._metrics.receipt_came, max(0.0, waited)))
        return Planned(orders.begin(self._db, order, action, self._now), order, action)

    def _write(self, case: Case, to: Addressee) -> Letter:
        order = case.order
        orders.begin_letter(self._db, order, to, self._now)
        if to is Addressee.MODERATORS:
            return Letter(order, to, report(order))
        deed = Deed.REMOVING if order.wanted is EndState.REMOVED else Deed.HIDDEN
        return Letter(order, to, tell.letter(order, deed, self._terms.notices))

    def _finish(self, case: Case, finish: Finish) -> None:
        order = case.order
        outcome = tell.outcome(case, finish.result, self._now, verified=finish.verified, reason=finish.reason)
        known = tell.fingerprints(case, finish.result, self._now, self._terms.remember)
        untold = tell.untold(case, finish.result, self._now, self._terms.notices)
        self._tell(order, finish.result, outcome, *untold, *known)
        if outcome.notice:
            self.measures.append(partial(self._metrics.author_told, outcome.notice))
        orders.end(self._db, order, finish.result, self._now)
        if case.restored:
            self.measures += [partial(self._metrics.taken_back, rule.id) for rule in order.rules]
        if outcome.removed_at is None:
            brake.uncount(self._db, order)
            return
        brake.count(self._db, order, outcome.removed_at)
        self.measures.append(partial(self._metrics.exposed, Step.REMOVED, order.created_at, outcome.removed_at))
        if outcome.hidden_at is None:
            self._hid(order, outcome.removed_at)

    def _hid(self, order: Order, at: datetime) -> None:
        self.measures.append(partial(self._metrics.hid, (at - order.issued_at).total_seconds()))

    def _tell(self, order: Order, result: Result, *messages: Told) -> None:
        if outbox.put(self._db, order, result, messages):
            self.measures.append(partial(self._metrics.order_ended, result))

    def _seen_hidden(self, order: Order) -> int:
        attempts = orders.attempts(self._db, order)
        return sum(each.reply is not None and each.reply.presence is Presence.HIDDEN for each in attempts)
