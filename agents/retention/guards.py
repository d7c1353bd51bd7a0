"""How a record in a bucket is guarded: locked for as long as its class is kept, held while a legal hold stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from agents.retention import holds
from agents.retention.about import About
from agents.retention.bucket import Guard, Lock, LockMode
from agents.retention.holds import Hold
from pipeline.retention import Locking, Schedule

DepartmentOf = Callable[[str, str], str]
"""The department of an account on a platform."""


class Guards:
    """Asks the plan and the holds for each record; the holds' file is read again when it has changed."""

    def __init__(
        self, schedule: Schedule, department_of: DepartmentOf, holds_file: Path, usual: Lock | None, days: int
    ) -> None:
        self._schedule = schedule
        self._department_of = department_of
        self._holds_file = holds_file
        self._usual = usual
        self._days = days
        self._read: tuple[int, int] | None = None
        self._standing: tuple[Hold, ...] = ()

    def __call__(self, about: About | None) -> Guard:
        """The guard of a record; what cannot be read is locked as usual, and under no hold."""
        if about is None:
            return Guard(self._usual)
        of = self._schedule.class_of(self._department_of(about.platform, about.account), about.account, about.kind)
        held = any(hold.covers(about) for hold in self._holds())
        return Guard(self._lock(of.lock, of.days), held)

    def _lock(self, locking: Locking | None, days: int | None) -> Lock | None:
        if locking is Locking.NONE:
            return None
        mode = LockMode(locking.upper()) if locking else (self._usual.mode if self._usual else None)
        return Lock(mode, timedelta(days=days or self._days)) if mode else None

    def _holds(self) -> tuple[Hold, ...]:
        try:
            found = self._holds_file.stat()
        except FileNotFoundError:
            return ()
        if self._read != (found.st_mtime_ns, found.st_size):
            self._standing = holds.active(self._holds_file)
            self._read = (found.st_mtime_ns, found.st_size)
        return self._standing
