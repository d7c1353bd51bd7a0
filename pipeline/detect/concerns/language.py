"""Which languages a text may be in, guessed from its letters and its small words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.detect.wording import Wording

HOME = "sv"  # most texts are in it, so that it counts unless another language clearly does
ENOUGH = 0.5  # of the best language's points
_CLEAR = 2  # points by which another language rules out one that has none
_BITS = 16  # of each field: more words than a window can hold
_FIELD = (1 << _BITS) - 1
_WORD = re.compile(r"[\w']+")
_SCRIPTS = (("ar", re.compile(r"[\u0600-\u06ff]")), ("uk", re.compile(r"[\u0400-\u04ff]")))


@dataclass(frozen=True, slots=True)
class Language:
    """How a language shows: small words nobody writes without, and letters that few others have."""

    words: frozenset[str]
    letters: frozenset[str]


class Languages:
    """The languages of a lexicon, told apart by points: for each small word, and for each letter of its own.

    The points of all languages are added at once, in one whole number with a field for each of them.
    """

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._names = tuple(languages)
        self._words = _points(language.words for language in languages.values())
        self._letters = _points(language.letters for language in languages.values())
        self._small = frozenset(self._words)
        self._own_letters = frozenset(self._letters)
        self._likely = lru_cache(maxsize=1024)(self._ranked)

    def spoken(self, text: Wording) -> frozenset[str]:
        """The languages a text may be in: generous, all of them when nothing tells."""
        low = text.low
        words = _WORD.findall(low) if "'" in low else text.words
        points = sum(map(self._words.__getitem__, self._small.intersection(words)))
        marks = "".join(text.marks)
        points += sum(map(self._letters.__getitem__, self._own_letters.intersection(marks.lower())))
        scripts = () if marks.isascii() else tuple(name for name, script in _SCRIPTS if script.search(marks))
        return self._likely(points, scripts)

    def _ranked(self, points: int, scripts: tuple[str, ...]) -> frozenset[str]:
        counts = {name: points >> at * _BITS & _FIELD for at, name in enumerate(self._names)}
        best = max(counts.values(), default=0)
        if not best:
            return frozenset(scripts or self._names)
        likely = {name for name, count in counts.items() if count >= best * ENOUGH}
        if best < _CLEAR or counts.get(HOME):
            likely.add(HOME)
        return frozenset(likely.union(scripts))


def _points(signs: Iterable[Iterable[str]]) -> dict[str, int]:
    """For each word, or letter, one point in the field of each language that it is a sign of."""
    found: dict[str, int] = {}
    for at, those in enumerate(signs):
        for sign in those:
            found[sign] = found.get(sign, 0) + (1 << at * _BITS)
    return found
