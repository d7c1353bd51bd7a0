"""What a recogniser may know besides the text: the day it is, and what the municipality has made public."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipeline.detect.allow import AllowList


@dataclass(frozen=True, slots=True)
class Setting:
    """`today` bounds dates of birth; `allow` marks public values."""

    today: date
    allow: AllowList = field(default_factory=AllowList)
