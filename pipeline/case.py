"""Everything that is known of one takedown order, and the steps that may come next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.message import Order, Result, Why
from pipeline.platform import Action, Addressee, Attempt, Capabilities, Written


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The newest withdrawal of an item, and when we learned of it."""

    why: Why
    changed_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Preserved:
    """The retention store has confirmed a record: its hash, where it stands, and when we learned of it."""

    sha256: str
    object_key: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """Everything known of one order.

    `capabilities` is None while we hold no credentials for the platform; `siblings_preserved` says that every other
    order of the item has its receipt; `superseded` that an order for a newer version of the item stands; `parked_until`
    is the platform's word to the whole account; `braked` that the cap is reached, `released` that people have looked
    and let the order go on, and `restored` that they have called it off; `letters` are the attempts to write to the
    author or to those who run the platform, one each.
    """

    order: Order
    capabilities: Capabilities | None
    receipt: Preserved | None = None
    withdrawn: Withdrawn | None = None
    attempts: tuple[Attempt, ...] = ()
    alarmed: frozenset[Result] = frozenset()
    siblings_preserved: bool = True
    superseded: bool = False
    parked_until: datetime | None = None
    braked: bool = False
    released: bool = False
    restored: bool = False
    letters: Mapping[Addressee, Written] = field(default_factory=dict)

    @property
    def preserved(self) -> bool:
        """Whether the retention store holds these very bytes (invariant 3)."""
        return self.receipt is not None and self.receipt.sha256 == self.order.raw.sha256 and self.siblings_preserved

    @property
    def withdrawal(self) -> Withdrawn | None:
        """The withdrawal, if it speaks of a later version than the order does."""
        if self.withdrawn is None or self.withdrawn.changed_at <= self.order.changed_at:
            return None
        return self.withdrawn


@dataclass(frozen=True, slots=True)
class Call:
    """Make this call now; READ verifies."""

    action: Action


@dataclass(frozen=True, slots=True)
class Write:
    """Write to them, once, whatever comes of it."""

    to: Addressee


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before this moment, or (None) before something new is known."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The order ends here."""

    result: Result
    verified: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Tell people, once; the order lives on."""

    result: Result
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The brake has tripped: queue the item for people, once; the order waits for them."""


Step = Call | Write | Wait | Finish | Alarm | Hold
