"""What the tone model sees of a text: words, their first and last letters, pairs of neighbours, and its signs.

Swedish puts words together, so that the edges of a long word say much of it. Names are masked, and of numbers it sees
that there are some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.detect.finding import Entity, Finding

SHORT_EDGE, LONG_EDGE = 4, 6
FIRST, NUMBER = "^", "0"  # stands before the first word; for all the numbers in a text
WORD = re.compile(r"\w+")
_SIGN = re.compile(r"[^\w\s]")
_DIGIT = re.compile("[0-9]")
_NAME = "nn"


def masked(low: str, findings: Iterable[Finding]) -> str:
    """A lower-cased text with every name made alike; lengths are not kept."""
    for finding in sorted(findings, key=lambda f: -f.start):
        if finding.type is Entity.PERSON:
            low = low[: finding.start] + _NAME + low[finding.end :]
    return low


def words(plain: str) -> list[str]:
    """The words of a text as the model sees them."""
    return WORD.findall(plain)


def features(plain: str) -> list[str]:
    """The features of a masked text, in no order that means anything; `ToneModel.weighed` counts the same ones."""
    words = WORD.findall(plain)
    pairs = {f"{left} {right}" for left, right in zip([FIRST, *words], words, strict=False)}
    found = [pair for pair in pairs if not _DIGIT.search(pair)]
    for word in set(words):
        found.extend(parts_of(word))
    found.extend(set(_SIGN.findall(plain)))
    return [*found, NUMBER] if _DIGIT.search(plain) else found


def parts_of(word: str) -> tuple[str, ...]:
    """What one word gives: itself and its edges."""
    return () if _DIGIT.search(word) else (word, *edges_of(word))


def edges_of(word: str) -> tuple[str, ...]:
    """The first and last letters of a longer word, marked as such."""
    if len(word) <= SHORT_EDGE:
        return ()
    if len(word) <= LONG_EDGE:
        return "<" + word[:SHORT_EDGE], word[-SHORT_EDGE:] + ">"
    return "<" + word[:SHORT_EDGE], word[-SHORT_EDGE:] + ">", "<" + word[:LONG_EDGE], word[-LONG_EDGE:] + ">"
