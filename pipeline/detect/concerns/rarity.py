"""How rare the words of a term are: which of them to look for first in a text. Only speed hangs on it."""

from __future__ import annotations

import math
from itertools import pairwise

_EVERYWHERE, _OFTEN = 0.4, 0.05
_WORD, _NUMBER, _LETTER, _CUT = 0.004, 0.002, 0.9, 3.0  # of two letters; one more letter; without an edge
_SHORT = 3  # letters: fewer are a part of many words
_PAIR = 0.1  # two common words are neighbours so much more seldom
_SMALLEST_WORDS = """
    alla att av bra den det dig du e en er ett finns för från får går har hur här i inte jag kan kommer man med men min
    ni och om på ska som så ta tack till var vi vid vår är
"""
_SMALLEST = frozenset(_SMALLEST_WORDS.split())
"""Words that one comment in ten holds, or more."""
_COMMON_WORDS = """
    a about ale ali alla allt alltid am an and andra annan annat ansvarig ansvariga ar are at att av az bad bara
    barn blev bli blir blivit bo bor borde bort bra by być bäst bättre båda både ce co czy da dag dagar dagen de dej
    del dem den denna deras dessa det detta dig din dina ditt dla do dom du där då dålig dåligt efter ei eller en er
    era ert et eto ett ex fel fick fin fina finns fint fler flera for fortfarande fra fram från få får fått för före
    första ge ger gick gillar gjorde gjort glad god gott gå gång gången gånger går gör göra ha had hade han hans har
    has hat have he hela heller helt hem hemma hennes her here hit hittar hjälp hon honom hoppas hos hur hva här
    håller hör höra i ibland ich icke igen ihop ikke il illa im in inga ingen inget innan inne inte is ist it ja jag
    jak je jeg jest ju just ka kan kanske klart knappt kom komma kommer kommun kommunen ku kun kunde kunna kunnat
    kväl kväll köpa köper kör köra la ligger lika lite liten länge längre låg låta låter ma man med mej mellan
    men mer mest mi mig min mina mit mitt moj moja mot my mycket många måste mój na natt natten ne nej nem ner ni
    nie noe not nu ny nya nytt när nära nästa någon någonting något några nån nånting når o och också of off ofta og
    olika om on ona oni oo or oraz oss our out po på redan rätt sa sade samma samt se sedan sen ser sex si sie sin
    sina sist sista sitt sitter się själv ska skall skola skolan skulle slut snart so som stod stor stora ställe
    ställer står större su säga säger sätt så sådan sån sånt ta tack tagit tar the them they this tid tiden til till
    titta to tog torget tre tro tror tu två tycker u und under upp ur ut utan ute uu va vad var vara varför varit
    varje vart vem vet veta vi via vid vilka vilken vilket vill ville visst väg vägen väl vän vår våra vårt w wa waa
    was we were will with would xa you your z za ze zu än ändå är äter även å år åt æ öppet över в до з на не та у
    це що я як і
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that many texts hold, in the languages of the lexicons: not worth looking for first."""


def often(anchors: tuple[str, ...]) -> float:
    """How often one of the anchors is come upon by its stem in an ordinary text: a guess, good for comparing."""
    stems = set(map(stem, anchors))
    return sum(_likely(one) if not two else _PAIR * _likely(f" {one} ") * _likely(f" {two} ") for one, two in stems)


def stem(anchor: str) -> tuple[str, str]:
    """What to look for first of an anchor: its two rarest neighbours, or its rarest word and "" where it has no two.

    A single word keeps its edges: " hem" is one that begins so. Of two both are whole, without spaces.
    """
    words = [f" {word} " for word in anchor.split()]
    words[0] = words[0] if anchor.startswith(" ") else words[0].lstrip()
    words[-1] = words[-1] if anchor.endswith(" ") else words[-1].rstrip()
    pairs = [(one, two) for one, two in pairwise(words) if one.startswith(" ") and two.endswith(" ")]
    if not pairs:
        return min(words, key=_likely), ""
    one, two = min(pairs, key=lambda pair: _likely(pair[0]) * _likely(pair[1]))
    return one.strip(), two.strip()


def _likely(word: str) -> float:
    """How likely an ordinary text holds a word (with its edges, or none of them for one of two)."""
    plain = word.strip()
    cut = (not word.startswith(" ")) + (not word.endswith(" "))
    if cut and (plain in _COMMON or (plain.isalpha() and len(plain) < _SHORT)):
        return 1.0 + cut
    if plain in _COMMON:
        return _EVERYWHERE if plain in _SMALLEST else _OFTEN
    rare = math.pow(_LETTER, len(plain) - 2) * math.pow(_CUT, cut)
    return min(1.0, (_WORD if plain.isalpha() else _NUMBER) * rare)
