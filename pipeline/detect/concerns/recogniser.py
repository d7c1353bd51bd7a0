"""What a text says of whom: lexicon terms that no cue silences and that reach a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.detect.concerns.about import Place, Surroundings
from pipeline.detect.concerns.language import spoken
from pipeline.detect.concerns.lexicon import Lexicon, Rule
from pipeline.detect.concerns.matcher import Hit, Matcher
from pipeline.detect.finding import Concern, ConcernFinding, Explanation, Finding

_KIN = frozenset({"relative", "child", "named"})


class LexiconRecogniser:
    """Finds concerns with lexicons; fills the port `ConcernRecogniser`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._rules = Matcher((rule, lang, term) for rule in lexicon.rules for lang, term in rule.terms)
        self._context = Matcher(
            [
                *((("reference", k), lang, term) for k, terms in lexicon.references.items() for lang, term in terms),
                *((("cue", name), lang, term) for name, cue in lexicon.cues.items() for lang, term in cue.terms),
            ]
        )

    def may_hold(self, text: str) -> bool:
        """False only if `find_concerns` would find nothing, whatever the findings."""
        return self._rules.may_hold(lowered(text))

    def find_concerns(self, text: str, findings: Sequence[Finding]) -> tuple[ConcernFinding, ...]:
        """The concerns, one finding per rule, in the order of the text."""
        low = lowered(text)
        hits = list(self._rules.find(low))
        if not hits:
            return ()
        languages = spoken(low, self._lexicon.languages)
        hits = [hit for hit in hits if hit.language in languages]
        if not hits:
            return ()
        around = self._surroundings(low, findings, languages)
        best: dict[str, ConcernFinding] = {}
        for found in self._judged(hits, around):
            known = best.get(found.rule)
            if known is None or (found.certain, found.score, -found.start) > (known.certain, known.score, -known.start):
                best[found.rule] = found
        return tuple(sorted(best.values(), key=lambda f: (f.start, f.rule)))

    def _surroundings(self, low: str, findings: Sequence[Finding], languages: frozenset[str]) -> Surroundings:
        references: dict[str, list[Place]] = {}
        cues: dict[str, list[Place]] = {}
        for hit in self._context.find(low):
            if hit.language not in languages:
                continue
            role, name = hit.owner
            (references if role == "reference" else cues).setdefault(name, []).append(Place(hit.start, hit.end))
        return Surroundings(low, findings, references, cues, self._lexicon.cues)

    def _judged(self, hits: list[Hit[Rule]], around: Surroundings) -> Iterator[ConcernFinding]:
        for hit in hits:
            rule, place = hit.owner, Place(hit.start, hit.end)
            kind = around.someone(place, rule.about, rule.reach) if rule.about else "nobody"
            if kind is None or self._silenced(rule, place, kind, around):
                continue
            if rule.needs and not any(around.cued(place, name) for name in rule.needs):
                continue
            yield ConcernFinding(
                rule.concern, hit.start, hit.end, rule.score, rule.id, certain=rule.certain,
                why=Explanation("lexicon", context=(kind,)),
            )  # fmt: skip

    def _silenced(self, rule: Rule, place: Place, kind: str, around: Surroundings) -> bool:
        for name in rule.unless:
            if name == "general" and kind in _KIN:
                continue
            if around.cued(place, name):
                return True
        return False


def lowered(text: str) -> str:
    """The text in lower case with every offset kept: the few letters that grow are left as they are."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


__all__ = ["Concern", "LexiconRecogniser", "lowered"]
