"""How orders stand in the journal: which is due, what is known of it, and what was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime

import msgspec

from agents.takedown.journal import moment, stamp
from pipeline.case import Preserved, Withdrawn
from pipeline.message import Order, Result, Why
from pipeline.platform import Action, Addressee, Answer, Attempt, Presence, Reply, Written
from pipeline.record import object_key
from topics import wire

_DUE = """
UPDATE orders SET claimed_by = :owner, claimed_until = :until WHERE order_id = (
  SELECT order_id FROM orders o
  WHERE result IS NULL AND due_at <= :now AND claimed_until <= :now AND platform NOT IN (%s)
    AND NOT EXISTS (SELECT 1 FROM orders s WHERE s.item = o.item AND s.claimed_until > :now)
  ORDER BY due_at LIMIT 1
) RETURNING body
"""


def claim(
    db: sqlite3.Connection, owner: str, now: datetime, until: datetime, except_on: Collection[str] = ()
) -> Order | None:
    """Take the order that has been due longest; no other process takes it, or another of its item, before `until`."""
    busy = {f"p{i}": platform for i, platform in enumerate(sorted(except_on))}
    row = db.execute(
        _DUE % ",".join(f":{name}" for name in busy),
        {"owner": owner, "now": stamp(now), "until": stamp(until)} | busy,
    ).fetchone()
    if row is None:
        return None
    order = wire.decode_takedown(row[0])
    assert isinstance(order, Order)  # noqa: S101 - `inbox.note` writes nothing else
    return order


def renew(db: sqlite3.Connection, owner: str, order_ids: Collection[str], until: datetime) -> None:
    """Hold on to orders whose calls take long, unless another process has taken them since."""
    db.executemany(
        "UPDATE orders SET claimed_until = ? WHERE order_id = ? AND claimed_by = ?",
        [(stamp(until), order_id, owner) for order_id in order_ids],
    )


def release(db: sqlite3.Connection, order: Order, due_at: datetime | None) -> None:
    """Let go of a claimed order until `due_at`, or until something new is known of it."""
    db.execute(
        "UPDATE orders SET claimed_until = 0, due_at = ? WHERE order_id = ?",
        (stamp(due_at) if due_at else None, order.order_id),
    )


def latest_call(db: sqlite3.Connection) -> datetime:
    """When the latest call to a platform was made or answered, by the clock of then; long ago when none was."""
    row = db.execute("SELECT max(max(began_at, coalesce(ended_at, 0))) FROM attempts").fetchone()
    return moment(row[0] or 0)


def look_again(db: sqlite3.Connection, until: datetime) -> None:
    """Look at every order now that waits for a moment, and hold none beyond `until`: the clock told them wrong."""
    db.execute("UPDATE orders SET due_at = 0 WHERE result IS NULL AND due_at IS NOT NULL")
    db.execute("UPDATE orders SET claimed_until = ?1 WHERE claimed_until > ?1", (stamp(until),))
    db.execute("DELETE FROM parked")


def inherit(db: sqlite3.Connection, living: Collection[str]) -> int:
    """Take back what dead processes had claimed, so that nobody waits for their leases to run out; returns how much."""
    freed = db.execute(
        "UPDATE orders SET claimed_until = 0 WHERE claimed_until > 0 AND claimed_by NOT IN"
        " (SELECT value FROM json_each(?))",
        (msgspec.json.encode(sorted(living)).decode(),),
    )
    return freed.rowcount


def end(db: sqlite3.Connection, order: Order, result: Result, now: datetime) -> None:
    """End a claimed order, and let the other orders of its item be looked at again."""
    db.execute(
        "UPDATE orders SET claimed_until = 0, due_at = NULL, result = ?, ended_at = ? WHERE order_id = ?",
        (result, stamp(now), order.order_id),
    )
    db.execute("UPDATE orders SET due_at = 0 WHERE item = ? AND result IS NULL", (order.subject.item,))


def begin(db: sqlite3.Connection, order: Order, action: Action, now: datetime) -> int:
    """Note that a call is about to be made."""
    cursor = db.execute(
        "INSERT INTO attempts (order_id, action, began_at) VALUES (?, ?, ?)", (order.order_id, action, stamp(now))
    )
    assert cursor.lastrowid is not None  # noqa: S101 - an INSERT always has one
    return cursor.lastrowid


def answered(db: sqlite3.Connection, order: Order, attempt_id: int, reply: Reply, *, at: datetime, owner: str) -> None:
    """Note what a call came to; the order is due at once, unless its claim has run out and another has it."""
    db.execute(
        "UPDATE attempts SET ended_at = ?, answer = ?, presence = ?, retry_at = ?, reason = ? WHERE attempt_id = ?",
        (
            stamp(at),
            reply.answer,
            reply.presence,
            stamp(reply.retry_at) if reply.retry_at else None,
            reply.reason,
            attempt_id,
        ),
    )
    _go_on(db, order, reply, owner)


def begin_letter(db: sqlite3.Connection, order: Order, to: Addressee, now: datetime) -> None:
    """Note that somebody is about to be written to; there is no second time."""
    db.execute("INSERT INTO letters (order_id, addressee, began_at) VALUES (?, ?, ?)", (order.order_id, to, stamp(now)))


def letter_answered(db: sqlite3.Connection, order: Order, to: Addressee, reply: Reply, *, owner: str) -> None:
    """Note what writing came to; the order goes on as after any call."""
    db.execute(
        "UPDATE letters SET answer = ?, reason = ? WHERE order_id = ? AND addressee = ?",
        (reply.answer, reply.reason, order.order_id, to),
    )
    _go_on(db, order, reply, owner)


def letters(db: sqlite3.Connection, order: Order) -> dict[Addressee, Written]:
    """Whom we have written to, or tried to."""
    rows = db.execute("SELECT addressee, began_at, answer FROM letters WHERE order_id = ?", (order.order_id,))
    return {Addressee(to): Written(moment(at), Answer(answer) if answer else None) for to, at, answer in rows}


def _go_on(db: sqlite3.Connection, order: Order, reply: Reply, owner: str) -> None:
    if reply.retry_at:
        db.execute(
            "INSERT OR REPLACE INTO parked VALUES (?, ?, ?)",
            (order.subject.platform, order.subject.account_id, stamp(reply.retry_at)),
        )
    db.execute(
        "UPDATE orders SET claimed_until = 0, due_at = 0 WHERE order_id = ? AND claimed_by = ?", (order.order_id, owner)
    )


def attempts(db: sqlite3.Connection, order: Order) -> tuple[Attempt, ...]:
    """Every call made for an order, oldest first."""
    rows = db.execute(
        "SELECT action, began_at, ended_at, answer, presence, retry_at, reason FROM attempts WHERE order_id = ?"
        " ORDER BY attempt_id",
        (order.order_id,),
    )
    return tuple(_attempt(row) for row in rows)


def _attempt(row: tuple[str, int, int | None, str | None, str | None, int | None, str | None]) -> Attempt:
    action, began_at, ended_at, answer, presence, retry_at, reason = row
    if answer is None or ended_at is None:
        return Attempt(Action(action), moment(began_at))
    reply = Reply(
        Answer(answer),
        Presence(presence) if presence else None,
        None if retry_at is None else moment(retry_at),
        reason,
    )
    return Attempt(Action(action), moment(began_at), moment(ended_at), reply)


def preserved(db: sqlite3.Connection, order: Order) -> Preserved | None:
    """The receipt for the order's raw bytes, if it has come."""
    sha256 = order.raw.sha256
    row = db.execute("SELECT object_key, known_at FROM receipts WHERE sha = ?", (bytes.fromhex(sha256),)).fetchone()
    return Preserved(sha256, row[0] or object_key(sha256), moment(row[1])) if row else None


def siblings_preserved(db: sqlite3.Connection, order: Order) -> bool:
    """Whether every other open order of the item has its receipt: deleting the item deletes their version too."""
    row = db.execute(
        "SELECT 1 FROM orders o WHERE item = ? AND order_id <> ? AND result IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM receipts WHERE sha = o.sha)",
        (order.subject.item, order.order_id),
    ).fetchone()
    return row is None


def withdrawn(db: sqlite3.Connection, order: Order) -> Withdrawn | None:
    """The newest withdrawal of the order's item."""
    row = db.execute(
        "SELECT why, changed_at, received_at FROM withdrawals WHERE item = ?", (order.subject.item,)
    ).fetchone()
    return Withdrawn(Why(row[0]), moment(row[1]), moment(row[2])) if row else None


def superseded(db: sqlite3.Connection, order: Order) -> bool:
    """Whether an order for a newer version of the item stands, neither withdrawn nor called off by people."""
    row = db.execute(
        "SELECT 1 FROM orders o WHERE item = ? AND changed_at > ? AND restored = 0 AND NOT EXISTS"
        " (SELECT 1 FROM withdrawals w WHERE w.item = o.item AND w.changed_at > o.changed_at)",
        (order.subject.item, stamp(order.changed_at)),
    ).fetchone()
    return row is not None


def parked_until(db: sqlite3.Connection, order: Order) -> datetime | None:
    """Until when the platform has told us not to call for this account."""
    row = db.execute(
        "SELECT until FROM parked WHERE platform = ? AND account = ?",
        (order.subject.platform, order.subject.account_id),
    ).fetchone()
    return moment(row[0]) if row else None


def decided(db: sqlite3.Connection, order: Order) -> tuple[bool, bool]:
    """What people have decided: whether a held order may go on, and whether the order is called off."""
    row = db.execute("SELECT released, restored FROM orders WHERE order_id = ?", (order.order_id,)).fetchone()
    return bool(row[0]), bool(row[1])


def still_open(db: sqlite3.Connection) -> int:
    """How many orders have not ended."""
    (count,) = db.execute("SELECT count(*) FROM orders WHERE result IS NULL").fetchone()
    return int(count)


def still_standing(db: sqlite3.Connection) -> tuple[int, datetime | None]:
    """How many open orders are about an item that was never read back out of sight, and since when the oldest is."""
    count, since = db.execute(
        "SELECT count(*), min(noted_at) FROM orders o WHERE result IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM attempts a WHERE a.order_id = o.order_id AND a.presence IN (?, ?))",
        (Presence.HIDDEN, Presence.GONE),
    ).fetchone()
    return int(count), None if since is None else moment(since)
