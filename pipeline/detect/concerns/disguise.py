"""What a text says once its words are undressed: stretched letters, digits and signs for letters, foreign look-alikes.

"jääävla", "h0ra", "idi-ot" with a soft hyphen, a Latin word with a Cyrillic letter in it: read as what they stand for.
Lexicons look at both, the text as written and the text undressed, so that undressing may find more and never hides
anything.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.detect.finding import ConcernFinding, Finding
from pipeline.detect.normalise import Reading, normalise
from pipeline.detect.wording import AT_HAND, ByWord, wording
from pipeline.ports import ConcernRecogniser

_STRETCHED = re.compile(r"([a-zåäöA-ZÅÄÖ])\1\1")
_RUN = re.compile(r"([a-zåäöA-ZÅÄÖ])\1{2,}")
_VOWELS = "aeiouyåäö"
_PLAIN = (
    frozenset("åäöÅÄÖéÉüÜ´§°·–—…‘’“”•€\u00a0\ufe0f\u200d")
    | frozenset(map(chr, range(0x20, 0x7F)))
    | frozenset(map(chr, range(0x2600, 0x27C0)))
    | frozenset(map(chr, range(0x1F000, 0x1FB00)))
)
_FOR_LETTERS = frozenset("@$|€")
_SIGN = re.compile(r"[013457@$|€](?=[a-zåäöA-ZÅÄÖ])")
_WORD = re.compile(r"[\w@$|€]+")
_ADDRESS = re.compile(r"@|\w[\w-]*@[\w-]+[.]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile("[a-zåäö]")
_COUNTED = re.compile(r"[0-9]{2}|[0-9](?:a|an|e|or|orna|ans|åring\w*|års|tals?|kr|st|km|kg|m|h|g|dl|cl|x|v|d|p|kap)$")
_FOREIGN = str.maketrans("аеорсухіјѕкмтвнԁӏαεικνορτυχ", "aeopcyxijskmtbhdlaeiknoptyx")
_SIGNS = str.maketrans("013457@$|€", "oieastasie")
_LEAST_LETTERS = 2
_thrice = ByWord(lambda word: _STRETCHED.search(word) is not None)


class Undressing:
    """A recogniser of concerns that reads disguised texts as well; fills the port `ConcernRecogniser`."""

    def __init__(self, inner: ConcernRecogniser) -> None:
        self.inner = inner

    def may_hold(self, text: str, *, named: bool, traced: bool) -> bool:
        """False only if `find_concerns` would find nothing, whatever the findings."""
        if self.inner.may_hold(text, named=named, traced=traced):
            return True
        return any(self.inner.may_hold(reading.text, named=named, traced=traced) for reading in undressed(text))

    def find_concerns(self, text: str, findings: Sequence[Finding]) -> tuple[ConcernFinding, ...]:
        """The concerns of the text as it stands and undressed, each rule once, in the order of the text."""
        said = self.inner.find_concerns(text, findings)
        readings = undressed(text)
        if not readings:
            return said
        found = list(said)
        for reading in readings:
            known = {concern.rule for concern in found}
            for concern in self.inner.find_concerns(reading.text, [_seen_in(reading, each) for each in findings]):
                if concern.rule not in known:
                    start, end = reading.span(concern.start, max(concern.end, concern.start + 1))
                    found.append(replace(concern, start=start, end=end))
        return tuple(sorted(found, key=lambda concern: (concern.start, concern.rule)))


@lru_cache(maxsize=AT_HAND)
def undressed(text: str) -> tuple[Reading, ...]:
    """The readings of a disguised text: none for nearly every text, two where letters may stand once or twice."""
    told = wording(text)
    odd = not _PLAIN.issuperset(told.marks)
    stretched = any(map(_thrice.__getitem__, told.distinct)) and _STRETCHED.search(text)
    signs = (told.digits or not _FOR_LETTERS.isdisjoint(told.marks)) and _SIGN.search(text)
    if not (odd or stretched or signs):
        return ()
    reading = normalise(text) if odd else Reading(text)
    words = [match for match in _WORD.finditer(reading.text) if not _ADDRESS.match(reading.text, match.start())]
    ways = dict.fromkeys(
        tuple((word.start(), word.end(), plain) for word in words if (plain := _plain(word[0], size)) != word[0])
        for size in (1, 2)
    )
    undone = tuple(reading.rewrite(edits, spelled=False) for edits in ways if edits)
    return undone or ((reading,) if reading.text != text else ())


def _plain(word: str, doubled: int) -> str:
    """A word undressed, with `doubled` consonants where three or more stand; vowels never stand twice in Swedish."""
    if word.isascii() and word.isalpha() and not _RUN.search(word):
        return word
    if len(word) - len(_LETTER.sub("", word)) < _LEAST_LETTERS:
        return word
    plain = word
    if not word.isascii() and _LATIN.search(word.lower()):
        plain = plain.lower().translate(_FOREIGN)
    if _SIGN.search(plain) and not _COUNTED.search(plain):
        plain = plain.translate(_SIGNS)
    return _RUN.sub(lambda run: run[1] * (1 if run[1].lower() in _VOWELS else doubled), plain)


def _seen_in(reading: Reading, finding: Finding) -> Finding:
    """A finding of the text, placed in the reading."""
    if reading.starts is None or reading.ends is None:
        return finding
    start = min(bisect_left(reading.starts, finding.start), len(reading.text) - 1)
    return replace(finding, start=start, end=max(start + 1, bisect_right(reading.ends, finding.end)))
