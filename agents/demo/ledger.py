"""What a demo has seen so far of its own events: orders, reviews, dead letters, receipts, outcomes and fingerprints."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping

from pipeline.message import Fingerprint, Order, Outcome, ReviewItem, Withdrawal
from pipeline.record import Coordinates, RawReference
from pipeline.route import State
from pipeline.takedown import ALARMS
from topics import catalog, wire

_LATEST = 6
OF_AN_ORDER = frozenset({"brake", "notice"})
"""Flags of review items that follow from an order."""


class Ledger:
    """Takes messages in any order and as often as they come."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.withdrawals: set[str] = set()
        self.outcomes: dict[str, Outcome] = {}
        self.latest: deque[Outcome] = deque(maxlen=_LATEST)
        self.fingerprints: dict[str, Fingerprint] = {}
        self.receipts: set[Coordinates] = set()
        self._ordered: set[Coordinates] = set()
        self._reviewed: set[Coordinates] = set()
        self._dead: set[Coordinates] = set()
        self._readers: Mapping[str, Callable[[bytes | None], None]] = {
            catalog.TAKEDOWN: self._order,
            catalog.REVIEW: self._review,
            catalog.RECEIPT: self._receipt,
            catalog.OUTCOME: self._outcome,
            catalog.FINGERPRINT: self._fingerprint,
            catalog.DEAD_LETTER: self._dead_letter,
        }

    @property
    def topics(self) -> tuple[str, ...]:
        """Where the messages come from."""
        return tuple(self._readers)

    def take(self, topic: str, value: bytes | None) -> None:
        """Note one message; raises DeadLetter if it is none of ours, which would be a fault of ours."""
        self._readers[topic](value)

    def state_of(self, at: Coordinates) -> State:
        """The state that the raw event at this place ended in, as the topics tell; no message means passed."""
        if at in self._ordered:
            return State.TAKEDOWN
        if at in self._reviewed:
            return State.REVIEW
        return State.DEAD_LETTER if at in self._dead else State.PASSED

    def told(self) -> Counter[State]:
        """How many raw events have a message that tells their state; those that passed have none."""
        places = self._ordered | self._reviewed | self._dead
        return Counter(self.state_of(at) for at in places)

    def torn(self) -> set[Coordinates]:
        """The raw events that have messages which tell of more than one state."""
        return self._ordered & self._reviewed | self._ordered & self._dead | self._reviewed & self._dead

    def ended(self) -> dict[str, Outcome]:
        """The outcomes that end their orders."""
        return {name: outcome for name, outcome in self.outcomes.items() if outcome.result not in ALARMS}

    def _order(self, value: bytes | None) -> None:
        message = wire.decode_takedown(value)
        if isinstance(message, Withdrawal):
            self.withdrawals.add(message.withdrawal_id)
            return
        self.orders[message.order_id] = message
        self._ordered.add(_place(message.raw))

    def _review(self, value: bytes | None) -> None:
        message: ReviewItem = wire.decode_review_item(value)
        if not OF_AN_ORDER.isdisjoint(message.flags):
            return  # the takedown asks people about an order, which is the state of its event
        self._reviewed.add(_place(message.raw))

    def _receipt(self, value: bytes | None) -> None:
        self.receipts.add(_place(wire.decode_receipt(value).raw))

    def _outcome(self, value: bytes | None) -> None:
        message = wire.decode_outcome(value)
        self.outcomes[message.order_id] = message
        self.latest.append(message)

    def _fingerprint(self, value: bytes | None) -> None:
        message = wire.decode_fingerprint(value)
        self.fingerprints[message.token] = message

    def _dead_letter(self, value: bytes | None) -> None:
        message = wire.decode_dead_letter(value)
        self._dead.add(Coordinates(message.topic, message.partition, message.offset))


def _place(raw: RawReference) -> Coordinates:
    return Coordinates(raw.topic, raw.partition, raw.offset)
