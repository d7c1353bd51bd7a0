"""When was the whole store last verified without a fault? A file beside the log, whose time is the answer."""

from __future__ import annotations

import contextlib
from pathlib import Path

_NAME = "verified"


def note(log: Path) -> None:
    """Note that it was just now; a store that is open for reading alone cannot be noted on, and need not be."""
    with contextlib.suppress(OSError):
        log.mkdir(exist_ok=True)
        (log / _NAME).touch()


def last(log: Path) -> float:
    """Seconds since 1970; nought if it never was."""
    try:
        return (log / _NAME).stat().st_mtime
    except OSError:
        return 0.0
