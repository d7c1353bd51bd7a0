"""What people may ask about orders, and decide on them: the journal's side of `anslagsvakt takedown ...`.

A decision is noted and carried out by the takedown process, at once if it runs and otherwise when it runs again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agents.takedown import orders, outbox
from pipeline import repost
from pipeline.message import Order, Result
from pipeline.platform import Attempt
from pipeline.takedown import ALARMS, REVERSIBLE
from topics import wire


@dataclass(frozen=True, slots=True)
class Standing:
    """An order as it stands: how it has ended, if it has, and what people were told of it."""

    order: Order
    ended: Result | None
    told: frozenset[Result]

    @property
    def held(self) -> bool:
        """Whether the brake holds it, for people to decide."""
        return self.ended is None and Result.HELD in self.told

    @property
    def reversible(self) -> bool:
        """Whether its item may still be shown as it was."""
        return self.ended is None or self.ended in REVERSIBLE

    @property
    def alarms(self) -> frozenset[Result]:
        """Why people were called, of what is still open."""
        return self.told & ALARMS if self.ended is None else frozenset()


@dataclass(frozen=True, slots=True)
class Deeds:
    """What was done for one order: how it ended, if it has, and every call that was made."""

    order: Order
    ended: Result | None
    attempts: tuple[Attempt, ...]


def standings(db: sqlite3.Connection) -> Iterator[Standing]:
    """Every order in the journal, oldest first."""
    rows = db.execute("SELECT order_id, body, result FROM orders ORDER BY noted_at, order_id").fetchall()
    yield from (_standing(db, *row) for row in rows)


def find(db: sqlite3.Connection, order_id: str) -> Standing | None:
    """One order."""
    row = db.execute("SELECT order_id, body, result FROM orders WHERE order_id = ?", (order_id,)).fetchone()
    return _standing(db, *row) if row else None


def deeds(db: sqlite3.Connection, item: str) -> tuple[Deeds, ...]:
    """Everything that was done about one item (`platform:id`), oldest order first."""
    rows = db.execute("SELECT order_id, body, result FROM orders WHERE item = ? ORDER BY noted_at, order_id", (item,))
    found = [_standing(db, *row) for row in rows.fetchall()]
    return tuple(Deeds(each.order, each.ended, orders.attempts(db, each.order)) for each in found)


def let_go_on(db: sqlite3.Connection, order_id: str) -> bool:
    """Let an order that the brake holds go on; say whether there is such an order."""
    held = db.execute(
        "UPDATE orders SET released = 1, due_at = 0 WHERE order_id = ? AND result IS NULL AND EXISTS"
        " (SELECT 1 FROM outbox WHERE order_id = orders.order_id AND result = ?)",
        (order_id, Result.HELD),
    )
    return held.rowcount == 1


def call_off(db: sqlite3.Connection, standing: Standing) -> bool:
    """Take an order back, so that its item is shown again if we have hidden it; say whether it is not too late."""
    if not standing.reversible:
        return False
    db.execute(
        "UPDATE orders SET restored = 1, result = NULL, ended_at = NULL, due_at = 0 WHERE order_id = ?",
        (standing.order.order_id,),
    )
    return True


def forget_values(db: sqlite3.Connection, standing: Standing, now: datetime) -> int:
    """Know the values of an ended order no longer when they are posted again; returns how many it was sure of."""
    if standing.ended is None:
        return 0
    forgotten = repost.forget(standing.order, now)
    outbox.put(db, standing.order, standing.ended, forgotten)
    return len(forgotten)


def _standing(db: sqlite3.Connection, order_id: str, body: bytes, result: str | None) -> Standing:
    order = wire.decode_takedown(body)
    assert isinstance(order, Order)  # noqa: S101 - `inbox.note` writes nothing else
    return Standing(order, Result(result) if result else None, outbox.told(db, order_id))
