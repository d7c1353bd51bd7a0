"""What a text says of whom: lexicon terms that no cue silences and that reach a person."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.concerns.about import Place, Surroundings
from pipeline.detect.concerns.language import spoken
from pipeline.detect.concerns.lexicon import Lexicon, Rule
from pipeline.detect.concerns.matcher import Hit, Matcher
from pipeline.detect.concerns.tone import Tone, ToneModel
from pipeline.detect.finding import ConcernFinding, Entity, Explanation, Finding

MOST_HITS = 60  # of one rule in one text; nobody writes more, but to hide one among them
FLOODED = 0.5
_KIN = frozenset({"relative", "child", "named"})
_OF_NOBODY = frozenset({"general", "announcement", "news", "asked"})  # cues that say nothing when one's kin or a name is spoken of


class LexiconRecogniser:
    """Finds concerns with lexicons; fills the port `ConcernRecogniser`."""

    def __init__(self, lexicon: Lexicon, tone: ToneModel | None = None) -> None:
        self._lexicon = lexicon
        self._tone = tone
        self._tone_rules = {rule.concern: rule for rule in lexicon.rules if rule.model}
        self.rules = Matcher((rule, lang, term) for rule in lexicon.rules for lang, term in rule.terms)
        self._context = Matcher(
            [
                *((("reference", k), lang, term) for k, terms in lexicon.references.items() for lang, term in terms),
                *((("cue", name), lang, term) for name, cue in lexicon.cues.items() for lang, term in cue.terms),
            ]
        )

    def may_hold(self, text: str) -> bool:
        """False only if `find_concerns` would find nothing, whatever the findings."""
        low = lowered(text)
        return self.rules.may_hold(low) or (self._tone is not None and self._tone.may_say(low))

    def find_concerns(self, text: str, findings: Sequence[Finding]) -> tuple[ConcernFinding, ...]:
        """The concerns, at most one finding per rule, in the order of the text."""
        low = lowered(text)
        hits = list(self.rules.find(low))
        tones = self._tone.says(low, findings) if self._tone else []
        if not hits and not tones:
            return ()
        languages = spoken(low, self._lexicon.languages)
        by_rule: dict[str, list[Hit[Rule]]] = {}
        for hit in sorted(hits, key=lambda hit: hit.start):
            if hit.language in languages and not _in_a_name(hit, findings):
                by_rule.setdefault(hit.owner.id, []).append(hit)
        if not by_rule and not tones:
            return ()
        around = self._surroundings(low, findings, languages)
        found = [finding for those in by_rule.values() if (finding := self._judged(those, around))]
        known = {finding.concern for finding in found}
        found += [finding for tone in tones if tone.concern not in known and (finding := self._toned(tone, around))]
        return tuple(sorted(found, key=lambda f: (f.start, f.rule)))

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

    def _surroundings(self, low: str, findings: Sequence[Finding], languages: frozenset[str]) -> Surroundings:
        references: dict[str, list[Place]] = {}
        cues: dict[str, list[Place]] = {}
        for hit in self._context.find(low):
            if hit.language not in languages:
                continue
            role, name = hit.owner
            (references if role == "reference" else cues).setdefault(name, []).append(Place(hit.start, hit.end))
        return Surroundings(low, findings, references, cues, self._lexicon.cues)

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
            if name in _OF_NOBODY and kind in _KIN:
                continue
            if around.cued(place, name):
                return True
        return False


def _in_a_name(hit: Hit[Rule], findings: Sequence[Finding]) -> bool:
    """A word that is part of somebody's name says nothing of them."""
    return any(f.type is Entity.PERSON and f.start <= hit.start and hit.end <= f.end for f in findings)


def lowered(text: str) -> str:
    """The text in lower case with every offset kept: the few letters that grow are left as they are."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
