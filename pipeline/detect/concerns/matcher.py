"""Which terms of many thousands a text holds, in one pass: an Aho-Corasick automaton over what every match contains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import ahocorasick

from pipeline.detect.concerns.terms import Term

Owner = TypeVar("Owner")
WINDOW = 160  # characters on each side of an anchor in which the rest of its term must lie
STRIDE = 1_000  # characters read beyond it, so that a text full of anchors is read about once per term


@dataclass(frozen=True, slots=True)
class Hit(Generic[Owner]):
    """A term of `owner`, in its language, from `start` to `end`."""

    owner: Owner
    language: str
    start: int
    end: int


@dataclass(slots=True)
class _Entry(Generic[Owner]):
    """A term on its automaton; its pattern is compiled when it is first asked for."""

    owner: Owner
    language: str
    term: Term
    compiled: re.Pattern[str] | None = None

    def pattern(self) -> re.Pattern[str]:
        if self.compiled is None:
            self.compiled = re.compile(self.term.pattern)
        return self.compiled


class Matcher(Generic[Owner]):
    """Finds terms in lower-cased text. Safe for several threads: all it changes is the caching of patterns."""

    def __init__(self, terms: Iterable[tuple[Owner, str, Term]]) -> None:
        self._entries = [_Entry(owner, language, term) for owner, language, term in terms]
        places: dict[str, dict[tuple[bool, bool], list[_Entry[Owner]]]] = {}
        for entry in self._entries:
            for text, left, right in set(entry.term.anchors):
                places.setdefault(text, {}).setdefault((left, right), []).append(entry)
        self._automaton = ahocorasick.Automaton()
        for text, by_edges in places.items():
            groups = [(left, right, entries) for (left, right), entries in by_edges.items()]
            word = all(left for left, _, _ in groups), all(right for _, right, _ in groups)
            self._automaton.add_word(text, (len(text), *word, groups))
        self._automaton.make_automaton()

    def may_hold(self, low: str) -> bool:
        """False only if `find` would yield nothing."""
        return any(True for _ in self.find(low))

    def find(self, low: str) -> Iterator[Hit[Owner]]:
        """Every place where a term stands, once per term and place, in no order that means anything."""
        scanned: dict[int, tuple[int, int]] = {}
        size = len(low)
        for last, (length, starts_word, ends_word, groups) in self._automaton.iter(low):
            start, end = last + 1 - length, last + 1
            begins = start == 0 or not (low[start - 1].isalnum() or low[start - 1] == "_")
            if starts_word and not begins:
                continue
            stops = end == size or not (low[end].isalnum() or low[end] == "_")
            if ends_word and not stops:
                continue
            for left, right, entries in groups:
                if (begins or not left) and (stops or not right):
                    for entry in entries:
                        yield from self._matches(entry, low, start, end, scanned)

    @staticmethod
    def _matches(
        entry: _Entry[Owner], low: str, start: int, end: int, scanned: dict[int, tuple[int, int]]
    ) -> Iterator[Hit[Owner]]:
        if entry.term.plain:
            yield Hit(entry.owner, entry.language, start, end)
            return
        matched, read = scanned.get(id(entry), (0, 0))
        if end + WINDOW <= read or (read == len(low) and read):
            return
        stop = min(len(low), end + WINDOW + STRIDE)
        for match in entry.pattern().finditer(low, max(matched, start - WINDOW), stop):
            matched = match.end()
            yield Hit(entry.owner, entry.language, match.start(), matched)
        scanned[id(entry)] = (matched, stop)

    def find_slowly(self, low: str) -> Iterator[Hit[Owner]]:
        """The same without the automaton: what a test compares `find` with."""
        for entry in self._entries:
            for match in entry.pattern().finditer(low):
                yield Hit(entry.owner, entry.language, match.start(), match.end())
