"""A message on its way to Kafka: which topic and key each kind of message has."""

from __future__ import annotations

import msgspec

from pipeline.message import DeadLetterNote, Fingerprint, Order, Outcome, Receipt, ReviewItem, Withdrawal
from topics import catalog, wire

Headers = tuple[tuple[str, bytes], ...]


class Outgoing(msgspec.Struct, frozen=True):
    """Bytes for one topic; `partition` is set only where it must equal that of the raw event."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None

    def __repr__(self) -> str:
        return f"<Outgoing to {self.topic}>"


def order(message: Order | Withdrawal) -> Outgoing:
    """An order or its withdrawal, on the partition of its raw event: there it meets its receipt, in the thread's order.

    The key alone would not do: a connector may place keys by another hash than ours.
    """
    return Outgoing(
        catalog.TAKEDOWN, message.subject.key.encode(), wire.encode(message), partition=message.raw.partition
    )


def review(message: ReviewItem) -> Outgoing:
    """An item for people, keyed by thread."""
    return Outgoing(catalog.REVIEW, message.subject.key.encode(), wire.encode(message))


def outcome(message: Outcome) -> Outgoing:
    """How an order ended, keyed by thread."""
    return Outgoing(catalog.OUTCOME, message.subject.key.encode(), wire.encode(message))


def fingerprint(message: Fingerprint) -> Outgoing:
    """What is known of a removed value, keyed by its token: the last word on it counts."""
    return Outgoing(catalog.FINGERPRINT, message.token.encode(), wire.encode(message))


def receipt(message: Receipt, key: bytes | None) -> Outgoing:
    """A receipt, with the key and partition of the raw event, so that it meets the order on the same partition."""
    return Outgoing(catalog.RECEIPT, key, wire.encode(message), partition=message.raw.partition)


def dead_letter(message: DeadLetterNote) -> Outgoing:
    """A dead letter, keyed by where the message stood."""
    return Outgoing(catalog.DEAD_LETTER, f"{message.topic}:{message.partition}".encode(), wire.encode(message))
