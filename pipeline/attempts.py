"""What the calls made so far for one order add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.platform import Action, Answer, Attempt, Presence

MAX_LIES = 3
"""So many times may a platform say `done` of something that reading back then denies."""

CLOCK_SLACK = timedelta(seconds=1)
"""So far a clock goes back when it is merely kept right; further, and it has been set back."""

READS_BEFORE_REPEAT = 2
"""A platform may answer from a cache, or still be at work on a call that timed out: one reading does not convict."""

_EFFECT = {Action.HIDE: Presence.HIDDEN, Action.UNHIDE: Presence.VISIBLE, Action.DELETE: Presence.GONE}
_MAY_HAVE_HAPPENED = frozenset({Answer.DONE, Answer.AMBIGUOUS, Answer.ALREADY_GONE})
_REFUSED = frozenset({Answer.NOT_PERMITTED, Answer.UNSUPPORTED, Answer.PERMANENT})
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 900.0
_PAUSE_FOR_CREDENTIALS = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Story:
    """The sum of an order's attempts.

    `written` is the last call that may have changed the item, `since` what came after it.
    """

    attempts: tuple[Attempt, ...]
    written: Attempt | None
    since: tuple[Attempt, ...]

    @property
    def last(self) -> Attempt | None:
        """The latest call of all."""
        return self.attempts[-1] if self.attempts else None

    @property
    def readings(self) -> tuple[Attempt, ...]:
        """The readings since the last write that told how the item stands."""
        return tuple(a for a in self.since if a.action is Action.READ and a.reply and a.reply.presence)

    @property
    def seen(self) -> Presence | None:
        """How the item stood at the latest reading since the last write."""
        reply = self.readings[-1].reply if self.readings else None
        return reply.presence if reply else None

    @property
    def in_doubt(self) -> bool:
        """Whether a write was made that no reading has confirmed, and too few have denied."""
        return self.written is not None and not self.settled and len(self.readings) < READS_BEFORE_REPEAT

    @property
    def settled(self) -> bool:
        """Whether a reading has confirmed the last write, or found that there is nothing left to write to."""
        return self.written is not None and self.seen in {_EFFECT[self.written.action], Presence.GONE}

    @property
    def refusal(self) -> Attempt | None:
        """A reading since the last write that the platform refused for good."""
        return next((a for a in self.since if a.action is Action.READ and a.answer in _REFUSED), None)

    @property
    def refused_unread(self) -> bool:
        """Whether the latest write was refused, and no reading since has told how the item stands.

        Some platforms refuse what is gone already in the words in which they refuse what is not allowed.
        """
        for attempt in reversed(self.attempts):
            if attempt.action is not Action.READ:
                return attempt.answer in {Answer.NOT_PERMITTED, Answer.PERMANENT}
            if attempt.reply and attempt.reply.presence:
                return False
        return False

    def refused(self, action: Action) -> Answer | None:
        """How the platform refused this action for good, if it has."""
        return next((a.answer for a in self.attempts if a.action is action and a.answer in _REFUSED), None)

    def answers(self, action: Action) -> frozenset[Answer]:
        """Everything that calls of this kind were answered."""
        return frozenset(a.answer for a in self.attempts if a.action is action)

    def may_have_done(self, action: Action) -> bool:
        """Whether a call of ours may be why the item stands as it does."""
        return not self.answers(action).isdisjoint({Answer.DONE, Answer.AMBIGUOUS})

    def lies(self, action: Action) -> int:
        """How many calls of this kind said `done`, or that there was nothing to do it to, whatever was then seen."""
        claims = {Answer.DONE, Answer.ALREADY_GONE}
        return sum(a.action is action and a.answer in claims for a in self.attempts)

    def first_seen(self, presence: Presence) -> datetime | None:
        """When the item was first read back in this state."""
        return next((a.last_at for a in self.attempts if a.reply and a.reply.presence is presence), None)

    @property
    def writes(self) -> int:
        """How many calls were made that could change the item."""
        return sum(a.action is not Action.READ for a in self.attempts)


def recount(attempts: Sequence[Attempt]) -> Story:
    """Add up the attempts of one order, oldest first."""
    for i in reversed(range(len(attempts))):
        attempt = attempts[i]
        if attempt.action is not Action.READ and attempt.answer in _MAY_HAVE_HAPPENED:
            return Story(tuple(attempts), attempt, tuple(attempts[i + 1 :]))
    return Story(tuple(attempts), None, tuple(attempts))


def not_before(story: Story, now: datetime, *, verify: bool) -> datetime | None:
    """The earliest moment for the next call: the platform's own word where it gave one, else a growing pause.

    A write in doubt is read back at once, so it has no pause, unless the platform shows nothing to `verify`. An answer
    from the future was noted by a clock that has been set back since: nobody knows how long ago that is.
    """
    last = story.last
    if last is None or last.reply is None or last.last_at > now + CLOCK_SLACK:
        return None
    if last.answer is Answer.RETRY_AT and last.reply.retry_at:
        return last.reply.retry_at
    if last.answer is Answer.AUTH_LOST:
        return last.last_at + _PAUSE_FOR_CREDENTIALS
    reads = last.action is Action.READ
    if last.answer is Answer.RETRY_AT or (last.answer is Answer.AMBIGUOUS and (reads or not verify)):
        return last.last_at + _pause(_trailing(story))
    denied = reads and story.written is not None and not story.settled
    return last.last_at + _pause(story.writes) if denied else None


def _trailing(story: Story) -> int:
    """How many of the latest calls in a row told nothing."""
    silent = {Answer.RETRY_AT, Answer.AMBIGUOUS}
    count = 0
    for attempt in reversed(story.attempts):
        if attempt.answer not in silent:
            break
        count += 1
    return count


def _pause(failures: int) -> timedelta:
    return timedelta(seconds=min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(failures - 1, 30)))
