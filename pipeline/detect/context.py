"""Which words stand near a value: our own lexicons, looked up just before and just after it.

A lexicon entry is a word in small letters; `*` at either end stands for more letters ("*faktura*"). An entry may be
several words. What is reported is the entry, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

BEFORE, AFTER = 48, 32
_SENTENCE_END = re.compile(r"[!?…]+\s|[^\W\d_]{3,}\)?[.]\s+(?=[A-ZÅÄÖ])|\n\s*\n")
_ABBREVIATIONS = re.compile(r"(?:pers|org|reg|konto|faktura|order|tel|fam)[.]\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Near:
    """A lexicon entry that stands `distance` characters from the value."""

    entry: str
    distance: int


class Lexicon:
    """Words that speak for or against a reading."""

    def __init__(self, *entries: str) -> None:
        self.entries = entries
        self._pattern = re.compile("|".join(f"({_pattern(entry)})" for entry in entries), re.IGNORECASE)

    def before(self, text: str, start: int, reach: int = BEFORE) -> tuple[Near, ...]:
        """Entries in the same sentence before `start`, the nearest first."""
        window = text[max(0, start - reach) : start]
        cut = 0
        for match in _SENTENCE_END.finditer(window):
            if not _ABBREVIATIONS.search(window, max(0, match.start() - 8), match.end()):
                cut = match.end()
        window = window[cut:]
        found = [Near(self._entry(match), len(window) - match.end()) for match in self._pattern.finditer(window)]
        return tuple(reversed(found))

    def after(self, text: str, end: int, reach: int = AFTER) -> tuple[Near, ...]:
        """Entries in the same sentence after `end`, the nearest first."""
        window = text[end : end + reach]
        stop = _SENTENCE_END.search(window)
        if stop:
            window = window[: stop.end()]
        return tuple(Near(self._entry(match), match.start()) for match in self._pattern.finditer(window))

    def near(self, text: str, start: int, end: int, before: int = BEFORE, after: int = AFTER) -> tuple[Near, ...]:
        """Entries on both sides, those before first."""
        return self.before(text, start, before) + self.after(text, end, after)

    def anywhere(self, text: str) -> bool:
        """Whether any entry stands anywhere in the text."""
        return self._pattern.search(text) is not None

    def _entry(self, match: re.Match[str]) -> str:
        return self.entries[(match.lastindex or 1) - 1]


def _pattern(entry: str) -> str:
    words = entry.strip("*").split()
    start = r"(?<![^\W_])[^\W_]{0,24}" if entry.startswith("*") else r"(?<![^\W_])"
    end = r"[^\W_]{0,24}" if entry.endswith("*") else r"(?![^\W_])"
    return start + r"\W{1,3}".join(map(re.escape, words)) + end


def nearest(*found: Sequence[Near]) -> int | None:
    """Which of several lexicons' finds is the nearest: its index, None when all are empty."""
    ranked = [(near[0].distance, index) for index, near in enumerate(found) if near]
    return min(ranked)[1] if ranked else None
