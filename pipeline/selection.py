"""May people be selected by these words? No, where they tell what is sensitive of a person.

Dataskyddslagen (2018:218) 3 kap. 3 § forbids an authority to search for a selection of persons by sensitive personal
data, and every find of ours names an author. Words that our lexicons know as such are refused, and are not in the
index either; a municipality's own posts select nobody, so there they may be searched for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations

from pipeline.detect.concerns.lexicon import Lexicon
from pipeline.detect.concerns.matcher import Matcher
from pipeline.detect.finding import Concern
from pipeline.detect.wording import wording
from pipeline.searchwords import is_searchable, stem, words

LAW = "dataskyddslagen (2018:218) 3 kap. 3 §"
SENSITIVE = frozenset({Concern.HEALTH, Concern.SPECIAL_CATEGORY, Concern.CRIME, Concern.PROTECTED_IDENTITY})
"""GDPR articles 9 and 10, and who is protected from being found. What a department does (a school, home help) is not
sensitive by itself: what it does for somebody is found as a concern and covered."""
_STEMMED = "sv"
_TOPICS: dict[Concern, str] = {
    Concern.HEALTH: "sjuk sjuka sjukdom sjukdomar funktionshinder handikapp diagnos beroende covid corona",
    Concern.SPECIAL_CATEGORY: "sexualitet homosexualitet bisexualitet läggning könsidentitet religion islam kristendom "
    "judendom religiös troende etnicitet folkgrupp romer hudfärg ras rasifierad utvisning facket facklig fackförening "
    "partimedlem moderat",
    Concern.CRIME: "brott brottslig brottsling kriminell kriminella stöld stölder rån rånare våldsbrott sexualbrott "
    "livstid",
    Concern.PROTECTED_IDENTITY: "sekretessmarkering sekretessmarkerad skyddad",
}
"""What such things are called where nobody is spoken of, which the lexicons have no use for."""


class Selection:
    """Knows the words that nobody may be selected by."""

    def __init__(self, lexicon: Lexicon) -> None:
        rules = [rule for rule in lexicon.rules if rule.concern in SENSITIVE]
        terms = [(rule.concern, lang, term) for rule in rules for lang, term in rule.terms]
        self._matcher = Matcher(terms)
        plain = [(concern, term.plain.text) for concern, lang, term in terms if lang == _STEMMED and term.plain]
        topics = [(concern, each) for concern, told in _TOPICS.items() for each in told.split()]
        self._stems = {stem(each): concern for concern, each in plain + topics if is_searchable(each)}

    def refuses(self, asked: str) -> Concern | None:
        """What sensitive thing the words of a search tell, in their order or, two by two, in any; None if nothing."""
        for text in (asked, *(" ".join(two) for two in permutations(asked.split(), 2))):
            for hit in self._matcher.find(wording(text)):
                return hit.owner
        return next((self._stems[each] for each in sorted(words(asked)) if each in self._stems), None)

    def searchable(self, pieces: Iterable[str]) -> frozenset[str]:
        """The words of a text (see `searchwords.words`) but those that nobody may be selected by."""
        found: set[str] = set()
        for piece in pieces:
            told = wording(piece)
            for text in _without([(hit.start, hit.end) for hit in self._matcher.find(told)], told.low):
                found |= words(text)
        return frozenset(found) - self._stems.keys()


def _without(spans: list[tuple[int, int]], text: str) -> Iterator[str]:
    """The text between the words that a span touches."""
    shown = 0
    for start, end in sorted(spans):
        while start > shown and text[start - 1].isalnum():
            start -= 1  # noqa: PLW2901  # to the beginning of the word
        yield text[shown : max(shown, start)]
        while end < len(text) and text[end].isalnum():
            end += 1  # noqa: PLW2901  # to the end of the word
        shown = max(shown, end)
    yield text[shown:]
