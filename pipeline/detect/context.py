"""Which words stand near a value: our own lexicons, looked up just before and just after it.

A lexicon entry is a word in small letters; `*` at either end stands for more letters ("*faktura*"). An entry may be
several words. What is reported is the entry, never the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from pipeline.detect.wording import ByWord

BEFORE, AFTER = 48, 32
_PHRASE_GAP = 3
_WORDS_KEPT = 2_000  # by each lexicon, of which there are many
_STEM = 3  # letters of an entry by which it is found
_WORD = re.compile(r"[^\W_]+")
_EVERYDAY = frozenset({"och", "till", "på", "med", "efter", "kommer", "oss"})
_LETTERS = re.compile(r"[^\W\d_]+")
_Stems = defaultdict[str, list[tuple[str, int]]]
_SENTENCE_END = re.compile(r"[!?…]+\s|[^\W\d_]{3,}\)?[.]\s+(?=[A-ZÅÄÖ])|\n\s*\n")
_ABBREVIATIONS = re.compile(r"(?:pers|org|reg|konto|faktura|order|tel|fam)[.]\s*$", re.IGNORECASE)


class Near(NamedTuple):
    """A lexicon entry that stands `distance` characters from the value."""

    entry: str
    distance: int


class _Vocabulary:
    """Which lexicons a word may be in, a bit for each of them: asked once for a word, not once for each lexicon.

    Where the reach of a look ends within a word, what is left of it counts as a word; so a word has the bits of every
    entry that it begins or ends with, and of every open one anywhere in it, but for entries of a single letter, which
    would be everywhere. Lexicons are made as modules load, before any text is read.
    """

    def __init__(self) -> None:
        self._size = 0
        self._letters: defaultdict[str, int] = defaultdict(int)
        self._short: defaultdict[str, int] = defaultdict(int)
        self._first: _Stems = defaultdict(list)
        self._last: _Stems = defaultdict(list)
        self._inner: _Stems = defaultdict(list)
        self.bits = ByWord(self._bits_of)

    def enter(self, entries: Iterable[str]) -> int:
        """The bit of a new lexicon."""
        bit = 1 << self._size
        self._size += 1
        for entry in entries:
            word = _telling(entry)
            bare = word.strip("*")
            if len(bare) == 1:
                self._letters[bare] |= bit
            elif len(bare) < _STEM:
                self._short[bare] |= bit
            elif bare != word:
                self._inner[bare[:_STEM]].append((bare, bit))
            else:
                self._first[bare[:_STEM]].append((bare, bit))
                self._last[bare[-_STEM:]].append((bare, bit))
        self.bits.clear()
        return bit

    def _bits_of(self, word: str) -> int:
        bits = self._letters.get(word, 0)
        for entry, bit in self._short.items():
            if entry in word:
                bits |= bit
        for entry, bit in self._first.get(word[:_STEM], ()):
            if word.startswith(entry):
                bits |= bit
        for entry, bit in self._last.get(word[-_STEM:], ()):
            if word.endswith(entry):
                bits |= bit
        for at in range(len(word) - _STEM + 1):
            for entry, bit in self._inner.get(word[at : at + _STEM], ()):
                if word.startswith(entry, at):
                    bits |= bit
        return bits


_VOCABULARY = _Vocabulary()


def bits_of(words: Iterable[str]) -> int:
    """The bits of all lexicons that may have an entry among some runs of letters (in small letters)."""
    return reduce(or_, map(_VOCABULARY.bits.__getitem__, words), 0)


class Lexicon:
    """Words that speak for or against a reading.

    `bit` is its own among the bits of a word or a text; `letters` are its entries of a single letter, for which a look
    at the edge of its reach must do instead.
    """

    def __init__(self, *entries: str) -> None:
        self.entries = entries
        self.bit = _VOCABULARY.enter(entries)
        single = frozenset(word for word in map(_telling, entries) if len(word) == 1)
        self.letters = single | frozenset(map(str.upper, single))
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
        self._told_phrases = tuple(_in_letters(entry) for entry in entries if " " in entry)
        self._telling = tuple(_telling(entry).removesuffix("*") for entry in entries if " " in entry)
        self._end_words, self._start_words = tuple(self._ends), tuple(self._starts)

    def before(self, text: str, start: int, reach: int = BEFORE) -> tuple[Near, ...]:
        """Entries in the same sentence before `start`, the nearest first."""
        low = max(0, start - reach)
        near = _bits(text, low if reach > BEFORE else max(0, start - BEFORE), start)
        if not (self.bit & near or (self.letters and text[low : low + 1] in self.letters)):
            return ()
        found = self._find(text, low, start)
        if not found:
            return ()
        cut = low
        for match in _SENTENCE_END.finditer(text, low, start):
            if not _ABBREVIATIONS.search(text, max(low, match.start() - 8), match.end()):
                cut = match.end()
        return tuple(Near(entry, start - end) for entry, first, end in reversed(found) if first >= cut)

    def may_be_before(self, text: str, start: int, reach: int) -> bool:
        """Cheap and safe: False only if `before` would find nothing from anywhere within reach of `start`."""
        return bool(self.bit & _bits(text, max(0, start - reach), start))

    def after(self, text: str, end: int, reach: int = AFTER) -> tuple[Near, ...]:
        """Entries in the same sentence after `end`, the nearest first."""
        near = _bits(text, end, end + reach if reach > AFTER else end + AFTER)
        if not (self.bit & near or (self.letters and text[end + reach - 1 : end + reach] in self.letters)):
            return ()
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

    def among(self, words: Sequence[str]) -> bool:
        """Cheap and safe: False only if `anywhere` is, for a text with these runs of letters (in small letters)."""
        likely = [word for word in words if self.bit & _VOCABULARY.bits[word]]
        if any(map(self._told.__getitem__, likely)):
            return True
        if not any(word.startswith(self._telling) for word in likely):
            return False
        joined = f" {' '.join(words)} "
        return any(phrase in joined for phrase in self._told_phrases)

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
def _bits(text: str, start: int, end: int) -> int:
    """The lexicons that may have an entry in a stretch: nearly always so few that the others need not look."""
    return bits_of(_LETTERS.findall(text[start:end].lower()))


@lru_cache(maxsize=64)
def _words(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """The words of a stretch in small letters, with their places; many lexicons ask for the same one in turn."""
    return [(match[0].lower(), *match.span()) for match in _WORD.finditer(text, start, end)]


def _telling(entry: str) -> str:
    """The word of an entry that is looked for in short: of several the longest, though no everyday one."""
    words = [word for word in entry.split() if word.strip("*").isalpha()]
    return max(words, key=lambda word: (word not in _EVERYDAY, len(word)))


def _in_letters(phrase: str) -> str:
    """What must stand among a text's runs of letters, with spaces between and around them, for a phrase to be there."""
    letters = " ".join(word for word in phrase.split() if word.strip("*").isalpha())
    return f" {letters.removesuffix('*')}" if phrase.endswith("*") else f" {letters} "


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
