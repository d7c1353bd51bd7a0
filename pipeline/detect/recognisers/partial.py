"""Is it a personal identity number that is masked, told in two parts, or written day first?

A date of birth with some of the last four signs hidden; a date here and "sista fyra" there; "12 januari 1985 2384".
What is masked or split is never sure enough to act on (its score says how whole it is), people look; the last four
alone, without a date, are a cue and no value. Source: the ways people write, SKV 704 for the number itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.digits import DATE
from pipeline.detect.finding import Cue, Entity, Explanation, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.recognisers.dates import MONTHS, Day, days
from pipeline.detect.score import judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import born, coordinated, luhn
from pipeline.detect.words import OTHER_LABEL, PERSON_NEAR, PERSONAL_NUMBER

_HIDE = "xX*#_•·●○■▪?…×✱＊█"
_MASKED = re.compile(
    rf"(?<![0-9])((?:18|19|20)?[0-9]{{6}})\s?[-+–]?\s?((?=[0-9]{{0,3}}[{_HIDE}])[0-9{_HIDE}]{{3,4}}|[.]{{4}})(?![^\W_])"
)
_ZEROES = re.compile(r"(?<![0-9])((?:18|19|20)?[0-9]{6})[-+]0000(?![0-9])")
_DATE_HIDDEN = re.compile(rf"(?<![^\W_])[{_HIDE}]{{6,8}}\s?[-+]\s?[0-9]{{4}}(?![0-9])")
_LAST_FOUR = Lexicon(
    "sista fyra", "fyra sista", "sista 4", "4 sista", "last four", "last 4", "slutar på", "slutar med",
    "slutsiffror*", "kontrollsiffr*", "koden efter", "sedan kommer", "resten är", "följt av", "ostatnie cztery",
    "cztery ostatnie", "posljednje četiri", "zadnje četiri", "siste fire", "sidste fire", "fire siste",
    "viimeiset neljä", "neljä viimeistä", "останні чотири", "آخر أربعة", "afarta u dambeeya", "ändelsen", "och sen",
    "sen kommer", "plus", "ends with", "ending in", "avslutas med", "sista siffrorna", "de fyra",
)  # fmt: skip
_SURE = Lexicon(*_LAST_FOUR.entries[:6], *_LAST_FOUR.entries[15:27])
_NOT_THIS = Lexicon(
    "kort*",
    "bankkort*",
    "telefon*",
    "mobil*",
    "tel",
    "card*",
    "konto*",
    "chassi*",
    "imei",
    "ocr*",
    "pin*",
    "kod till",
    "phone*",
)
_FOUR = re.compile(r"(?<![0-9])(?:[0-9]{4}|[0-9](?: [0-9]){3}|[0-9]{2} [0-9]{2})(?![0-9]|[.,:][0-9]|\s?kr\b|\s?%)")
_AFTER_DATE = re.compile(r"\s?[-+–/.,:]?\s{0,2}([0-9]{4})(?![0-9]|[.,:/-][0-9])")
_DAY_AND_FOUR = re.compile(
    r"[0-9]\s?[/.]\s?[0-9]{1,2}[\s.,/-]{1,3}['´’]?\s?[0-9]{2,4}\s?[-+–/.,:]?\s{0,2}[0-9]{4}(?![0-9])"
)
_HIDDEN = re.compile(rf"[{_HIDE}]\s?[-+]\s?\Z")
_FOUR_DIGITS, _WHOLE, _DATE_GROUPS = 4, 10, 3
_SIZES = frozenset({_WHOLE, _WHOLE + 2})
_JOINS = frozenset("-+")
_TURNED = frozenset((_FOUR_DIGITS, sep, size) for sep in "- " for size in (DATE, DATE + 2))
_FAR = 90
_REVERSED = re.compile(r"(?<![0-9-])([0-9]{4})[- ]((?:19|20)?[0-9]{6})(?![0-9-])")
_BACKWARDS = Lexicon("baklänges", "bakifrån", "backwards", "omvänt", "omvänd ordning", "bakvänt", "reversed")


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` and `cues` would find nothing."""
    if not _has_four(reading):
        return False
    return (
        _may_be_masked(reading)
        or _may_hide_date(reading)
        or _may_be_reversed(reading)
        or _may_be_backwards(reading)
        or _may_follow(reading)
        or _told(reading)
    )


def _has_four(reading: Reading) -> bool:
    """Whether four digits may stand together, or singly or in pairs with spaces between."""
    return reading.longest >= _FOUR_DIGITS or any(" " in chain.seps for chain in reading.chains)


def _told(reading: Reading) -> bool:
    """Whether a word may say that digits are the last ones."""
    return reading.may_tell(_LAST_FOUR) and _LAST_FOUR.among(reading.words)


def _may_be_masked(reading: Reading) -> bool:
    """Cheap and safe: False only if nothing is hidden behind a date, by signs or noughts."""
    if reading.longest < DATE:
        return False
    return "0000" in reading.text or any(_masks(reading))


def _may_hide_date(reading: Reading) -> bool:
    """Cheap and safe: False only if no four digits stand behind hidden ones."""
    text = reading.text
    return any(
        end - start == _FOUR_DIGITS
        and text[max(0, start - 2) : start].rstrip()[-1:] in _JOINS
        and _HIDDEN.search(text, max(0, start - 4), start)
        for start, end in reading.heads
    )


def _may_be_reversed(reading: Reading) -> bool:
    """Cheap and safe: False only if no date stands behind four digits."""
    return not _TURNED.isdisjoint(reading.joints)


def _may_be_backwards(reading: Reading) -> bool:
    """Cheap and safe: False only if no word may say that a number is written from its end."""
    return reading.most >= _WHOLE and reading.may_tell(_BACKWARDS)


def _may_follow(reading: Reading) -> bool:
    """Cheap and safe: False only if no four digits stand behind a date with the day first."""
    if not any(after == _FOUR_DIGITS and size in (2, _FOUR_DIGITS) for size, _, after in reading.joints):
        return False
    if not MONTHS.isdisjoint(reading.words):
        return True
    return any(len(chain.groups) > _DATE_GROUPS for chain in reading.chains) and bool(
        _DAY_AND_FOUR.search(reading.text)
    )


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Masked, split and day-first numbers."""
    if _may_be_masked(reading):
        yield from _masked(reading, setting)
    if _may_hide_date(reading):
        for match in _DATE_HIDDEN.finditer(reading.text):
            yield _finding(reading, match.start(), match.end(), "masked", 0.5)
    if _may_be_reversed(reading):
        yield from _reversed(reading, setting)
    if _may_be_backwards(reading):
        yield from _backwards(reading, setting)
    yield from _dated(reading, setting)


def _masks(reading: Reading) -> Iterator[re.Match[str]]:
    """Dates with signs behind them in place of digits."""
    long = (start for start, end in reading.spans if end - start >= DATE)
    return filter(None, (_MASKED.match(reading.text, start) for start in long))


def _masked(reading: Reading, setting: Setting) -> Iterator[Finding]:
    text = reading.text
    for match in _masks(reading):
        if _date(match[1], setting):
            yield _finding(reading, match.start(), match.end(), "masked", 0.55)
    for match in _ZEROES.finditer(text) if "0000" in text else ():
        if _date(match[1], setting) and (
            PERSONAL_NUMBER.before(text, match.start()) or PERSON_NEAR.before(text, match.start())
        ):
            yield _finding(reading, match.start(), match.end(), "masked", 0.5)


def _dated(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """A date with four digits behind it, or told apart from them."""
    text = reading.text
    told = _told(reading) and _LAST_FOUR.anywhere(text) and _FOUR.search(text) is not None
    if not (told or _may_follow(reading)):
        return
    found = tuple(days(text, setting.today))
    for day in found:
        after = _AFTER_DATE.match(text, day.end)
        if day.day_first and after:
            yield from _day_first(reading, day, after)
    if told:
        yield from _split(reading, found)


def cues(reading: Reading) -> Iterable[Cue]:
    """The last four digits alone, said to be that."""
    return _cues(reading) if _may_end_so(reading) and _told(reading) else ()


def _cues(reading: Reading) -> Iterator[Cue]:
    for match in _FOUR.finditer(reading.text):
        label = _SURE.before(reading.text, match.start(), 48) or (
            _LAST_FOUR.before(reading.text, match.start(), 24) and PERSONAL_NUMBER.before(reading.text, match.start())
        )
        if label and not _NOT_THIS.near(reading.text, match.start(), match.end()):
            start, end = reading.span(match.start(), match.end())
            yield Cue("personnummer.last-four", start, end)


def _may_end_so(reading: Reading) -> bool:
    """Cheap and safe: False only if no four digits are said to be the last of a personal identity number."""
    if not _has_four(reading):
        return False
    return reading.may_tell(_SURE) or (reading.may_tell(_LAST_FOUR) and reading.may_tell(PERSONAL_NUMBER))


def _date(digits: str, setting: Setting) -> bool:
    return born(digits, setting.today) is not None or coordinated(digits, setting.today)


def _day_first(reading: Reading, day: Day, after: re.Match[str]) -> Iterator[Finding]:
    """A date in words or day first, and the last four right behind it: whole, if the check digit agrees."""
    if luhn(day.digits[-6:] + after[1]) and after[1][:3] != "000":
        if OTHER_LABEL.before(reading.text, day.start):
            return
        verdict = judge("day-first", 0.9)
        start, end = reading.span(day.start, after.end(1))
        yield Finding(Entity.SE_PERSONNUMMER, start, end, verdict.score, "personnummer.day-first", why=verdict.why)
    elif PERSONAL_NUMBER.before(reading.text, day.start):
        yield _finding(reading, day.start, after.end(1), "doubtful", 0.45)


def _split(reading: Reading, found: tuple[Day, ...]) -> Iterator[Finding]:
    """A date and, within reach, four digits that are said to be the last."""
    if not found:
        return
    text = reading.text
    for four in _FOUR.finditer(text):
        if any(day.start <= four.start() < day.end for day in found):
            continue
        label = _LAST_FOUR.before(text, four.start(), 40)
        after = _SURE.after(text, four.end(), 24)
        if not (label or after) or _NOT_THIS.before(text, four.start(), 24):
            continue
        sure = bool(_SURE.before(text, four.start(), 40) or after)
        near = [day for day in found if day.start - four.end() < _FAR and four.start() - day.end < _FAR]
        for day in near:
            between = text[min(day.end, four.end()) : max(day.start, four.start())]
            about = PERSON_NEAR.near(text, day.start, day.end, 24, 40) or PERSONAL_NUMBER.near(text, day.start, day.end)
            valid = luhn(day.digits[-6:] + re.sub("[^0-9]", "", four[0]))
            if (sure or (valid and (about or not day.day_first))) and "\n\n" not in between:
                yield _finding(
                    reading, min(day.start, four.start()), max(day.end, four.end()), "split", 0.6 if valid else 0.5
                )
                break


def _reversed(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """The last four first: only where a word gives it away."""
    text = reading.text
    for match in _REVERSED.finditer(text):
        named = PERSONAL_NUMBER.before(text, match.start()) or _BACKWARDS.near(text, match.start(), match.end())
        if named and _date(match[2], setting) and luhn(match[2][-6:] + match[1]):
            yield _finding(reading, match.start(), match.end(), "reversed", 0.6)


def _backwards(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """The whole number from its end: only where a word gives it away."""
    if not _BACKWARDS.anywhere(reading.text):
        return
    for chain in reading.chains:
        for window in chain.windows(_SIZES, max(_SIZES)) if chain.size >= _WHOLE else ():
            digits = window.digits[::-1]
            if _date(digits[:-4], setting) and luhn(digits[-10:]):
                yield _finding(reading, window.start, window.end, "reversed", 0.6)


def _finding(reading: Reading, start: int, end: int, tier: str, score: float) -> Finding:
    first, last = reading.span(start, end)
    return Finding(Entity.SE_PERSONNUMMER, first, last, score, f"personnummer.{tier}", why=Explanation(tier))
