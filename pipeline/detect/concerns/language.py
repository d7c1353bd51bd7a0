"""Which languages a text may be in, guessed from its letters and its small words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r"[\w']+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
ENOUGH = 0.5  # of the best language's small words


def spoken(low: str, small_words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The languages a lower-cased text may be in: generous, all of them when nothing tells."""
    scripts = {"ar"} if _ARABIC.search(low) else set[str]()
    scripts |= {"uk"} if _CYRILLIC.search(low) else set[str]()
    words = _WORD.findall(low)
    counts = {lang: sum(word in small for word in words) for lang, small in small_words.items()}
    best = max(counts.values(), default=0)
    if not best:
        return frozenset(scripts or counts)
    return frozenset(lang for lang, count in counts.items() if count >= best * ENOUGH) | scripts
