"""What the takedown process measures; labels are names of platforms, actions and results, never of people or items."""

from __future__ import annotations

from typing import Protocol

from pipeline.message import EndState, Result
from pipeline.platform import Action, Answer


class TakedownMetrics(Protocol):
    """Counted after the fact, when the journal has it."""

    def attempted(self, platform: str, action: Action, answer: Answer) -> None:
        """Count one call to a platform, by what came of it."""
        ...

    def told(self, platform: str, result: Result) -> None:
        """Count one outcome, alarms (held, overdue, auth_lost) among them."""
        ...

    def exposed(self, platform: str, until: EndState, seconds: float) -> None:
        """Observe how long an item could be seen, from its creation until it was read back hidden or gone by us."""
        ...

    def receipt_waited(self, seconds: float) -> None:
        """Observe how long a deletion had to wait for its receipt, from the order's issue; 0 if it was there."""
        ...

    def open_orders(self, total: int, overdue: int) -> None:
        """Set how many orders are open, and how many of them are past their deadline."""
        ...
