"""Whether words are said of somebody: references to persons in a text, and which of them reach a given place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.detect.concerns.lexicon import NAMED, TRACED, CueSet
from pipeline.detect.finding import Entity, Finding

NEAR_BEFORE, NEAR_AFTER = 7, 4  # words between a pronoun and what is said of it
SHORT = 320  # characters: in a text as short as this, a name anywhere is the one spoken of
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n")
_MENTION = re.compile(r"(?<![\w.])@(?!eslov|kommun)\w[\w.]+", re.IGNORECASE)
_TRACEABLE = frozenset(
    {Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER, Entity.SE_VEHICLE_PLATE, Entity.SE_ADDRESS, Entity.FOREIGN_ID}
)
_FEW = 4  # words: a comment this short is said to somebody


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of text: a reference, a cue or a term."""

    start: int
    end: int


class Surroundings:
    """What stands around the words of one text: sentences, references by kind, cues by name."""

    def __init__(
        self,
        low: str,
        findings: Sequence[Finding],
        references: Mapping[str, list[Place]],
        cues: Mapping[str, list[Place]],
        cue_sets: Mapping[str, CueSet],
    ) -> None:
        self._low = low
        self._cue_sets = cue_sets
        self._cues = dict(cues)
        self._ends = [m.end() for m in _SENTENCE_END.finditer(low)]
        self._references = dict(references)
        self._references[NAMED] = [
            *(Place(f.start, f.end) for f in findings if f.type is Entity.PERSON),
            *(Place(m.start(), m.end()) for m in _MENTION.finditer(low)),
        ]
        self._references[TRACED] = [Place(f.start, f.end) for f in findings if f.type in _TRACEABLE and not f.public]
        for kind in ("relative", "child"):
            places = self._references.get(kind, [])
            self._references[kind] = [place for place in places if not self.cued(place, "indefinite")]
        if len(low.split()) <= _FEW:
            self._references.setdefault("you", []).append(Place(0, len(low)))
        if self._references[TRACED]:
            addresses = [Place(f.start, f.end) for f in findings if f.type is Entity.SE_ADDRESS]
            self._cues["whereabouts"] = [*self._cues.get("whereabouts", ()), *addresses]

    def someone(self, hit: Place, about: Iterable[str], reach: str | None) -> str | None:
        """The first kind of person in `about` of whom `hit` is said, or None."""
        for kind in about:
            for place in self._references.get(kind, ()):
                if self._reaches(place, hit, kind, reach):
                    return kind
        return None

    def cued(self, hit: Place, name: str) -> bool:
        """True if the cue stands where it silences (or is needed by) `hit`."""
        cue, places = self._cue_sets[name], self._cues.get(name, ())
        if cue.where == "text":
            return bool(places)
        if cue.where == "sentence":
            return any(self._sentence(place) == self._sentence(hit) for place in places)
        return any(
            place.start <= hit.start and self._words_between(place, hit) <= cue.words and self._same(place, hit)
            for place in places
        )

    def _reaches(self, place: Place, hit: Place, kind: str, reach: str | None) -> bool:
        if reach == "text":
            return True
        if reach == "paragraph" and kind in {"relative", "child", NAMED}:
            return True
        if kind in {NAMED, TRACED} and reach in {None, "paragraph"}:
            return len(self._low) <= SHORT or abs(self._sentence(place) - self._sentence(hit)) <= 1
        if not self._same(place, hit):
            return False
        if reach == "sentence" or (reach != "near" and kind in {"relative", "child", "third", "role"}):
            return True
        limit = NEAR_BEFORE if place.start <= hit.start else NEAR_AFTER
        return self._words_between(place, hit) <= limit

    def _sentence(self, place: Place) -> int:
        return bisect_right(self._ends, place.start)

    def _same(self, one: Place, other: Place) -> bool:
        return self._sentence(one) == self._sentence(other)

    def _words_between(self, one: Place, other: Place) -> int:
        left, right = (one, other) if one.start <= other.start else (other, one)
        return self._low[left.end : right.start].count(" ") if left.end < right.start else 0
