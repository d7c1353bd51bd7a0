"""How long may a text take? Its own processor time counts, not the time that other threads or processes took."""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """When to stop with one text.

    Asking for a thread's processor time is a system call, ever so much dearer than a look at the wall clock. Less has
    been used than has gone by on the wall, so the first half of the budget is counted there, which is all that nearly
    every text needs; only the second half is counted in processor time.

    Args:
        budget: seconds.
        used: processor time of this thread, in seconds.
        wall: a clock that never goes back, in seconds.
    """

    __slots__ = ("_from", "_half", "_used", "_wall", "_wall_end")

    def __init__(
        self,
        budget: float,
        used: Callable[[], float] = time.thread_time,
        wall: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._half = budget / 2
        self._used = used
        self._wall = wall
        self._from: float | None = None
        self._wall_end = wall() + self._half

    def passed(self) -> bool:
        """Whether the budget is used up; to be asked often."""
        if self._wall() <= self._wall_end:
            return False
        if self._from is None:
            self._from = self._used()
            return False
        return self._used() - self._from > self._half
