"""What the takedown process measures; labels are actions and results, never people or items."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from agents.metrics import Step


class TakedownMetrics(Protocol):
    """Measured after the fact, when the journal has it; `agents.metrics.Metrics` fits."""

    def platform_called(self, action: str, result: str) -> None:
        """A call to a platform came to this."""
        ...

    def order_ended(self, result: str) -> None:
        """An outcome was told, alarms (held, overdue, auth_lost) among them."""
        ...

    def author_told(self, state: str) -> None:
        """What came of the notice to the author of an item that was hidden or removed."""
        ...

    def exposed(self, step: Step, created_at: datetime, now: datetime) -> None:
        """An item was read back hidden, or gone by us."""
        ...

    def taken_back(self, rule: str) -> None:
        """People called off an order that this rule had led to."""
        ...

    def hid(self, seconds: float) -> None:
        """An item was read back out of sight so long after its event was seen."""
        ...

    def standing(self, count: int, oldest_seconds: float) -> None:
        """The items of so many open orders still stand, the oldest since so long."""
        ...

    def receipt_came(self, seconds: float) -> None:
        """A deletion could go on after waiting so long for its receipt, from the order's issue."""
        ...

    def open_orders(self, count: int) -> None:
        """So many orders are open."""
        ...
