"""Which terms of many thousands a text holds: one pass over its words tells which are worth trying."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

import ahocorasick

from pipeline.detect.concerns.rarity import stem
from pipeline.detect.concerns.terms import Term
from pipeline.detect.wording import ByWord, Wording

Owner = TypeVar("Owner")


class Hit(NamedTuple, Generic[Owner]):
    """A term of `owner`, in its language, from `start` to `end`."""

    owner: Owner
    language: str
    start: int
    end: int


class Entry(Generic[Owner]):
    """A term on its automaton; its pattern is compiled when it is first asked for."""

    __slots__ = ("_also_parts", "_also_words", "_compiled", "language", "owner", "term")

    def __init__(self, owner: Owner, language: str, term: Term) -> None:
        self.owner = owner
        self.language = language
        self.term = term
        self._compiled: re.Pattern[str] | None = None
        words = [also for also in term.also if also.startswith(" ") and also.endswith(" ") and " " not in also.strip()]
        self._also_words = frozenset(map(str.strip, words))
        self._also_parts = tuple(also for also in term.also if also not in words)

    def may_stand(self, words: Collection[str], joined: str) -> bool:
        """False only if none of what a match holds beside its anchor is in the text."""
        return (
            not self.term.also
            or not self._also_words.isdisjoint(words)
            or any(map(joined.__contains__, self._also_parts))
        )

    def _pattern(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.term.pattern)
        return self._compiled

    def slow_hits(self, low: str) -> Iterator[Hit[Owner]]:
        """The same by the pattern alone, whole words and all: what a test compares with."""
        return (Hit(self.owner, self.language, *match.span()) for match in self._pattern().finditer(low))

    def hits(self, low: str) -> Iterator[Hit[Owner]]:
        """Every place where the term stands; of a plain term without the letters that `*` stands for."""
        spans = _places(low, *self.term.plain) if self.term.plain else map(re.Match.span, self._pattern().finditer(low))
        return (Hit(self.owner, self.language, start, end) for start, end in spans)


class _Lead(NamedTuple, Generic[Owner]):
    """What points to a term: one of `anchors` must stand in the text in full (none: the word says it all)."""

    anchors: tuple[str, ...]
    entry: Entry[Owner]


class _Known(NamedTuple, Generic[Owner]):
    """What a word tells of: terms that stand there for sure, and terms to be tried."""

    sure: Mapping[Entry[Owner], bool]
    leads: tuple[_Lead[Owner], ...]


class _Stems(Generic[Owner]):
    """What to look for first of every term: a pair of words; or a word, its beginning, its end or a part of it."""

    def __init__(self, entries: Iterable[Entry[Owner]]) -> None:
        parts: dict[str, list[_Lead[Owner]]] = {}
        self.pairs: dict[tuple[str, str], list[_Lead[Owner]]] = {}
        for entry in entries:
            for (word, after), anchors in _by_stem(entry.term.anchors).items():
                lead = _Lead(() if word in anchors or f" {word} {after} " in anchors else anchors, entry)
                if after:
                    self.pairs.setdefault((word, after), []).append(lead)
                else:
                    parts.setdefault(word, []).append(lead)
        self._parts = ahocorasick.Automaton()
        for part, leads in parts.items():
            self._parts.add_word(part, leads)
        self._parts.make_automaton()

    def of(self, word: str) -> _Known[Owner] | None:
        """What a word tells of; None for nearly every word."""
        leads = [lead for _, leads in self._parts.iter(f" {word} ") for lead in leads]
        sure = {entry: True for anchors, entry in leads if not anchors and not entry.term.also}
        return _Known(sure, tuple(lead for lead in leads if lead.entry not in sure)) if leads else None


class Matcher(Generic[Owner]):
    """Finds terms in a text. Safe for several threads: all it changes is what it knows of words and has compiled."""

    def __init__(self, terms: Iterable[tuple[Owner, str, Term]]) -> None:
        self._entries = [Entry(owner, language, term) for owner, language, term in terms]
        self._signs: dict[str, list[Entry[Owner]]] = {}
        for entry in self._entries:
            for sign in entry.term.signs:
                self._signs.setdefault(sign, []).append(entry)
        stems = _Stems(self._entries)
        self._pairs = stems.pairs
        self._first = frozenset(stems.pairs)
        self._known: ByWord[_Known[Owner] | None] = ByWord(stems.of)
        self._only_beyond = not any(map(str.isascii, self._signs))

    def likely(self, text: Wording) -> Collection[Entry[Owner]]:
        """The terms of which the text holds an anchor, each once: no other can stand in it."""
        tried: dict[Entry[Owner], bool] = {}
        leads: list[_Lead[Owner]] = []
        for known in filter(None, map(self._known.__getitem__, text.words)):
            tried.update(known.sure)
            leads += known.leads
        for pair in self._first.intersection(pairwise(text.words)):
            leads += self._pairs[pair]
        if leads:
            joined = text.joined
            for anchors, entry in leads:
                if entry not in tried and (not anchors or any(map(joined.__contains__, anchors))):
                    tried[entry] = entry.may_stand(text.words, joined)
        found = [entry for entry, stands in tried.items() if stands]
        if text.signed or not self._only_beyond:
            signed = (entry for sign, entries in self._signs.items() if sign in text.low for entry in entries)
            found += dict.fromkeys(signed)
        return found

    def find(self, text: Wording) -> Iterator[Hit[Owner]]:
        """Every place where a term stands, in no order that means anything."""
        return (hit for entry in self.likely(text) for hit in entry.hits(text.low))

    def find_slowly(self, low: str) -> Iterator[Hit[Owner]]:
        """The same without the automaton: what a test compares `find` with."""
        return (hit for entry in self._entries for hit in entry.slow_hits(low))


def _by_stem(anchors: Iterable[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Anchors by what is looked for first of them."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for anchor in anchors:
        found[stem(anchor)] = (*found.get(stem(anchor), ()), anchor)
    return found


def _places(low: str, text: str, begins: bool, ends: bool) -> Iterator[tuple[int, int]]:  # noqa: FBT001 - a Plain
    """Where a plain term stands."""
    size = len(text)
    start = low.find(text)
    while start >= 0:
        end = start + size
        if not (begins and start and _in_word(low[start - 1])) and not (ends and _in_word(low[end : end + 1])):
            yield start, end
        start = low.find(text, start + 1)


def _in_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
