"""Which terms of many thousands a text holds: one pass over its words tells which are worth trying."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
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
    """A term in a matcher; its pattern is compiled when it is first asked for."""

    __slots__ = ("_also", "_compiled", "language", "owner", "term")

    def __init__(self, owner: Owner, language: str, term: Term) -> None:
        self.owner = owner
        self.language = language
        self.term = term
        self._compiled: re.Pattern[str] | None = None
        self._also = tuple(map(_by_kind, term.also))

    def may_stand(self, words: frozenset[str], joined: str) -> bool:
        """False only if the text lacks something that a match holds beside its anchor."""
        for whole, parts in self._also:  # loops: it is asked for every text
            if whole.isdisjoint(words):
                for part in parts:
                    if part in joined:
                        break
                else:
                    return False
        return True

    def _pattern(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.term.pattern)
        return self._compiled

    def slow_hits(self, low: str) -> Iterator[Hit[Owner]]:
        """The same by the pattern alone, whole words and all: what a test compares with."""
        return (Hit(self.owner, self.language, *match.span()) for match in self._pattern().finditer(low))

    def hits(self, low: str) -> Iterator[Hit[Owner]]:
        """Every place where the term stands; of a plain term without the letters that `*` stands for."""
        if self.term.signed not in low:
            return iter(())
        spans = _places(low, *self.term.plain) if self.term.plain else map(re.Match.span, self._pattern().finditer(low))
        return (Hit(self.owner, self.language, start, end) for start, end in spans)


class _Lead(NamedTuple, Generic[Owner]):
    """What points to a term: `anchor` must stand in the text in full (none: what led here says it all)."""

    anchor: str
    entry: Entry[Owner]


class Matcher(Generic[Owner]):
    """Finds terms in a text. Safe for several threads: all it changes is what it knows of words and has compiled."""

    def __init__(self, terms: Iterable[tuple[Owner, str, Term]]) -> None:
        self._entries = [Entry(owner, language, term) for owner, language, term in terms]
        self._signs: dict[str, list[Entry[Owner]]] = {}
        self._pairs: dict[tuple[str, str], list[_Lead[Owner]]] = {}
        parts: dict[str, list[_Lead[Owner]]] = {}
        for entry in self._entries:
            for sign in entry.term.signs:
                self._signs.setdefault(sign, []).append(entry)
            for anchor in entry.term.anchors:
                word, after = stem(anchor)
                if after:
                    lead = _Lead("" if anchor == f" {word} {after} " else anchor, entry)
                    self._pairs.setdefault((word, after), []).append(lead)
                else:
                    parts.setdefault(word, []).append(_Lead("" if anchor == word else anchor, entry))
        self._parts = ahocorasick.Automaton()
        for part, leads in parts.items():
            self._parts.add_word(part, leads)
        self._parts.make_automaton()
        self._two = frozenset(self._pairs)
        self._known = ByWord(self._told)
        self._only_beyond = not any(map(str.isascii, self._signs))

    def _told(self, word: str) -> Sequence[_Lead[Owner]]:
        """What a word leads to: nothing, for nearly every word."""
        parts = self._parts.iter(f" {word} ") if self._parts else ()
        return tuple(lead for _, leads in parts for lead in leads)

    def likely(self, text: Wording) -> Collection[Entry[Owner]]:
        """The terms of which the text holds all that any match holds, each once: no other can stand in it."""
        found = list(filter(None, map(self._known.__getitem__, text.distinct)))
        found += map(self._pairs.__getitem__, self._two & text.pairs)
        likely: dict[Entry[Owner], None] = {}
        if found:
            joined, here = text.joined, text.distinct
            for leads in found:
                for anchor, entry in leads:
                    if anchor in joined and entry.may_stand(here, joined):
                        likely[entry] = None
        if text.signed or not self._only_beyond:
            likely |= {entry: None for sign, entries in self._signs.items() if sign in text.low for entry in entries}
        return likely

    def find(self, text: Wording) -> Iterator[Hit[Owner]]:
        """Every place where a term stands, in no order that means anything."""
        return (hit for entry in self.likely(text) for hit in entry.hits(text.low))

    def find_slowly(self, low: str) -> Iterator[Hit[Owner]]:
        """The same without the automaton: what a test compares `find` with."""
        return (hit for entry in self._entries for hit in entry.slow_hits(low))


def _by_kind(anchors: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Anchors that are one whole word each, without their spaces, and the others."""
    whole = [anchor for anchor in anchors if anchor == f" {anchor.strip()} " and " " not in anchor.strip()]
    return frozenset(map(str.strip, whole)), tuple(anchor for anchor in anchors if anchor not in whole)


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
