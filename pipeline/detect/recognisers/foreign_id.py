"""Is it a Finnish, Norwegian, Danish or Polish identity number?

Source: Digi- ja väestötietovirasto (HETU, mod 31), Skatteetaten (fødselsnummer, two mod 11 digits), CPR-kontoret
(DDMMYY-NNNN, no check digit since 2007, so only beside a word), Ministerstwo Cyfryzacji (PESEL, weights 1 3 7 9).
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
from pipeline.detect.validators import real_date
from pipeline.detect.words import OTHER_LABEL, PHONE

_HETU = re.compile(r"(?<![^\W_])([0-9]{6})[-+A-FU-Y]([0-9]{3})([0-9A-Y])(?![^\W_])")
_ELEVEN = re.compile(r"(?<![0-9-])([0-9]{6}) ?([0-9]{5})(?![0-9]|-[0-9])")
_CPR = re.compile(r"(?<![0-9-])([0-9]{6})[- ]?([0-9]{4})(?![0-9]|-[0-9])")
_BEHIND_DATE = re.compile("[+A-FU-Y][0-9]{3}[0-9A-Y]|-[0-9]{3}[A-Y]")
_ROW, _PARTED = 11, (6, " ", 5)
_HETU_SIGNS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_NO_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_NO_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_PESEL = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
_FINNISH = Lexicon("hetu*", "henkilötunnu*", "finsk*", "finland", "finnish*", "sotu")
_NORWEGIAN = Lexicon("fødselsn*", "personn*", "fnr", "norsk*", "norge", "d nummer", "norwegian*")
_POLISH = Lexicon("pesel*", "polsk*", "dowód*", "numer ewidencyjny")
_DANISH = Lexicon("cpr*", "cpr nr", "cpr nummer", "danska personn*", "dansk*")
LABELLED = Evidence("identity-number-word", 30)
OTHER = Evidence("other-number-word", 1 / 60)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if reading.longest < DATE:
        return False
    if reading.may_tell(_FINNISH, _NORWEGIAN, _POLISH, _DANISH) or _PARTED in reading.joints:
        return True
    return any(
        end - start == _ROW or (end - start == DATE and _BEHIND_DATE.match(reading.text, end))
        for start, end in reading.spans
    )


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every foreign identity number whose check digits, or words, say so."""
    text = reading.text
    for match in _HETU.finditer(text):
        if hetu(match[1], match[2], match[3]):
            certain = not match[3].isdecimal() or match[0][6] != "-"
            yield from _told(reading, match, "finnish", 0.97 if certain else 0.2, _FINNISH)
    for match in _ELEVEN.finditer(text):
        digits = match[1] + match[2]
        for tier, valid, prior, words in (
            ("norwegian", norwegian(digits), 0.6, _NORWEGIAN),
            ("polish", pesel(digits), 0.2, _POLISH),
        ):
            if not valid:
                continue
            yield from _told(reading, match, tier, prior, words)
    for match in _CPR.finditer(text):
        if _DANISH.before(text, match.start(), 30) and _day_first(match[1]):
            yield from _told(reading, match, "danish", 0.3, _DANISH)


def hetu(date: str, serial: str, sign: str) -> bool:
    """A Finnish number: DDMMYY, serial from 002, remainder by 31."""
    return _day_first(date) and int(serial) >= 2 and _HETU_SIGNS[int(date + serial) % 31] == sign


def norwegian(digits: str) -> bool:
    """A Norwegian one: DDMMYY (D-number: day + 40), two check digits."""
    day = int(digits[:2])
    plain = f"{day - 40:02}{digits[2:6]}" if day > 40 else digits[:6]
    values = [int(char) for char in digits]
    first = sum(weight * value for weight, value in zip(_NO_FIRST, values, strict=False)) % 11
    second = sum(weight * value for weight, value in zip(_NO_SECOND, values, strict=False)) % 11
    return _day_first(plain) and not first and not second


def pesel(digits: str) -> bool:
    """A Polish one: YYMMDD with the century in the month, weights 1 3 7 9."""
    total = sum(weight * int(char) for weight, char in zip(_PESEL, digits, strict=True))
    month, day = int(digits[2:4]) % 20, int(digits[4:6])
    return total % 10 == 0 and 1 <= month <= 12 and 1 <= day <= 31 and len(set(digits)) > 2


def _day_first(date: str) -> bool:
    day, month, year = int(date[:2]), int(date[2:4]), int(date[4:6])
    return any(real_date(century + year, month, day) for century in (1900, 2000))


def _context(text: str, match: re.Match[str], words: Lexicon) -> Iterator[Evidence]:
    if words.near(text, match.start(), match.end()):
        yield LABELLED
    elif OTHER_LABEL.before(text, match.start()) or PHONE.before(text, match.start(), 20):
        yield OTHER


def _told(reading: Reading, match: re.Match[str], tier: str, prior: float, words: Lexicon) -> Iterator[Finding]:
    verdict = judge(tier, prior, tuple(_context(reading.text, match, words)))
    if verdict.score >= FLOOR:
        start, end = reading.span(match.start(), match.end())
        yield Finding(Entity.FOREIGN_ID, start, end, verdict.score, f"foreign-id.{tier}", why=verdict.why)
