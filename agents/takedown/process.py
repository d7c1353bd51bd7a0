"""The takedown process: note what Kafka tells, do what is due, tell what came of it.

`handle` only writes the journal, so an offset is committed for what will not be forgotten. `tick` never waits for a
platform: it notes the replies that have come, decides what is next, notes each call before it is made, and returns what
the journal has to tell. That `tick` is called again means that the last is confirmed (see `agents/consume.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from agents.platforms.platform import Platforms
from agents.stream import Record
from agents.takedown import inbox, orders, outbox
from agents.takedown.calls import Calls, Done, Letter, Planned
from agents.takedown.journal import Journal
from agents.takedown.metrics import TakedownMetrics
from agents.takedown.turn import Terms, Turn
from pipeline.attempts import CLOCK_SLACK
from topics import catalog, wire
from topics.outgoing import Outgoing

_PLANNED_AT_ONCE = 500
_HOUSEKEEPING = timedelta(seconds=10)
_NEVER = datetime.min.replace(tzinfo=UTC)
_DRAIN_S = 30.0
"""Longer than one exchange with a platform, and half of what compose and Kubernetes let us take for our end."""

_log = logging.getLogger(__name__)


class Takedown:
    """The handler of the takedown and receipt topics; `now` is the clock of `handle`, which is given none."""

    def __init__(
        self,
        journal: Journal,
        platforms: Platforms,
        calls: Calls,
        metrics: TakedownMetrics,
        terms: Terms,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._journal = journal
        self._platforms = platforms
        self._calls = calls
        self._metrics = metrics
        self._terms = terms
        self._now = now
        self._unconfirmed: tuple[int, ...] = ()
        self._moved = False
        self._latest = self._housekeeping_due = self._renewal_due = _NEVER

    def inherit(self, living: Collection[str]) -> None:
        """Take up at once what processes had in hand that are not among the `living`, our own name among them."""
        now = self._latest = self._now()
        with self._journal.transaction() as db:
            orders.inherit(db, living)
            if orders.latest_call(db) > now + CLOCK_SLACK:
                orders.look_again(db, now + self._terms.lease)
            if set(living) == {self._terms.owner}:
                outbox.inherit(db)

    def handle(self, records: Sequence[Record]) -> Sequence[Outgoing]:
        """Note orders, withdrawals and receipts; what they lead to comes with the next `tick`."""
        news = [_decoded(record) for record in records]
        with self._journal.transaction() as db:
            inbox.note(db, news, self._now())
        return ()

    def tick(self, now: datetime) -> Sequence[Outgoing]:
        """Take every order that is due one step on."""
        self._moved = False
        if now + CLOCK_SLACK < self._latest:
            self._look_again(now)
        self._latest = now
        done = self._calls.done()
        tidy, renew = now >= self._housekeeping_due, now >= self._renewal_due
        with self._journal.transaction() as db:
            turn = Turn(db, now, self._terms, self._metrics)
            outbox.confirmed(db, self._unconfirmed)
            if renew:
                orders.renew(db, self._terms.owner, self._calls.orders(), now + self._terms.lease)
            for each in done:
                turn.note(each)
            planned = self._plan(turn)
            messages = outbox.take(db, now, now + self._terms.lease)
            if tidy:
                turn.tidy()
        self._unconfirmed = tuple(messages)
        if renew:
            self._renewal_due = now + self._terms.lease / 3
        if tidy:
            self._housekeeping_due = now + _HOUSEKEEPING
        self._after(turn, done)
        for call in planned:
            self._calls.make(call)
        self._moved = bool(done or planned)
        return tuple(messages.values())

    def _look_again(self, now: datetime) -> None:
        """The clock has been set back: what waits for a moment that it told would wait for as long as it was ahead."""
        with self._journal.transaction() as db:
            orders.look_again(db, now + self._terms.lease)
            outbox.look_again(db, now + self._terms.lease)
        self._housekeeping_due = self._renewal_due = _NEVER

    @property
    def eager(self) -> bool:
        """Whether calls came back or were begun: what waits behind them should not wait for a whole poll as well."""
        return self._moved

    def drain(self, seconds: float = _DRAIN_S) -> None:
        """Wait for the calls under way and note their replies, so that the next process need not read them back.

        What takes longer is left to it: the journal knows that the call was begun.
        """
        if left := self._calls.drain(seconds):
            _log.warning("%s calls to platforms have not come back: the next process reads back what they did", left)
        done = self._calls.done()
        with self._journal.transaction() as db:
            turn = Turn(db, self._now(), self._terms, self._metrics)
            for each in done:
                turn.note(each)
        self._after(turn, done)

    def _after(self, turn: Turn, done: Sequence[Done]) -> None:
        self._calls.forget(done)
        for measure in turn.measures:
            measure()

    def _plan(self, turn: Turn) -> list[Planned | Letter]:
        planned: list[Planned | Letter] = []
        for _ in range(_PLANNED_AT_ONCE):
            if len(planned) >= self._calls.free():
                break
            order = turn.claim(self._calls.busy(planned))
            if order is None:
                break
            subject, adapter = order.subject, self._platforms.get(order.subject.platform)
            can = adapter.capabilities(subject.object_kind, is_own=subject.is_own) if adapter else None
            if call := turn.step(order, can):
                planned.append(call)
        return planned


def _decoded(record: Record) -> inbox.News:
    if record.topic == catalog.RECEIPT:
        return wire.decode_receipt(record.value)
    return wire.decode_takedown(record.value)
