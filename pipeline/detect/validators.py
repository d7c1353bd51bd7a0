"""Is this string of digits a number somebody could have been given? Check digits and dates, nothing else.

Sources: Skatteverket SKV 704 (personal identity number), SKV 707 and its published test list (coordination number:
month 00, day 60 and days past the end of the month occur), Bankgirot (mod 10), ISO 7064 (mod 97-10), ISO/IEC 7812
(cards).
"""

from __future__ import annotations

from datetime import date

_VALUES = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(bytes(range(10)), bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
OLDEST = 1840
COORDINATION = 60


def luhn(digits: str) -> bool:
    """Mod 10 with every second digit doubled, the last digit being the check digit."""
    values = digits.encode("ascii").translate(_VALUES)
    return (sum(values[-1::-2]) + sum(values[-2::-2].translate(_DOUBLED))) % 10 == 0


def mod97(iban: str) -> bool:
    """ISO 7064 mod 97-10 as in an IBAN (letters in upper case)."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def real_date(year: int, month: int, day: int) -> bool:
    """Whether the calendar has the day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def born(digits: str, today: date) -> date | None:
    """The day of birth in YYYYMMDD or YYMMDD that a person, living or not, may have; None when there is none.

    Six digits say no century: the latest possible one is taken. Raises nothing.
    """
    month, day = int(digits[-4:-2]), int(digits[-2:])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    for year in _years(digits, today):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


def coordinated(digits: str, today: date) -> bool:
    """Whether YYYYMMDD or YYMMDD is the date part of a coordination number: day + 60, month 00 and day 60 unknown."""
    month, day = int(digits[-4:-2]), int(digits[-2:])
    return month <= 12 and COORDINATION <= day <= COORDINATION + 31 and any(_years(digits, today))


def _years(digits: str, today: date) -> tuple[int, ...]:
    if len(digits) == 8:
        year = int(digits[:4])
        return (year,) if OLDEST <= year <= today.year else ()
    short = int(digits[:2])
    return tuple(century + short for century in (2000, 1900, 1800) if OLDEST <= century + short <= today.year)
