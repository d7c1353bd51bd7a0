"""Is it a Swedish personal identity number or a coordination number, however it is spelled?

Shape: [YY]YYMMDD-NNNK, K by Luhn without the century (SKV 704); a coordination number adds 60 to the day, and may have
month 00 and day 60 (SKV 707, lag (2022:1697)). Ten or twelve digits in any grouping are tried; the grouping, the words
around and what else the digits could be (a mobile number, a time, an order) decide the score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.detect.context import BEFORE, Lexicon, nearest
from pipeline.detect.digits import FAR, LOOSE, Window
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import born, coordinated, luhn
from pipeline.detect.words import OTHER_LABEL, OTHER_THEME, PERSON_NEAR, PERSONAL_NUMBER, PHONE, TIME_WORDS

_SIZES = frozenset({10, 12})
_SHORT, _LONG = 10, 12
_DATE_AND_FOUR = (2, 2, 2, 4)
_JOINS = ("-", "+")
_LAYOUTS: dict[tuple[int, ...], tuple[str, float]] = {
    (12,): ("compact-12", 0.95),
    (10,): ("compact-10", 0.9),
    (6, 4): ("separated", 0.95),
    (8, 4): ("separated", 0.95),
    (2, 6, 4): ("century-apart", 0.985),
    (2, 2, 2, 4): ("split-date", 0.95),
    (4, 2, 2, 4): ("split-date", 0.95),
    (4, 4, 4): ("grouped", 0.9),
    (4, 4, 2): ("grouped", 0.9),
    (6, 2, 2): ("grouped", 0.9),
    (8, 2, 2): ("grouped", 0.9),
    (2, 2, 2, 2, 2): ("pairs", 0.9),
    (2, 2, 2, 2, 4): ("split-date", 0.95),
    (2, 2, 2, 2, 2, 2): ("pairs", 0.9),
    (4, 2, 2, 2, 2): ("pairs", 0.8),
    (1,) * _SHORT: ("digit-by-digit", 0.95),
    (1,) * _LONG: ("digit-by-digit", 0.95),
}
_WHOLE = ("canonical", "separated", "compact-12", "compact-10")
_DOUBTFUL = 0.55
_ODD = ("odd-grouping", 0.4)
_MOBILE = re.compile(r"07[02369]")
_TO_LAST_DIGIT = re.compile("(?s:.*)[0-9]")
_AMOUNT = re.compile(r"\s?(?:kr\b|sek\b|kronor|:-|kwh|m3\b|öre|eur|€|%)", re.IGNORECASE)
_TIME_SHAPE_YEARS = timedelta(days=20 * 366)
_CLOSE = 18

CPR = Lexicon("cpr*", "cpr nr", "cpr nummer", "dansk person*", "danskt person*")
DANISH = Evidence("danish-number-word", 1 / 60)
LABELLED = Evidence("personal-number-word", 30)
LABELLED_AFTER = Evidence("personal-number-word-after", 8)
PERSONAL = Evidence("person-word", 4)
OTHER = Evidence("other-number-word", 1 / 150)
OTHER_FAR = Evidence("other-number-word-further-off", 1 / 12)
THEME = Evidence("other-number-theme", 1 / 4)
MOBILE = Evidence("valid-mobile-shape", 1 / 100)
MOBILE_MAYBE = Evidence("valid-mobile-shape-oddly-grouped", 1 / 8)
PHONE_WORD = Evidence("phone-word", 1 / 10)
TIME = Evidence("time-or-range-shape", 1 / 50)
TIME_WORD = Evidence("time-word", 1 / 6)
IN_URL = Evidence("inside-address-of-a-page", 1 / 30)
AMOUNT = Evidence("amount", 1 / 100)
IN_LONGER = Evidence("inside-a-longer-row", 1 / 4)
BAD_CHECK = Evidence("check-digit", 1 / 30)
BAD_CHECK_ALONE = Evidence("check-digit-alone", 1 / 1.5)


class Number(NamedTuple):
    """The digits of one reading, told apart; no `day` of birth in a coordination number."""

    entity: Entity
    digits: str
    sound: bool
    day: date | None


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    return reading.most >= _SHORT


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every reading of the text's digits as such a number that is worth telling."""
    today = setting.today
    for chain in reading.chains:
        if chain.size < _SHORT:
            continue
        for window in chain.windows(_SIZES, _LONG):
            finding = _assess(reading, window, today)
            if finding:
                yield finding


def parse(digits: str, today: date) -> Number | None:
    """Ten or twelve digits as a number; `sound` when serial and check digit are right. None: no date in it."""
    if digits[-8] > "1":
        return None
    day = born(digits[:-4], today)
    if day:
        entity = Entity.SE_PERSONNUMMER
    elif coordinated(digits[:-4], today):
        entity = Entity.SE_SAMORDNINGSNUMMER
    else:
        return None
    return Number(entity, digits, digits[-4:-1] != "000" and luhn(digits[-10:]), day)


def _assess(reading: Reading, window: Window, today: date) -> Finding | None:
    number = parse(window.digits, today)
    if number is None:
        return None
    tier, prior = _tier(reading, window)
    if not prior:
        return None
    told = tuple(_context(reading, window, tier))
    evidence = (*told, *_shape(reading, window, number, today, labelled=LABELLED in told))
    if not number.sound:
        if LABELLED in told and tier in _WHOLE:
            evidence = (*told, BAD_CHECK)
        elif _bears_itself(number, tier, evidence):
            evidence = (*told, BAD_CHECK_ALONE)
        else:
            return None
        tier, prior = "doubtful", _DOUBTFUL
    verdict = judge(tier, prior, evidence)
    if verdict.score < FLOOR:
        return None
    kind = "personnummer" if number.entity is Entity.SE_PERSONNUMMER else "samordningsnummer"
    start, end = reading.span(window.start, window.end)
    return Finding(number.entity, start, end, verdict.score, f"{kind}.{tier}", why=verdict.why)


def _bears_itself(number: Number, tier: str, evidence: tuple[Evidence, ...]) -> bool:
    """Whether a date with sign and four digits reads as a person's number with a slip in it, though no word says so."""
    doubted = any(each.times < 1 for each in evidence)
    return number.entity is Entity.SE_PERSONNUMMER and tier == "canonical" and not doubted


def _tier(reading: Reading, window: Window) -> tuple[str, float]:
    """The shape's name and what it is worth alone; worth 0 when the digits belong to something longer."""
    layout, seps = window.layout, window.seps
    if reading.spelled:
        return ("spelled-out", 0.93)
    tier, prior = _LAYOUTS.get(layout, _ODD)
    if layout in ((6, 4), (8, 4)):
        if seps[0] in _JOINS:
            tier, prior = "canonical", 0.98
        return tier, prior
    if ":" in seps or window.outer >= window.inner:
        return tier, 0
    if tier in ("pairs", "digit-by-digit") and len(set(seps)) > 2:
        return _ODD
    if tier in ("odd-grouping", "grouped") and window.inner <= FAR:
        return tier, 0
    return tier, prior


def _context(reading: Reading, window: Window, tier: str) -> Iterator[Evidence]:
    text, start, end = reading.text, window.start, window.end
    personal = PERSONAL_NUMBER.before(text, start)
    since_digit = _since_digit(text, start)
    other = OTHER_LABEL.before(text, start, since_digit)
    theme = OTHER_THEME.before(text, start, since_digit)
    if len(window.digits) == _SHORT and CPR.before(text, start, 24):
        yield DANISH
        return
    if nearest(personal, other) == 0:
        yield LABELLED
        return
    if other:
        yield OTHER if other[0].distance <= _CLOSE or tier == "compact-10" else OTHER_FAR
        return
    if PERSONAL_NUMBER.after(text, end):
        yield LABELLED_AFTER
    elif PERSON_NEAR.near(text, start, end, 40, 12):
        yield PERSONAL
    elif theme and theme[0].distance <= _CLOSE and tier != "canonical":
        yield THEME
    if window.digits[-10] == "0" and tier != "canonical" and PHONE.before(text, start, 24):
        yield PHONE_WORD


def _shape(reading: Reading, window: Window, number: Number, today: date, *, labelled: bool) -> Iterator[Evidence]:
    layout, text = window.layout, reading.text
    if len(number.digits) == _SHORT and layout != (6, 4) and _MOBILE.match(number.digits):
        yield MOBILE_MAYBE if labelled or layout == _DATE_AND_FOUR else MOBILE
    if layout in ((12,), (8, 4), (6, 4)) and number.entity is Entity.SE_PERSONNUMMER:
        day = number.day
        if day and today - day < _TIME_SHAPE_YEARS and _clock_or_range(number.digits):
            yield TIME
            if TIME_WORDS.near(text, window.start, window.end):
                yield TIME_WORD
    if window.outer and window.outer >= window.inner and not _joined_apart(window):
        yield IN_LONGER
    if layout in ((10,), (12,)) and in_url(text, window.start):
        yield IN_URL
    if _AMOUNT.match(text, window.end):
        yield AMOUNT


def _clock_or_range(digits: str) -> bool:
    """Whether the last four digits are a time of day, or a later day of the same year."""
    first, last = int(digits[-4:-2]), int(digits[-2:])
    if first < 24 and last < 60:
        return True
    return 1 <= first <= 12 and 1 <= last <= 31 and digits[-4:] > digits[-8:-4]


def _joined_apart(window: Window) -> bool:
    """Whether the neighbours of a number joined by - or + stand behind another sign (two numbers with / between)."""
    seps, chain = window.seps, window.chain
    outer = {*chain.seps[max(0, window.first - 1) : window.first], *chain.seps[window.after - 1 : window.after]}
    if len(seps) == 1 and seps[0] in _JOINS:
        return not outer & set(_JOINS)
    return window.inner >= LOOSE and all("\n" in sep or "\t" in sep for sep in outer)


def _since_digit(text: str, start: int) -> int:
    """How far back from `start` there is no digit, at most 48 characters."""
    low = max(0, start - BEFORE)
    last = _TO_LAST_DIGIT.match(text, low, start)
    return start - (last.end() if last else low)


def in_url(text: str, start: int) -> bool:
    """Whether what stands before `start` without a space is the address of a page."""
    space = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start), start - 300)
    token = text[space + 1 : start]
    return "://" in token or token.startswith("www.") or "/" in token[:-1]
