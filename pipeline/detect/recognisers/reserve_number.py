"""Is it an interim or reserve number: a person's number with letters in it, given where there is no real one yet?

Source: the interim number ("T number") of universities and schools has a letter for the first serial digit, counted
as 1 in Luhn; regions make reserve numbers of the date of birth and four signs with a letter, of 99 and ten digits, or
by Inera's NRID (century + 3 thousand, letters in place of two digits). There is no national rule for most: a word
decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.digits import DATE
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import born, luhn
from pipeline.detect.words import OTHER_LABEL, PERSONAL_NUMBER

_INTERIM = re.compile(r"(?<![^\W_])((?:19|20)?[0-9]{6})[-+ ]?([TRSUWXJKLMN])([0-9]{3})(?![^\W_])", re.IGNORECASE)
_REGIONAL = re.compile(r"(?<![^\W_])((?:19|20)?[0-9]{6})[- ]?(?=[0-9A-Z]{0,3}[A-Z])([0-9A-Z]{4})(?![^\W_])")
_STOCKHOLM = re.compile(r"(?<![0-9])99[0-9]{6}-?[0-9]{4}(?![0-9])")
_NRID = re.compile(r"(?<![^\W_])(?:2[235]|00)([0-9]{6})-?[A-HJ-NPR-UXYZ]{2}[0-9]{2}(?![^\W_])")
_ANY = re.compile("[0-9]{6,11}[-+ ]?[0-9]{0,3}[A-Za-z]|99[0-9]{6}")
_LABEL = Lexicon(
    "reservn*",
    "reserv nr",
    "reservnummer*",
    "interim*",
    "tillfälligt person*",
    "t nummer",
    "tf nummer",
    "nrid",
    "temporary number",
)
LABELLED = Evidence("reserve-number-word", 30)
PERSONAL = Evidence("personal-number-word", 12)
OTHER = Evidence("other-number-word", 1 / 60)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if reading.longest < DATE:
        return False
    return any(end - start >= DATE and _ANY.match(reading.text, start) for start, end in reading.spans)


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every such number; without a word only the interim number with its check digit."""
    text = reading.text
    for match in _INTERIM.finditer(text):
        if born(match[1], setting.today) and luhn(f"{match[1][-6:]}1{match[3]}"):
            yield from _finding(reading, match, "interim", 0.55)
    for match in _REGIONAL.finditer(text):
        if born(match[1], setting.today):
            yield from _finding(reading, match, "reserve", 0.06)
    for match in _STOCKHOLM.finditer(text):
        yield from _finding(reading, match, "reserve", 0.04)
    for match in _NRID.finditer(text):
        if born(match[1], setting.today):
            yield from _finding(reading, match, "reserve", 0.2)


def _finding(reading: Reading, match: re.Match[str], tier: str, prior: float) -> Iterator[Finding]:
    text = reading.text
    evidence: tuple[Evidence, ...] = ()
    if _LABEL.near(text, match.start(), match.end()):
        evidence = (LABELLED,)
    elif PERSONAL_NUMBER.before(text, match.start()):
        evidence = (PERSONAL,)
    elif OTHER_LABEL.before(text, match.start()):
        evidence = (OTHER,)
    verdict = judge(tier, prior, evidence)
    if verdict.score >= FLOOR:
        start, end = reading.span(match.start(), match.end())
        yield Finding(Entity.SE_PERSONNUMMER, start, end, verdict.score, f"personnummer.{tier}", why=verdict.why)
