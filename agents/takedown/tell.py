"""What the takedown process says of an order: outcomes, and items that people must look at."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline import repost
from pipeline.attempts import recount
from pipeline.message import Fingerprint, Outcome, Result, ReviewItem
from pipeline.platform import Presence
from pipeline.takedown import Case

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
    )


def fingerprints(case: Case, result: Result, at: datetime, keep: timedelta) -> tuple[Fingerprint, ...]:
    """What the screen is to know of the order's values now that it has ended so: them again, or no longer."""
    if result in repost.REMEMBERED:
        return repost.remember(case.order, at, keep)
    return repost.forget(case.order, at) if case.restored else ()


def review(case: Case, at: datetime) -> ReviewItem:
    """The item that the brake holds back, for people to decide on."""
    order = case.order
    return ReviewItem(
        review_id=f"{order.order_id}:brake",
        issued_at=at,
        subject=order.subject,
        rules=order.rules,
        findings=order.findings,
        concerns=(),
        policy=order.policy,
        raw=order.raw,
        event=order.event,
        created_at=order.created_at,
        flags=("brake",),
    )
