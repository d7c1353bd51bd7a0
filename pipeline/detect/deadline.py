"""How long may a text take? Its own processor time counts, not the time that other threads or processes took."""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """When to stop with one text.

    Asking for a thread's processor time is a system call, a hundred times dearer than a look at the wall clock. While
    less than the budget has gone by on the wall, less has been used, so only after that is the dear clock asked.

    Args:
        budget: seconds.
        used: processor time of this thread, in seconds.
        wall: a clock that never goes back, in seconds.
    """

    __slots__ = ("_budget", "_end", "_from", "_used", "_wall")

    def __init__(
        self,
        budget: float,
        used: Callable[[], float] = time.thread_time,
        wall: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._budget = budget
        self._used = used
        self._wall = wall
        self._from: float | None = None
        self._end = wall() + budget

    def begin(self) -> None:
        """From here on processor time is counted; until then the wall clock alone decides."""
        if self._from is None:
            self._from = self._used()

    def passed(self) -> bool:
        """Whether the budget is used up."""
        if self._wall() <= self._end:
            return False
        return self._from is None or self._used() - self._from > self._budget
