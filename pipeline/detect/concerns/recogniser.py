"""What a text says of whom: lexicon terms that no cue silences and that reach a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.detect.concerns.about import ANSWERED, Place, Surroundings, is_short
from pipeline.detect.concerns.beside import may_add
from pipeline.detect.concerns.language import Languages
from pipeline.detect.concerns.lexicon import NAMED, TRACED, Lexicon, Rule
from pipeline.detect.concerns.matcher import Entry, Hit, Matcher
from pipeline.detect.concerns.tone import Tone, ToneModel
from pipeline.detect.finding import ConcernFinding, Entity, Explanation, Finding
from pipeline.detect.wording import AT_HAND, Wording, wording

MOST_HITS = 60  # of one rule in one text; nobody writes more, but to hide one among them
FLOODED = 0.5
_KIN = frozenset({"relative", "child", "named"})
_MANY = "many"  # an authority or a crowd is no person: it spares whoever else is spoken of
_OF_NOBODY = frozenset({"general", "announcement", "news", "asked"})  # they spare one's kin and whoever is named


_Near = dict[tuple[str, str], list[Entry[tuple[str, str]]]]
"""Terms by what they are of: ("reference", kind) or ("cue", name)."""


class _Said(NamedTuple):
    """The terms of rules in a text, the references and cues near them, and the languages it may be in."""

    hits: list[Hit[Rule]]
    near: _Near
    languages: frozenset[str]


_NOTHING = _Said([], {}, frozenset())


class LexiconRecogniser:
    """Finds concerns with lexicons; fills the port `ConcernRecogniser`."""

    def __init__(self, lexicon: Lexicon, tone: ToneModel | None = None) -> None:
        self._lexicon = lexicon
        self._tone = tone
        self._tone_rules = {rule.concern: rule for rule in lexicon.rules if rule.model}
        self.rules = Matcher((rule, lang, term) for rule in lexicon.rules for lang, term in rule.terms)
        self._languages = Languages(lexicon.languages)
        self._hits = lru_cache(maxsize=AT_HAND)(self._found)
        self._context = Matcher(
            [
                *((("reference", k), lang, term) for k, terms in lexicon.references.items() for lang, term in terms),
                *((("cue", name), lang, term) for name, cue in lexicon.cues.items() for lang, term in cue.terms),
            ]
        )

    def may_hold(self, text: str, *, named: bool, traced: bool) -> bool:
        """False only if `find_concerns` would find nothing, whatever the findings of those kinds."""
        told, said = wording(text), self._hits(text)
        if said.hits:
            near, few, mentioned = said.near, is_short(told.low), named or "@" in told.marks
            if any(_may_stand(hit.owner, near, few=few, named=mentioned, traced=traced) for hit in said.hits):
                return True
        if self._tone is None or not self._tone.may_say(told):
            return False
        return named or bool(self._tone.says(told, ()))

    def find_concerns(self, text: str, findings: Sequence[Finding]) -> tuple[ConcernFinding, ...]:
        """The concerns, at most one finding per rule, in the order of the text."""
        told = wording(text)
        tones = self._tone.says(told, findings) if self._tone else []
        said = self._hits(text)
        if not said.hits and not tones:
            return ()
        by_rule: dict[str, list[Hit[Rule]]] = {}
        for hit in said.hits:
            if not _in_a_name(hit, findings):
                by_rule.setdefault(hit.owner.id, []).append(hit)
        around = self._surroundings(told, findings, said)
        found = [finding for those in by_rule.values() if (finding := self._judged(those, around))]
        for tone in sorted(tones, key=lambda tone: -tone.probability):
            known = frozenset(finding.concern for finding in found)
            if may_add(tone, known) and (finding := self._toned(tone, around)):
                found.append(finding)
        return tuple(sorted(found, key=lambda f: (f.start, f.rule)))

    def _found(self, text: str) -> _Said:
        """The terms of rules in a text, in its order, but for rules whose persons or cues cannot be there."""
        told = wording(text)
        hits = list(self.rules.find(told))
        if not hits:
            return _NOTHING
        near = self._near(told)
        few = is_short(told.low)
        hits = [hit for hit in hits if _may_stand(hit.owner, near, few=few, named=True, traced=True)]
        if not hits:
            return _NOTHING
        languages = self._languages.spoken(told)
        hits = [hit for hit in hits if hit.language in languages]
        return _Said(sorted(hits, key=lambda hit: (hit.start, hit.end)), near, languages)

    def _near(self, told: Wording) -> _Near:
        """The references and cues that a text may hold."""
        near: _Near = {}
        for entry in self._context.likely(told):
            near.setdefault(entry.owner, []).append(entry)
        return near

    def _toned(self, tone: Tone, around: Surroundings) -> ConcernFinding | None:
        """What the model says, if its rule's person is there and no cue silences it; never certain."""
        rule = self._tone_rules.get(tone.concern)
        if rule is None:
            return None
        place = Place(tone.start, tone.end)
        kind = around.someone(place, rule.about, rule.reach) if rule.about else "nobody"
        if kind is None or self._silenced(rule, place, kind, around):
            return None
        why = Explanation("tone", context=(kind,))
        return ConcernFinding(tone.concern, tone.start, tone.end, round(tone.probability, 2), rule.id, why=why)

    def _surroundings(self, told: Wording, findings: Sequence[Finding], said: _Said) -> Surroundings:
        near = said.near if said.hits else self._near(told)
        languages = said.languages if said.hits else self._languages.spoken(told)

        def places(role: str, name: str) -> list[Place]:
            those = (entry for entry in near.get((role, name), ()) if entry.language in languages)
            return [Place(hit.start, hit.end) for entry in those for hit in entry.hits(told.low)]

        return Surroundings(told.low, findings, places, self._lexicon.cues)

    def _judged(self, hits: list[Hit[Rule]], around: Surroundings) -> ConcernFinding | None:
        """The first of one rule's hits that stands; a text with ever more of them goes to people unjudged."""
        for hit in hits[:MOST_HITS]:
            rule, place = hit.owner, Place(hit.start, hit.end)
            kind = around.someone(place, rule.about, rule.reach) if rule.about else "nobody"
            if kind is None or self._silenced(rule, place, kind, around):
                continue
            if rule.needs and not any(around.cued(place, name) for name in rule.needs):
                continue
            why = Explanation("lexicon", context=(kind,))
            return ConcernFinding(rule.concern, hit.start, hit.end, rule.score, rule.id, certain=rule.certain, why=why)
        if len(hits) > MOST_HITS:
            first = hits[0]
            why = Explanation("too-many-to-judge")
            return ConcernFinding(first.owner.concern, first.start, first.end, FLOODED, first.owner.id, why=why)
        return None

    def _silenced(self, rule: Rule, place: Place, kind: str, around: Surroundings) -> bool:
        for name in rule.unless:
            if (name in _OF_NOBODY and kind in _KIN) or (name == _MANY and kind != "you"):
                continue
            if around.cued(place, name):
                return True
        return False


def _may_stand(rule: Rule, near: _Near, *, few: bool, named: bool, traced: bool) -> bool:
    """False only if none of the persons, or none of the cues, that the rule needs can be in the text."""
    if rule.needs and not any(("cue", name) in near or (traced and name in ANSWERED) for name in rule.needs):
        return False
    there = {NAMED: named, TRACED: traced, "you": few}
    return not rule.about or any(("reference", kind) in near or there.get(kind, False) for kind in rule.about)


def _in_a_name(hit: Hit[Rule], findings: Sequence[Finding]) -> bool:
    """A word that is part of somebody's name says nothing of them."""
    return any(f.type is Entity.PERSON and f.start <= hit.start and hit.end <= f.end for f in findings)
