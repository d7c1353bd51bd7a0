"""What the tone model sees of a text: words, their first and last letters, and pairs of neighbours.

Swedish puts words together, so that the edges of a long word say much of it. Names and digits are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.detect.finding import Entity, Finding

SHORT_EDGE, LONG_EDGE = 4, 6
WORD = re.compile(r"\w+|[^\w\s]")
_DIGITS = re.compile(r"\d+")
_NAME = "nn"


def masked(low: str, findings: Iterable[Finding]) -> str:
    """A lower-cased text with every name and number made alike; lengths are not kept."""
    for finding in sorted(findings, key=lambda f: -f.start):
        if finding.type is Entity.PERSON:
            low = low[: finding.start] + _NAME + low[finding.end :]
    return _DIGITS.sub("0", low)


def words(plain: str) -> list[str]:
    """The words of a text as the model sees them."""
    return WORD.findall(plain)


def features(plain: str) -> list[str]:
    """The features of a masked text, in no order that means anything; `ToneModel.weighed` counts the same ones."""
    words = WORD.findall(plain)
    found = [f"{left} {right}" for left, right in set(zip(["^", *words], words, strict=False))]
    for word in set(words):
        found.append(word)
        found.extend(edges_of(word))
    return found


def edges_of(word: str) -> tuple[str, ...]:
    """The first and last letters of a longer word, marked as such."""
    if len(word) <= SHORT_EDGE:
        return ()
    if len(word) <= LONG_EDGE:
        return "<" + word[:SHORT_EDGE], word[-SHORT_EDGE:] + ">"
    return "<" + word[:SHORT_EDGE], word[-SHORT_EDGE:] + ">", "<" + word[:LONG_EDGE], word[-LONG_EDGE:] + ">"
