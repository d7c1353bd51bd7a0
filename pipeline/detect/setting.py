"""What a recogniser may know besides the text: the day it is, and what the municipality has made public."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pipeline.detect.allow import NOTHING_PUBLIC, AllowList


@dataclass(frozen=True, slots=True)
class Setting:
    """`calendar` says which day it is (dates of birth end there); `allow` marks public values."""

    calendar: Callable[[], date]
    allow: AllowList = NOTHING_PUBLIC

    @property
    def today(self) -> date:
        """The day it is: asked anew, since a process runs for months."""
        return self.calendar()
