"""How what Kafka tells is noted in the journal: orders, withdrawals and receipts, each as often as it comes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from agents.takedown.journal import stamp
from pipeline.message import Order, Receipt, Withdrawal
from pipeline.record import object_key
from pipeline.takedown import REVERSIBLE
from topics import wire

KEEP_RECEIPTS = timedelta(days=8)
"""Longer than the raw topic keeps an event: an order that comes later has no raw event to come from."""

KEEP_ORDERS = timedelta(days=92)
"""Longer than the takedown topic keeps an order, so that one that is delivered again is known."""

_PRUNED_AT_ONCE = 5_000
_NOW = 0  # a due time that has passed

News = Order | Withdrawal | Receipt


def note(db: sqlite3.Connection, news: Sequence[News], now: datetime) -> None:
    """Note what came, in any order; what is known already changes nothing."""
    orders = [each for each in news if isinstance(each, Order)]
    # One whose attachments are still being fetched comes again: a deletion would take them away (invariant 3).
    receipts = [each for each in news if isinstance(each, Receipt) and each.media_pending == 0]
    db.executemany(
        "INSERT OR IGNORE INTO orders (order_id, item, platform, sha, body, changed_at, deadline, noted_at, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                each.order_id,
                each.subject.item,
                each.subject.platform,
                bytes.fromhex(each.raw.sha256),
                wire.encode(each),
                stamp(each.changed_at),
                stamp(each.deadline),
                stamp(now),
                _NOW,
            )
            for each in orders
        ],
    )
    _note_receipts(db, receipts, now)
    for each in news:
        if isinstance(each, Withdrawal):
            _note_withdrawal(db, each, now)


def _note_receipts(db: sqlite3.Connection, receipts: Sequence[Receipt], now: datetime) -> None:
    rows = [
        (
            bytes.fromhex(each.raw.sha256),
            each.object_key if each.object_key != object_key(each.raw.sha256) else None,
            stamp(now),
        )
        for each in receipts
    ]
    db.executemany("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?)", rows)
    db.executemany(
        "UPDATE orders SET due_at = 0 WHERE result IS NULL AND item IN (SELECT item FROM orders WHERE sha = ?)",
        [(sha,) for sha, _, _ in rows],
    )


def _note_withdrawal(db: sqlite3.Connection, withdrawal: Withdrawal, now: datetime) -> None:
    item, changed_at = withdrawal.subject.item, stamp(withdrawal.changed_at)
    noted = db.execute(
        "INSERT INTO withdrawals VALUES (?, ?, ?, ?) ON CONFLICT (item) DO UPDATE"
        " SET why = excluded.why, changed_at = excluded.changed_at, received_at = excluded.received_at"
        " WHERE excluded.changed_at > changed_at",
        (item, withdrawal.why, changed_at, stamp(now)),
    )
    if noted.rowcount == 0:
        return
    # What was hidden for good is open again: the item may have to be shown.
    db.execute(
        "UPDATE orders SET due_at = 0, result = NULL, ended_at = NULL WHERE item = ? AND changed_at < ?"
        " AND (result IS NULL OR instr(?, ' ' || result || ' '))",
        (item, changed_at, f" {' '.join(sorted(REVERSIBLE))} "),
    )


def prune(db: sqlite3.Connection, now: datetime) -> None:
    """Forget a bounded number of old receipts that no open order waits for, and of orders that ended long ago."""
    db.execute(
        "DELETE FROM receipts WHERE sha IN (SELECT sha FROM receipts r WHERE known_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM orders o WHERE o.sha = r.sha AND o.result IS NULL) LIMIT ?)",
        (stamp(now - KEEP_RECEIPTS), _PRUNED_AT_ONCE),
    )
    db.execute(
        "DELETE FROM orders WHERE order_id IN (SELECT order_id FROM orders o WHERE ended_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM outbox WHERE order_id = o.order_id AND published = 0) LIMIT ?)",
        (stamp(now - KEEP_ORDERS), _PRUNED_AT_ONCE),
    )
    db.execute("DELETE FROM withdrawals WHERE received_at < ?", (stamp(now - KEEP_ORDERS),))
    db.execute("DELETE FROM removals WHERE at < ?", (stamp(now - timedelta(days=1)),))
    db.execute("DELETE FROM parked WHERE until < ?", (stamp(now),))
