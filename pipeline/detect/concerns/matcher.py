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
        by_anchor: dict[str, list[_Entry[Owner]]] = {}
        self._entries = [_Entry(owner, language, term) for owner, language, term in terms]
        for entry in self._entries:
            for anchor in set(entry.term.anchors):
                by_anchor.setdefault(anchor, []).append(entry)
        self._automaton = ahocorasick.Automaton()
        for anchor, entries in by_anchor.items():
            self._automaton.add_word(anchor, (len(anchor), entries))
        self._automaton.make_automaton()

    def may_hold(self, low: str) -> bool:
        """False only if `find` would yield nothing."""
        return any(True for _ in self.find(low))

    def find(self, low: str) -> Iterator[Hit[Owner]]:
        """Every place where a term stands, once per term and place, in no order that means anything."""
        scanned: dict[int, int] = {}
        for last, (length, entries) in self._automaton.iter(low):
            start, end = last + 1 - length, last + 1
            for entry in entries:
                term = entry.term
                if term.literal is not None:
                    if (term.left and start and low[start - 1].isalnum()) or (
                        term.right and end < len(low) and low[end].isalnum()
                    ):
                        continue
                    yield Hit(entry.owner, entry.language, start, end)
                    continue
                begin = max(scanned.get(id(entry), 0), start - WINDOW)
                for match in entry.pattern().finditer(low, begin, end + WINDOW):
                    scanned[id(entry)] = match.end()
                    yield Hit(entry.owner, entry.language, match.start(), match.end())

    def find_slowly(self, low: str) -> Iterator[Hit[Owner]]:
        """The same without the automaton: what a test compares `find` with."""
        for entry in self._entries:
            for match in entry.pattern().finditer(low):
                yield Hit(entry.owner, entry.language, match.start(), match.end())
