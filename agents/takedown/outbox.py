"""What is to be told on Kafka, kept in the journal until it is confirmed there."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from agents.takedown.journal import stamp
from agents.takedown.tell import Told
from pipeline.message import Fingerprint, Order, Outcome, Result
from topics import outgoing
from topics.outgoing import Outgoing

_AT_ONCE = 500


def put(db: sqlite3.Connection, order: Order, result: Result, messages: Sequence[Told]) -> bool:
    """Put messages in, each once whatever is repeated; say whether any was new."""
    before = db.total_changes
    for message in messages:
        out, name = _addressed(message)
        db.execute(
            "INSERT OR IGNORE INTO outbox (message_id, order_id, result, topic, key, value) VALUES (?, ?, ?, ?, ?, ?)",
            (name, order.order_id, result, out.topic, out.key, out.value),
        )
    return db.total_changes > before


def take(db: sqlite3.Connection, now: datetime, until: datetime) -> dict[int, Outgoing]:
    """Take messages that are not confirmed, oldest first; no other process takes them before `until`."""
    rows = db.execute(
        "UPDATE outbox SET claimed_until = ? WHERE seq IN"
        " (SELECT seq FROM outbox WHERE published = 0 AND claimed_until <= ? ORDER BY seq LIMIT ?)"
        " RETURNING seq, topic, key, value",
        (stamp(until), stamp(now), _AT_ONCE),
    ).fetchall()
    return {seq: Outgoing(topic, key, value) for seq, topic, key, value in sorted(rows)}


def inherit(db: sqlite3.Connection) -> None:
    """Let everything unconfirmed be told at once; for the only process that lives, as another may be telling it."""
    db.execute("UPDATE outbox SET claimed_until = 0 WHERE published = 0")


def look_again(db: sqlite3.Connection, until: datetime) -> None:
    """Hold nothing beyond `until`: the clock told it wrong."""
    db.execute("UPDATE outbox SET claimed_until = ?1 WHERE published = 0 AND claimed_until > ?1", (stamp(until),))


def confirmed(db: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Note that these are confirmed by Kafka; their content is no longer needed here."""
    db.executemany("UPDATE outbox SET published = 1, value = x'' WHERE seq = ?", [(seq,) for seq in seqs])


def told(db: sqlite3.Connection, order_id: str) -> frozenset[Result]:
    """Every result that has been, or will be, told of this order."""
    rows = db.execute("SELECT DISTINCT result FROM outbox WHERE order_id = ?", (order_id,))
    return frozenset(Result(result) for (result,) in rows)


def _addressed(message: Told) -> tuple[Outgoing, str]:
    if isinstance(message, Outcome):
        return outgoing.outcome(message), message.outcome_id
    if isinstance(message, Fingerprint):
        return outgoing.fingerprint(message), f"{message.order_id}:{message.token}:{stamp(message.at)}"
    return outgoing.review(message), message.review_id
