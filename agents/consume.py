"""How our consumers work: poll, handle, publish, wait for confirmation, commit; and what happens when one fails.

The order is the promise: an offset is committed only when everything that its record led to is confirmed. Nothing here
sleeps while a partition waits: it is parked (paused at the failed offset) and polling goes on, so the group keeps us.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from agents.stream import Effects, Handler, Partition, Record
from pipeline.errors import AnslagsvaktError, DeadLetter, RetryLater, Stop
from pipeline.message import DeadLetterNote
from topics import outgoing
from topics.outgoing import Outgoing

log = logging.getLogger(__name__)
_MEASURE_EVERY = 1.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait (seconds), and how many dead letters in a row are too many (invariant 7).

    `poll` is for records when nothing else is to be done, `eager` while the handler has something going. After
    `longest_turn` nothing more is begun until the next: time-outs in a row must not cost us our place in the group.
    """

    poll: float = 0.5
    eager: float = 0.02
    first_delay: float = 0.5
    longest_delay: float = 60.0
    longest_turn: float = 30.0
    dead_letters_in_a_row: int = 20

    def delay(self, attempts: int, *, least: float, jitter: float) -> float:
        """Double the wait with each attempt up to the longest, between half and all of it as `jitter` (0-1) says."""
        full = min(self.longest_delay, max(least, self.first_delay * 2.0 ** min(attempts, 30)))
        return full * (0.5 + 0.5 * jitter)


@dataclass(frozen=True, slots=True)
class Role:
    """Which process this is. `bug` is the fate of a record whose handling fails in a way nobody foresaw."""

    stage: str
    group: str
    bug: type[DeadLetter | Stop] = DeadLetter


@dataclass(frozen=True, slots=True)
class _Parked:
    offset: int
    unsent: tuple[Outgoing, ...]
    due: float


class _Handled(NamedTuple):
    messages: tuple[Outgoing, ...]
    reached: int
    late: RetryLater | None


class Loop:
    """One consumer process; `run` is its life, `turn` one round of it (and what tests step through)."""

    def __init__(self, role: Role, handler: Handler, effects: Effects, pace: Pace | None = None) -> None:
        self._role = role
        self._handler = handler
        self._do = effects
        self._pace = pace or Pace()
        self._parked: dict[Partition, _Parked] = {}
        self._attempts: dict[Partition | None, int] = {}
        self._done: dict[Partition, int] = {}
        self._owed: tuple[Outgoing, ...] = ()
        self._tick_due = self._lag_due = self._turn_ends = 0.0
        self._dead_in_a_row = 0

    def run(self, stop: threading.Event) -> int:
        """Work until `stop` is set, finish and commit what is in hand; returns the process's exit code."""
        try:
            while not stop.is_set():
                self._do.alive()
                self.turn()
            self._commit()
        except Stop as error:
            log.critical("%s stopped: %s", self._role.stage, error)
            return 1
        finally:
            self._do.health.ready(yes=False)
            self._do.subscription.close()
        return 0

    def turn(self) -> None:
        """Take up what is due, poll once, handle what came, commit."""
        self._tick()
        self._turn_ends = self._do.monotonic() + self._pace.longest_turn
        self._take_up()
        try:
            batches = self._do.subscription.poll(self._patience())
        except RetryLater as error:
            self._do.meter.retried(self._role.stage)
            self._do.health.ready(yes=False)
            self._do.wait(self._delay(None, error))
            return
        self._attempts.pop(None, None)
        self._forget(self._do.subscription.revoked())
        for partition, records in batches.items():
            self._work(partition, records)
        self._commit()
        troubled = self._parked or self._owed or self._done or not self._do.subscription.joined()
        self._do.health.ready(yes=not troubled)
        if self._do.monotonic() >= self._lag_due:
            self._do.meter.lag(self._do.subscription.lag())
            self._lag_due = self._do.monotonic() + _MEASURE_EVERY

    def _patience(self) -> float:
        return self._pace.eager if self._handler.eager and not self._owed else self._pace.poll

    def _late(self) -> bool:
        return self._do.monotonic() >= self._turn_ends

    def _work(self, partition: Partition, records: Sequence[Record]) -> None:
        if self._late():
            self._wait_with(partition, _Parked(records[0].offset, (), self._turn_ends))
            return
        handled = self._handle(records)
        try:
            self._do.publisher.publish(handled.messages)
        except RetryLater as error:
            self._park(partition, handled.reached, handled.messages, error)
            return
        if handled.reached > records[0].offset:
            self._settle(partition, handled.reached)
        if handled.late:
            self._park(partition, handled.reached, (), handled.late)

    def _handle(self, records: Sequence[Record]) -> _Handled:
        """Handle as far as it goes, setting aside what can never be handled."""
        messages: list[Outgoing] = []
        reached = records[0].offset
        left = [records]
        while left:
            part = left.pop()
            try:
                messages += self._foreseen(self._handler.handle, part)
                self._dead_in_a_row = 0
            except RetryLater as error:
                return _Handled(tuple(messages), reached, error)
            except DeadLetter as error:
                if len(part) > 1:
                    middle = len(part) // 2
                    left += [part[middle:], part[:middle]]
                    continue
                messages.append(self._set_aside(part[0], error))
            reached = part[-1].offset + 1
            self._do.meter.batch(len(part))
        return _Handled(tuple(messages), reached, None)

    def _foreseen(self, do: Callable[[T], Sequence[Outgoing]], argument: T) -> Sequence[Outgoing]:
        try:
            return do(argument)
        except AnslagsvaktError:
            raise
        except Exception as error:  # noqa: BLE001  # one of two places where it is allowed
            # Only the class is told: the message of a stranger's exception may quote the record (invariant 4).
            raise self._role.bug(f"unforeseen {type(error).__name__} in {self._role.stage}") from None

    def _set_aside(self, record: Record, error: DeadLetter) -> Outgoing:
        self._dead_in_a_row += 1
        if self._dead_in_a_row >= self._pace.dead_letters_in_a_row:
            raise Stop(
                f"{self._dead_in_a_row} dead letters in a row, the last at {record.topic}/{record.partition}/"
                f"{record.offset} ({error.reason}): find out why before the topic is drained, then start again",
            )
        name = type(error).__name__
        self._do.meter.dead_letter(self._role.stage, name)
        log.error(
            "%s dead letter %s at %s/%s/%s", self._role.stage, name, record.topic, record.partition, record.offset
        )
        note = DeadLetterNote(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            stage=self._role.stage,
            error=name,
            reason=error.reason,
            group=self._role.group,
            at=self._do.now(),
        )
        return outgoing.dead_letter(note)

    def _tick(self) -> None:
        if self._do.monotonic() < self._tick_due:
            return
        try:
            if not self._owed:
                self._owed = tuple(self._foreseen(self._handler.tick, self._do.now()))
            if self._owed:
                self._do.publisher.publish(self._owed)
        except DeadLetter as error:
            raise Stop(f"the timers failed: {error.reason}") from None
        except RetryLater as error:
            self._do.meter.retried(self._role.stage)
            self._tick_due = self._do.monotonic() + self._pace.first_delay + error.after
            return
        self._owed = ()

    def _take_up(self) -> None:
        for partition, parked in list(self._parked.items()):
            if self._do.monotonic() < parked.due or self._late():
                continue
            try:
                self._do.publisher.publish(parked.unsent)
            except RetryLater as error:
                self._park(partition, parked.offset, parked.unsent, error)
                continue
            if parked.unsent:
                self._settle(partition, parked.offset)
            del self._parked[partition]
            self._do.subscription.resume(partition)

    def _park(self, partition: Partition, offset: int, unsent: tuple[Outgoing, ...], error: RetryLater) -> None:
        delay = self._delay(partition, error)
        self._do.meter.retried(self._role.stage)
        log.warning("%s waits %.1f s at %s/%s/%s: %s", self._role.stage, delay, *partition, offset, error.reason)
        self._wait_with(partition, _Parked(offset, unsent, self._do.monotonic() + delay))

    def _wait_with(self, partition: Partition, parked: _Parked) -> None:
        self._parked[partition] = parked
        self._do.subscription.park(partition, parked.offset)

    def _settle(self, partition: Partition, reached: int) -> None:
        self._done[partition] = reached
        self._attempts.pop(partition, None)

    def _commit(self) -> None:
        if not self._done:
            return
        try:
            self._do.subscription.commit(self._done)
        except RetryLater:
            # Kept for the next turn; if the partitions are taken from us meanwhile, their next owner works them again.
            self._do.meter.retried(self._role.stage)
            return
        self._done = {}

    def _forget(self, revoked: frozenset[Partition]) -> None:
        for partition in revoked:
            self._parked.pop(partition, None)
            self._attempts.pop(partition, None)
            self._done.pop(partition, None)

    def _delay(self, partition: Partition | None, error: RetryLater) -> float:
        attempts = self._attempts.get(partition, 0)
        self._attempts[partition] = attempts + 1
        return self._pace.delay(attempts, least=error.after, jitter=self._do.jitter())
