"""Which languages a text may be in, guessed from its letters and its small words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

HOME = "sv"  # most texts are in it, so that it counts unless another language clearly does
ENOUGH = 0.5  # of the best language's points
_CLEAR = 2  # points by which another language rules out one that has none
_WORD = re.compile(r"[\w']+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class Language:
    """How a language shows: small words nobody writes without, and letters that few others have."""

    words: frozenset[str]
    letters: frozenset[str]

    def points(self, words: set[str], letters: set[str]) -> int:
        """One for each of its small words that stands there, one for each letter of its own."""
        return len(self.words & words) + len(self.letters & letters)


def spoken(low: str, languages: Mapping[str, Language]) -> frozenset[str]:
    """The languages a lower-cased text may be in: generous, all of them when nothing tells."""
    scripts = {"ar"} if _ARABIC.search(low) else set[str]()
    scripts |= {"uk"} if _CYRILLIC.search(low) else set[str]()
    words, letters = set(_WORD.findall(low)), set(low)
    counts = {lang: language.points(words, letters) for lang, language in languages.items()}
    best = max(counts.values(), default=0)
    if not best:
        return frozenset(scripts or counts)
    likely = {lang for lang, count in counts.items() if count >= best * ENOUGH}
    if best < _CLEAR or counts.get(HOME):
        likely.add(HOME)
    return frozenset(likely | scripts)
