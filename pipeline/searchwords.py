"""Which words of a text it can be found by: stems of whole words, never a number, and never a word that says nothing.

Numbers are left out whether detection knows them or not: nobody is to be found by a number in what they wrote.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
SHORTEST = 3  # letters; shorter ones are too common, or name a party
_LONGEST = 64
_COMMON_WORDS = """
alla allt att av bara bli blir blev bort borde både båda börja dag dags de dem den denna deras dess dessa det detta
dig din dina ditt där därför då efter eftersom egen ej eller en er era ers ert ett fick finns fram framför från få
får för före gick ge ger genom gjorde gjort gå går gör göra ha hade han hans har hela hellre henne hennes hej heller
hit hon honom hur här i icke igen igår ihop in inga ingen inget innan inne inom inte ja jag jo ju just kan kanske
kom komma kommer kunde kunna känns lite man massa med medan mellan men mer mest mig min mina mitt mot mycket måste
möjligt många någon någonting något några när nog nu nya nytt ny också och oss på redan samma sedan sen sig sin sina
sitt själv ska skall skulle slut snart som stor stora så sådan sådana sådant säga säger sätt ta tack tar till tog
trots tycker under upp ur ut utan vad var vara varför varit varje vars vart vem vet vi vid vidare vilka vilkas
vilken vilket vill ville väl även över åt än ändå är and are but for from has have not that the there they this was
were what when will with you your
"""
_LEFT = ("an", "et")
_COMMON = frozenset(_COMMON_WORDS.split())


def words(text: str) -> frozenset[str]:
    """The stems that a text can be found by."""
    found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return frozenset(stem(each) for each in found if _LETTERS.fullmatch(each) and is_searchable(each))


def is_searchable(word: str) -> bool:
    """Whether a word (letters alone, lower case) says enough to be searched for."""
    return SHORTEST <= len(word) <= _LONGEST and word not in _COMMON


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A Swedish word without its endings: *lekplats*, *lekplatsen* and *lekplatserna* are one. Not for several threads.

    Snowball's stemmer takes an ending at a time and leaves those of *gungan* and *torget*, so it is asked until nothing
    more goes.
    """
    shorter = str(_STEMMER.stemWord(word))
    if shorter.endswith(_LEFT) and len(shorter) - 2 >= SHORTEST:
        shorter = shorter[:-2]
    return word if shorter == word else stem(shorter)


_STEMMER = snowballstemmer.stemmer("swedish")
