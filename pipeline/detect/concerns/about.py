"""Whether words are said of somebody: references to persons in a text, and which of them reach a given place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.detect.concerns.lexicon import NAMED, TRACED, CueSet
from pipeline.detect.finding import Entity, Finding

NEAR_BEFORE, NEAR_AFTER = 7, 4  # words between a pronoun and what is said of it
SHORT = 320  # characters: in a text as short as this, a name anywhere is the one spoken of
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n")
_MENTION = re.compile(r"(?<![\w.])@(?!eslov|kommun)\w[\w.]+", re.IGNORECASE)
_TRACEABLE = frozenset(
    {Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER, Entity.SE_VEHICLE_PLATE, Entity.SE_ADDRESS, Entity.FOREIGN_ID}
)
ANSWERED = ("whereabouts", "place-given")  # cues that an address that is found answers
_NEAREST_FIRST = (NAMED, "child", "relative", TRACED, "role", "third", "self", "you")  # whom words are said of, rather
_FEW = 4  # words: a comment this short is said to somebody


def is_short(low: str) -> bool:
    """Whether a text is so short that it is said to somebody."""
    return len(low.split(maxsplit=_FEW)) <= _FEW


class Place(NamedTuple):
    """A stretch of text: a reference, a cue or a term."""

    start: int
    end: int


class _Spread(NamedTuple):
    """Places in order, and the sentences they stand in."""

    places: list[Place]
    starts: list[int]
    sentences: frozenset[int]

    def before(self, hit: Place) -> Place | None:
        """The nearest that begins no later than `hit`."""
        at = bisect_right(self.starts, hit.start)
        return self.places[at - 1] if at else None

    def only_in(self, hit: Place) -> bool:
        """Whether all of them overlap `hit`: "socialsekreteraren" is a word of care and no client of it."""
        return all(place.start < hit.end and hit.start < place.end for place in self.places)

    def after(self, hit: Place) -> Place | None:
        """The nearest that begins later than `hit`."""
        at = bisect_right(self.starts, hit.start)
        return self.places[at] if at < len(self.places) else None


class Surroundings:
    """What stands around the words of one text: sentences, references by kind, cues by name."""

    def __init__(
        self,
        low: str,
        findings: Sequence[Finding],
        places: Callable[[str, str], list[Place]],
        cue_sets: Mapping[str, CueSet],
    ) -> None:
        self._low = low
        self._findings = findings
        self._places = places
        self._ends = [m.end() for m in _SENTENCE_END.finditer(low)]
        self._cue_sets = cue_sets
        self._cues: dict[str, _Spread] = {}
        self._people: dict[str, _Spread] = {}

    def _kind(self, kind: str) -> _Spread:
        """Where persons of a kind are spoken of; looked for when first asked for."""
        if kind not in self._people:
            self._people[kind] = self._spread(self._find_people(kind))
        return self._people[kind]

    def _find_people(self, kind: str) -> list[Place]:
        if kind == NAMED:
            named = [Place(f.start, f.end) for f in self._findings if f.type is Entity.PERSON]
            return named + [Place(*m.span()) for m in _MENTION.finditer(self._low)] if "@" in self._low else named
        if kind == TRACED:
            return [Place(f.start, f.end) for f in self._findings if f.type in _TRACEABLE and not f.public]
        places = self._places("reference", kind)
        if kind in ("relative", "child"):
            return [place for place in places if not self.cued(place, "indefinite")]
        if kind == "you" and not places and is_short(self._low):
            return [Place(0, len(self._low))]
        return places

    def _cue(self, name: str) -> _Spread:
        """Where a cue stands; looked for when first asked for."""
        if name not in self._cues:
            places = self._places("cue", name)
            if name in ANSWERED:
                places += [
                    Place(f.start, f.end) for f in self._findings if f.type is Entity.SE_ADDRESS and not f.public
                ]
            self._cues[name] = self._spread(places)
        return self._cues[name]

    def someone(self, hit: Place, about: Iterable[str], reach: str | None) -> str | None:
        """The first kind of person in `about` of whom `hit` is said, or None."""
        for kind in filter(frozenset(about).__contains__, _NEAREST_FIRST):
            people = self._kind(kind)
            if not people.places or (kind == "role" and people.only_in(hit)):
                continue
            if self._reaches(people, hit, kind, reach):
                return kind
        return None

    def cued(self, hit: Place, name: str) -> bool:
        """True if the cue stands where it silences (or is needed by) `hit`."""
        cue, spread = self._cue_sets[name], self._cue(name)
        if not spread.places:
            return False
        if cue.where == "text":
            return True
        sentence = self._sentence(hit)
        if sentence not in spread.sentences:
            return False
        if cue.where == "sentence":
            return True
        before = spread.before(hit)
        return before is not None and self._sentence(before) == sentence and self._words(before, hit) <= cue.words

    def _reaches(self, people: _Spread, hit: Place, kind: str, reach: str | None) -> bool:
        if reach == "text" or (reach == "paragraph" and kind in {"relative", "child", NAMED}):
            return True
        sentence = self._sentence(hit)
        if kind in {NAMED, TRACED} and reach in {None, "paragraph"}:
            beside = {sentence - 1, sentence, sentence + 1}
            return len(self._low) <= SHORT or not beside.isdisjoint(people.sentences)
        if sentence not in people.sentences:
            return False
        if reach == "sentence" or (reach != "near" and kind in {"relative", "child", "third", "role"}):
            return True
        before, after = people.before(hit), people.after(hit)
        if before is not None and self._sentence(before) == sentence and self._words(before, hit) <= NEAR_BEFORE:
            return True
        return after is not None and self._sentence(after) == sentence and self._words(after, hit) <= NEAR_AFTER

    def _spread(self, places: Iterable[Place]) -> _Spread:
        ordered = sorted(places, key=lambda place: place.start)
        return _Spread(ordered, [p.start for p in ordered], frozenset(map(self._sentence, ordered)))

    def _sentence(self, place: Place) -> int:
        return bisect_right(self._ends, place.start)

    def _words(self, one: Place, other: Place) -> int:
        """The spaces between two places, which is about the words between them."""
        left, right = (one, other) if one.start <= other.start else (other, one)
        return self._low.count(" ", left.end, right.start)
