"""Which terms of many thousands a text holds: one pass over its words tells which are worth trying."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
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

    __slots__ = ("_compiled", "language", "owner", "term")

    def __init__(self, owner: Owner, language: str, term: Term) -> None:
        self.owner = owner
        self.language = language
        self.term = term
        self._compiled: re.Pattern[str] | None = None

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
    """What a word may begin: terms that it tells by itself, and terms told by the word that follows."""

    alone: tuple[_Lead[Owner], ...]
    followed: Mapping[str, tuple[_Lead[Owner], ...]]


class _Stems(Generic[Owner]):
    """What to look for first of every term: single words, or beginnings, ends and inner parts of words; and pairs."""

    def __init__(self, entries: Iterable[Entry[Owner]]) -> None:
        alone: dict[str, list[_Lead[Owner]]] = {}
        pairs: dict[str, dict[str, tuple[_Lead[Owner], ...]]] = {}
        for entry in entries:
            for (word, after), anchors in _by_stem(entry.term.anchors).items():
                lead = _Lead(() if word in anchors or f" {word} {after} " in anchors else anchors, entry)
                if after:
                    followed = pairs.setdefault(word, {})
                    followed[after] = (*followed.get(after, ()), lead)
                else:
                    alone.setdefault(word, []).append(lead)
        self._pairs = pairs
        self._parts = ahocorasick.Automaton()
        for part, leads in alone.items():
            self._parts.add_word(part, leads)
        self._parts.make_automaton()

    def of(self, word: str) -> _Known[Owner] | None:
        """What a word may begin; None for nearly every word."""
        alone = tuple(lead for _, leads in self._parts.iter(f" {word} ") for lead in leads)
        followed = self._pairs.get(word, {})
        return _Known(alone, followed) if alone or followed else None


class Matcher(Generic[Owner]):
    """Finds terms in lower-cased text. Safe for several threads: all it changes is what it remembers of words."""

    def __init__(self, terms: Iterable[tuple[Owner, str, Term]]) -> None:
        self._entries = [Entry(owner, language, term) for owner, language, term in terms]
        self._signs: dict[str, list[Entry[Owner]]] = {}
        for entry in self._entries:
            for sign in entry.term.signs:
                self._signs.setdefault(sign, []).append(entry)
        self._known: ByWord[_Known[Owner] | None] = ByWord(_Stems(self._entries).of)
        self._only_beyond = not any(map(str.isascii, self._signs))

    def likely(self, text: Wording) -> Collection[Entry[Owner]]:
        """The terms of which the text holds an anchor, each once: no other can stand in it."""
        words = text.words
        joined = ""
        tried: dict[Entry[Owner], bool] = {}
        for at, known in enumerate(map(self._known.__getitem__, words), 1):
            if known is None:
                continue
            followed = known.followed.get(words[at], ()) if at < len(words) else ()
            for anchors, entry in (*known.alone, *followed):
                joined = joined or text.joined
                if entry not in tried and (not anchors or any(map(joined.__contains__, anchors))):
                    also = entry.term.also
                    tried[entry] = not also or any(map(joined.__contains__, also))
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
