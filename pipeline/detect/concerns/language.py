"""Which languages a text may be in, guessed from its letters and its small words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from pipeline.detect.wording import Wording

HOME = "sv"  # most texts are in it, so that it counts unless another language clearly does
ENOUGH = 0.5  # of the best language's points
_CLEAR = 2  # points by which another language rules out one that has none
_WORD = re.compile(r"[\w']+")
_SCRIPTS = (("ar", re.compile(r"[\u0600-\u06ff]")), ("uk", re.compile(r"[\u0400-\u04ff]")))


@dataclass(frozen=True, slots=True)
class Language:
    """How a language shows: small words nobody writes without, and letters that few others have."""

    words: frozenset[str]
    letters: frozenset[str]


class Languages:
    """The languages of a lexicon, told apart by points: for each small word, and for each letter of its own."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._all = frozenset(languages)
        self._words = _by_sign((language.words, name) for name, language in languages.items())
        self._letters = _by_sign((language.letters, name) for name, language in languages.items())
        self._likely = lru_cache(maxsize=1024)(self._ranked)

    def spoken(self, text: Wording) -> frozenset[str]:
        """The languages a text may be in: generous, all of them when nothing tells."""
        low = text.low
        words = _WORD.findall(low) if "'" in low else text.words
        tongues = [self._words[word] for word in self._words.keys() & words]
        tongues += [self._letters[letter] for letter in self._letters.keys() & set(low)]
        scripts = tuple(name for name, script in _SCRIPTS if script.search(low))
        return self._likely(tuple(sorted(chain.from_iterable(tongues))), scripts)

    def _ranked(self, points: tuple[str, ...], scripts: tuple[str, ...]) -> frozenset[str]:
        counts = Counter(points)
        best = max(counts.values(), default=0)
        if not best:
            return frozenset(scripts) or self._all
        likely = {name for name, count in counts.items() if count >= best * ENOUGH}
        if best < _CLEAR or counts[HOME]:
            likely.add(HOME)
        return frozenset(likely.union(scripts))


def _by_sign(languages: Iterable[tuple[frozenset[str], str]]) -> dict[str, tuple[str, ...]]:
    """Which languages each word, or letter, is a sign of."""
    found: dict[str, tuple[str, ...]] = {}
    for signs, name in languages:
        for sign in signs:
            found[sign] = (*found.get(sign, ()), name)
    return found
