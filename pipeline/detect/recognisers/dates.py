"""Which day does this stretch of text name: 1985-01-12, 850112, 12/1 -85, "12 januari 1985"?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.detect.validators import born

_MONTHS = (
    ("januari", "january", "jan", "stycznia", "januara", "januar", "tammikuuta", "січня"),
    ("februari", "february", "feb", "lutego", "februara", "februar", "helmikuuta", "лютого"),
    ("mars", "march", "mar", "marca", "marta", "mart", "maaliskuuta", "березня"),
    ("april", "apr", "kwietnia", "aprila", "huhtikuuta", "квітня"),
    ("maj", "may", "maja", "mai", "toukokuuta", "травня"),
    ("juni", "june", "jun", "czerwca", "juna", "kesäkuuta", "червня"),
    ("juli", "july", "jul", "lipca", "jula", "heinäkuuta", "липня"),
    ("augusti", "august", "aug", "sierpnia", "augusta", "elokuuta", "серпня"),
    ("september", "sept", "sep", "września", "septembra", "syyskuuta", "вересня"),
    ("oktober", "october", "okt", "oct", "października", "oktobra", "lokakuuta", "жовтня"),
    ("november", "nov", "listopada", "novembra", "marraskuuta", "листопада"),
    ("december", "dec", "grudnia", "decembra", "desember", "joulukuuta", "грудня"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
MONTHS = frozenset(_MONTH)
"""The names of the months, in small letters, as they are written in a date."""
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_YEAR = r"(?:[-'´’]\s?)?((?:18|19|20)[0-9]{2}|[0-9]{2})(?![0-9])"
_FORMS = re.compile(
    rf"""(?<![0-9])(?=[0-9]|[^\W\d_]{{3,{max(map(len, _MONTH))}}}\s[0-9])(?:
      (?P<compact>(?:18|19|20)[0-9]{{6}}|[0-9]{{6}})(?![0-9])
    | (?P<y>(?:18|19|20)?[0-9]{{2}})(?P<s>[-./ ])(?P<m>[0-9]{{2}})(?P=s)(?P<d>[0-9]{{2}})(?![0-9])
    | (?P<d2>[0-9]{{1,2}})\s?[/.]\s?(?P<m2>[0-9]{{1,2}})\s?[-./, ]\s?(?P<y2>{_YEAR})
    | (?P<d3>[0-9]{{1,2}})(?:[:.]?(?:e|a|de|th|st|nd|rd))?\.?\s(?:i\s)?(?P<m3>{_NAMES})\.?,?\s?(?P<y3>{_YEAR})
    | (?P<m4>{_NAMES})\s(?P<d4>[0-9]{{1,2}})(?:th|st|nd|rd)?,?\s(?P<y4>{_YEAR})
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a reading: its place, its digits as YYYYMMDD or YYMMDD, and whether the day is named first."""

    start: int
    end: int
    digits: str
    day_first: bool


def days(text: str, today: date) -> Iterator[Day]:
    """Every date of birth that somebody could have, from left to right."""
    for match in _FORMS.finditer(text):
        parts = _parts(match)
        if parts is None:
            continue
        digits, day_first = parts
        if born(digits, today):
            yield Day(match.start(), match.end(), digits, day_first)


def _parts(match: re.Match[str]) -> tuple[str, bool] | None:
    if match["compact"]:
        return match["compact"], False
    if match["y"]:
        return match["y"] + match["m"] + match["d"], False
    for index in "234":
        day, month, year = match[f"d{index}"], match[f"m{index}"], match[f"y{index}"]
        if day:
            number = int(month) if month.isdecimal() else _MONTH[month.lower()]
            found = _DIGITS.search(year)
            return (f"{found[0]}{number:02}{int(day):02}", True) if found else None
    return None
