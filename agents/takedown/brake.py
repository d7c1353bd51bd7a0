"""How many removals an account or a rule may cause in an hour (invariant 7); counted in the journal, so it survives."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.takedown.journal import stamp
from pipeline.message import Order

_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most removals in any hour, per account and per rule."""

    per_account: int = 60
    per_rule: int = 120


def reached(db: sqlite3.Connection, order: Order, caps: Caps, now: datetime) -> bool:
    """Whether one more removal would pass a cap; removals under way count until they are known to have failed."""
    for scope, cap in _scopes(order, caps).items():
        (count,) = db.execute(
            "SELECT count(*) FROM removals WHERE scope = ? AND at > ? AND order_id <> ?",
            (scope, stamp(now - _WINDOW), order.order_id),
        ).fetchone()
        if count >= cap:
            return True
    return False


def count(db: sqlite3.Connection, order: Order, now: datetime) -> None:
    """Count a removal that begins, or has now succeeded; one order counts once."""
    scopes = _scopes(order, Caps())
    db.executemany(
        "INSERT OR REPLACE INTO removals VALUES (?, ?, ?)", [(s, order.order_id, stamp(now)) for s in scopes]
    )


def uncount(db: sqlite3.Connection, order: Order) -> None:
    """Take back what was counted for a removal that did not happen."""
    db.executemany(
        "DELETE FROM removals WHERE scope = ? AND order_id = ?", [(s, order.order_id) for s in _scopes(order, Caps())]
    )


def _scopes(order: Order, caps: Caps) -> dict[str, int]:
    account = f"account:{order.subject.platform}:{order.subject.account_id}"
    return {account: caps.per_account} | {f"rule:{rule.id}": caps.per_rule for rule in order.rules}
