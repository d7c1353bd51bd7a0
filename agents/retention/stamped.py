"""Which of the daily heads have a time stamp, each in a file beside it; nothing is asked or checked here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

ENDING = ".tsr"


class Stamps(Protocol):
    """Knows whose time stamps to believe; `agents.retention.stamps.Roots` fits."""

    def time_of(self, stamp: bytes, stamped: bytes) -> datetime:
        """When these bytes were stamped; raises ValueError, saying why, where that is no stamp over them."""
        ...


@dataclass(frozen=True, slots=True)
class Stamped:
    """A daily head that has a stamp; `path` is the head's file, which may be gone."""

    path: Path

    @property
    def head(self) -> bytes:
        """What was stamped, as it stands now."""
        return self.path.read_bytes() if self.path.exists() else b""

    @property
    def stamp(self) -> bytes:
        """The time stamp."""
        return self.path.with_suffix(ENDING).read_bytes()


def unstamped(log: Path) -> list[Path]:
    """The daily heads that have no stamp yet, oldest first."""
    return [each for each in sorted(_published(log).glob("day-*.json")) if not each.with_suffix(ENDING).exists()]


def stamped(log: Path) -> list[Stamped]:
    """Every head that has a stamp, oldest first."""
    return [Stamped(each.with_suffix(".json")) for each in sorted(_published(log).glob(f"day-*{ENDING}"))]


def _published(log: Path) -> Path:
    return log / "published"
