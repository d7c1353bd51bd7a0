"""Calls to platforms on a few threads, so that a slow platform stalls neither the others nor the polling of Kafka.

They are daemons: no call keeps a process that ends. The journal knows of every call before it is made, so that the next
process reads back what came of one that was cut off.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime

from agents.platforms.platform import Notifier, Platform, Platforms, Reporter
from pipeline.message import Order
from pipeline.platform import Action, Addressee, Answer, Reply


@dataclass(frozen=True, slots=True)
class Planned:
    """A call that the journal knows is about to be made."""

    attempt_id: int
    order: Order
    action: Action


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to write to somebody that the journal knows is about to be sent."""

    order: Order
    to: Addressee
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """A call with its reply and when it came."""

    planned: Planned | Letter
    reply: Reply
    at: datetime


class Calls:
    """The calls under way; at most `workers`, of which at most `per_platform` to the same platform."""

    def __init__(
        self, platforms: Platforms, now: Callable[[], datetime], *, workers: int = 16, per_platform: int = 8
    ) -> None:
        self._platforms = platforms
        self._now = now
        self._workers = workers
        self._per_platform = per_platform
        self._under_way: dict[Future[Done], Planned | Letter] = {}

    def free(self) -> int:
        """How many calls may be added; one that has come back leaves its place before its reply is noted."""
        return self._workers - len(self._running())

    def busy(self, also: Sequence[Planned | Letter] = ()) -> frozenset[str]:
        """The platforms that must not get more calls now, once `also` are under way."""
        count = Counter(each.order.subject.platform for each in (*self._running(), *also))
        return frozenset(platform for platform, calls in count.items() if calls >= self._per_platform)

    def make(self, planned: Planned | Letter) -> None:
        """Make a call; the journal must know of it already."""
        platform = self._platforms[planned.order.subject.platform]
        future: Future[Done] = Future()
        self._under_way[future] = planned
        threading.Thread(target=self._perform, args=(platform, planned, future), name="platform", daemon=True).start()

    def orders(self) -> frozenset[str]:
        """The orders that calls are under way for."""
        return frozenset(each.order.order_id for each in self._under_way.values())

    def done(self) -> tuple[Done, ...]:
        """The calls that have come back and are not yet `forgotten`."""
        return tuple(future.result() for future in self._under_way if future.done())

    def forget(self, done: Sequence[Done]) -> None:
        """Drop calls whose replies are in the journal."""
        known = [each.planned for each in done]
        self._under_way = {f: p for f, p in self._under_way.items() if not any(p is each for each in known)}

    def drain(self, seconds: float) -> int:
        """Wait so long for the calls under way; returns how many are under way still."""
        return len(wait(self._under_way, seconds).not_done)

    def _running(self) -> list[Planned | Letter]:
        return [planned for future, planned in self._under_way.items() if not future.done()]

    def _perform(self, platform: Platform, planned: Planned | Letter, future: Future[Done]) -> None:
        try:
            reply = _asked(platform, planned)
        except Exception as error:  # noqa: BLE001 - an adapter's bug must not end the process; the call may have happened
            reply = Reply(Answer.AMBIGUOUS, reason=f"bug in the adapter: {type(error).__name__}")
        future.set_result(Done(planned, reply, self._now()))


def _asked(platform: Platform, planned: Planned | Letter) -> Reply:
    if isinstance(planned, Planned):
        return platform.perform(planned.action, planned.order.subject)
    if planned.to is Addressee.AUTHOR and isinstance(platform, Notifier):
        return platform.notify(planned.order.subject, planned.text)
    if planned.to is Addressee.MODERATORS and isinstance(platform, Reporter):
        return platform.report(planned.order.subject, planned.text)
    return Reply(Answer.UNSUPPORTED, reason="the adapter writes to nobody")
