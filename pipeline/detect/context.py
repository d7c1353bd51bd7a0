"""Which words stand near a value: our own lexicons, looked up just before and just after it.

A lexicon entry is a word in small letters; `*` at either end stands for more letters ("*faktura*"). An entry may be
several words. What is reported is the entry, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.detect.wording import ByWord

BEFORE, AFTER = 48, 32
_PHRASE_GAP = 3
_WORDS_KEPT = 2_000  # by each lexicon, of which there are many
_WORD = re.compile(r"[^\W_]+")
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
        self._exact: dict[str, str] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        loose: dict[tuple[bool, bool], dict[str, str]] = {(True, False): {}, (False, True): {}, (True, True): {}}
        for entry in entries:
            words = tuple(entry.strip("*").split())
            shape = (entry.startswith("*"), entry.endswith("*"))
            if len(words) > 1:
                self._phrases.setdefault(words[0], []).append((words, entry))
            elif any(shape):
                loose[shape][words[0]] = entry
            else:
                self._exact[words[0]] = entry
        self._ends, self._starts, self._inner = loose[True, False], loose[False, True], loose[True, True]
        self._told = ByWord(self._entry, _WORDS_KEPT)
        self._needed = tuple(map(_needed, filter(lambda entry: " " in entry, entries)))
        self._end_words, self._start_words = tuple(self._ends), tuple(self._starts)

    def before(self, text: str, start: int, reach: int = BEFORE) -> tuple[Near, ...]:
        """Entries in the same sentence before `start`, the nearest first."""
        low = max(0, start - reach)
        found = self._find(text, low, start)
        if not found:
            return ()
        cut = low
        for match in _SENTENCE_END.finditer(text, low, start):
            if not _ABBREVIATIONS.search(text, max(low, match.start() - 8), match.end()):
                cut = match.end()
        return tuple(Near(entry, start - end) for entry, first, end in reversed(found) if first >= cut)

    def after(self, text: str, end: int, reach: int = AFTER) -> tuple[Near, ...]:
        """Entries in the same sentence after `end`, the nearest first."""
        found = self._find(text, end, end + reach)
        if not found:
            return ()
        stop = _SENTENCE_END.search(text, end, end + reach)
        high = stop.end() if stop else end + reach
        return tuple(Near(entry, first - end) for entry, first, last in found if last <= high)

    def near(self, text: str, start: int, end: int, before: int = BEFORE, after: int = AFTER) -> tuple[Near, ...]:
        """Entries on both sides, those before first."""
        return self.before(text, start, before) + self.after(text, end, after)

    def anywhere(self, text: str) -> bool:
        """Whether any entry stands anywhere in the text."""
        return bool(self._find(text, 0, len(text)))

    def among(self, words: Collection[str]) -> bool:
        """Cheap and safe: False only if `anywhere` is, for a text with these runs of letters (in small letters)."""
        if any(map(self._told.__getitem__, words)):
            return True
        if not self._needed:
            return False
        here = frozenset(words)
        return any(needed <= here for needed in self._needed)

    def _find(self, text: str, start: int, end: int) -> list[tuple[str, int, int]]:
        """Entries within a stretch, with their places."""
        found = []
        words = _words(text, start, end)
        for index, (word, first, last) in enumerate(words):
            entry = self._told[word]
            if entry:
                found.append((entry, first, last))
            for phrase, name in self._phrases.get(word, ()):
                if _follows(words, index, phrase, open_end=name.endswith("*")):
                    found.append((name, first, words[index + len(phrase) - 1][2]))
        return found

    def _entry(self, word: str) -> str | None:
        if word in self._exact:
            return self._exact[word]
        if word.startswith(self._start_words):
            return next(entry for start, entry in self._starts.items() if word.startswith(start))
        if word.endswith(self._end_words):
            return next(entry for end, entry in self._ends.items() if word.endswith(end))
        if not self._inner:
            return None
        return next((entry for inner, entry in self._inner.items() if inner in word), None)


@lru_cache(maxsize=64)
def _words(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """The words of a stretch in small letters, with their places; many lexicons ask for the same one in turn."""
    return [(match[0].lower(), *match.span()) for match in _WORD.finditer(text, start, end)]


def _needed(phrase: str) -> frozenset[str]:
    """The runs of letters that must stand in a text for a phrase to stand in it."""
    words = phrase.split()
    whole = words[:-1] if phrase.endswith("*") else words
    return frozenset(filter(str.isalpha, whole))


def _follows(words: list[tuple[str, int, int]], index: int, phrase: tuple[str, ...], *, open_end: bool) -> bool:
    """Whether a phrase stands at a word, its words at most three signs apart."""
    for offset, wanted in enumerate(phrase):
        at = index + offset
        if at >= len(words) or (offset and words[at][1] - words[at - 1][2] > _PHRASE_GAP):
            return False
        last = open_end and offset == len(phrase) - 1
        if not (words[at][0].startswith(wanted) if last else words[at][0] == wanted):
            return False
    return True


def nearest(*found: Sequence[Near]) -> int | None:
    """Which of several lexicons' finds is the nearest: its index, None when all are empty."""
    ranked = [(near[0].distance, index) for index, near in enumerate(found) if near]
    return min(ranked)[1] if ranked else None
