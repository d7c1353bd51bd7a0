"""Was the duty to keep watch met? From what happened and when we looked at it, per account (BBS-lagen 4 §).

A *check* is the moment when the watch provably looked at what the account shows: an event was taken in and preserved,
or a connector said that it had looked and found nothing new. A silence is the time between two events of an account,
and nobody's fault; what was taken in late, and time without a check in an account whose connector tells of its checks,
are the fault of the watch, or of the connector that it relies on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event of an account: when it happened on the platform, and when it was taken in.

    `is_check`: nothing happened there; a connector looked at `happened_at`.
    """

    account: str
    happened_at: datetime
    checked_at: datetime
    is_check: bool = False

    @property
    def delay(self) -> timedelta:
        """How long it stood unseen; a platform's clock that runs ahead of ours is no delay."""
        return max(self.checked_at - self.happened_at, timedelta())

    @property
    def looked_at(self) -> datetime:
        """When the watch looked: a connector's word counts from when it looked, but not from a time to come."""
        return min(self.happened_at, self.checked_at) if self.is_check else self.checked_at


@dataclass(frozen=True, slots=True)
class Gap:
    """From one event or check until the next, or an end of the period."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long nothing came."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Terms:
    """From which length a silence is told of, how soon an event must be taken in, and how often an account be checked.

    The last holds where a connector tells of its checks; of the others nobody can say when they were looked at.
    """

    silence: timedelta = timedelta(days=3)
    delay: timedelta = timedelta(hours=1)
    check: timedelta = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class AccountLog:
    """One account in the period; `silent_since` is set if it was still silent, by the terms, when the period ended.

    `checks` counts those that found nothing new, and is 0 where the connector does not tell of them.
    """

    account: str
    registered: bool
    events: int
    checks: int
    last_event: datetime | None
    last_check: datetime | None
    silent_since: datetime | None
    silences: tuple[Gap, ...]
    unchecked: tuple[Gap, ...]
    late: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class DutyLog:
    """The proof: every account, registered or seen, between two moments."""

    start: datetime
    end: datetime
    terms: Terms
    accounts: tuple[AccountLog, ...]

    @property
    def met(self) -> bool:
        """Whether everything that came in was taken in soon enough, and accounts were checked as often as they must."""
        return not any(account.late or account.unchecked for account in self.accounts)


def duty_log(
    registered: Iterable[str], sightings: Iterable[Sighting], start: datetime, end: datetime, terms: Terms
) -> DutyLog:
    """Write the log of a period; `sightings` outside of it are left out, and `end` is not after now."""
    by_account: dict[str, list[Sighting]] = {account: [] for account in registered}
    known = frozenset(by_account)
    for each in sightings:
        if start <= each.happened_at < end:
            by_account.setdefault(each.account, []).append(each)
    logs = (
        _account_log(account, seen, (start, end), terms, registered=account in known)
        for account, seen in sorted(by_account.items())
    )
    return DutyLog(start, end, terms, tuple(logs))


def _account_log(
    account: str, seen: Sequence[Sighting], period: tuple[datetime, datetime], terms: Terms, *, registered: bool
) -> AccountLog:
    events = [each for each in seen if not each.is_check]
    happened = sorted(each.happened_at for each in events)
    looked = sorted(each.looked_at for each in seen)
    silences = _gaps(happened, period, terms.silence)
    checks = len(seen) - len(events)
    return AccountLog(
        account=account,
        registered=registered,
        events=len(events),
        checks=checks,
        last_event=max(happened, default=None),
        last_check=max(looked, default=None),
        silent_since=silences[-1].since if silences and silences[-1].until == period[1] else None,
        silences=silences,
        unchecked=_gaps(looked, period, terms.check) if checks else (),
        late=tuple(each for each in events if each.delay > terms.delay),
    )


def _gaps(moments: Sequence[datetime], period: tuple[datetime, datetime], longest: timedelta) -> tuple[Gap, ...]:
    """Where nothing came for `longest` or more between moments in order, the ends of the period among them."""
    start, end = period
    between = (Gap(since, until) for since, until in pairwise((start, *moments, end)))
    return tuple(gap for gap in between if gap.length >= longest)
