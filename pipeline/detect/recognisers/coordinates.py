"""Is it a place on the map of Sweden: latitude and longitude, or SWEREF 99 TM northing and easting?

Source: WGS 84 within Sweden's bounds (55-69.1 N, 10.9-24.2 E), Lantmäteriet's SWEREF 99 TM ranges. A pothole's place
is no confidential thing: public unless the words near are about somebody's home.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import judge
from pipeline.detect.setting import Setting

_DEGREES = re.compile(
    r"(?<![0-9.])(5[5-9]|6[0-9])[.][0-9]{4,8}\s?°?\s?[NS]?\s?[,; ]\s?(1[0-9]|2[0-4])[.][0-9]{4,8}(?![0-9])"
)
_MINUTES = re.compile(
    r"(?<![0-9])(?:5[5-9]|6[0-9])°\s?[0-9]{1,2}['′]\s?(?:[0-9.,]{1,7}[\"″]?)?\s?N[,; ]{1,2}1[0-9]°\s?[0-9]{1,2}['′]"
    r"\s?(?:[0-9.,]{1,7}[\"″]?)?\s?[EÖ]"
)
_GRID = re.compile(
    r"(?<![0-9])N?[ :=]?(6[1-9][0-9]{5}|7[0-7][0-9]{5})\s?[,; ]\s?(?:E[ :=]?)?(0?[2-9][0-9]{5})(?![0-9])", re.IGNORECASE
)
_DEGREE, _DECIMALS, _NORTHING = 2, 4, 7  # digits
_HOME = Lexicon(
    "bor", "hemma", "hennes hus", "hans hus", "huset", "hem", "home", "lives", "adress*", "gömmer sig", "står bilen"
)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if "°" in reading.text:
        return True
    if reading.longest < _DECIMALS:
        return False
    if any(size == _DEGREE and sep == "." and after >= _DECIMALS for size, sep, after in reading.joints):
        return True
    return reading.longest >= _NORTHING and any(
        len(group) == _NORTHING and group[0] in "67" for chain in reading.chains for group in chain.groups
    )


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every pair of coordinates within Sweden."""
    text = reading.text
    for pattern, tier, prior in ((_DEGREES, "degrees", 0.95), (_MINUTES, "minutes", 0.95), (_GRID, "grid", 0.6)):
        for match in pattern.finditer(text):
            verdict = judge(tier, prior)
            start, end = reading.span(match.start(), match.end())
            public = not _HOME.near(text, match.start(), match.end())
            yield Finding(
                Entity.COORDINATES, start, end, verdict.score, f"coordinates.{tier}", public=public, why=verdict.why
            )
