"""Was the duty to keep watch met? From what happened and when we looked at it, per account (BBS-lagen 4 §).

A *check* is an event that was taken in and preserved: the moment when the watch provably looked at what the account
shows. A silence is the time between two events of an account, and nobody's fault; what was taken in late is the fault
of the watch, or of the connector that it relies on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event of an account: when it happened on the platform, and when it was taken in."""

    account: str
    happened_at: datetime
    checked_at: datetime

    @property
    def delay(self) -> timedelta:
        """How long it stood unseen; a platform's clock that runs ahead of ours is no delay."""
        return max(self.checked_at - self.happened_at, timedelta())


@dataclass(frozen=True, slots=True)
class Silence:
    """From one event until the next, or an end of the period."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long nothing came."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Terms:
    """From which length a silence is told of, and how soon after it happened an event must have been taken in."""

    silence: timedelta = timedelta(days=3)
    delay: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AccountLog:
    """One account in the period; `silent_since` is set if it was still silent, by the terms, when the period ended."""

    account: str
    registered: bool
    events: int
    last_event: datetime | None
    last_check: datetime | None
    silent_since: datetime | None
    silences: tuple[Silence, ...]
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
        """Whether everything that came in was taken in soon enough."""
        return not any(account.late for account in self.accounts)


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
    start, end = period
    moments = [start, *sorted(each.happened_at for each in seen), end]
    between = (Silence(since, until) for since, until in pairwise(moments))
    silences = tuple(silence for silence in between if silence.length >= terms.silence)
    return AccountLog(
        account=account,
        registered=registered,
        events=len(seen),
        last_event=moments[-2] if seen else None,
        last_check=max((each.checked_at for each in seen), default=None),
        silent_since=silences[-1].since if silences and silences[-1].until == end else None,
        silences=silences,
        late=tuple(each for each in seen if each.delay > terms.delay),
    )
