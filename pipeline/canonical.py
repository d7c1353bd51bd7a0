"""Which value does a spelling stand for: "fyra sista 2384, född 871220" and "19871220-2384" are one number.

What detection undoes to find a value (look-alike characters, number words, escapes, dates in words) is undone here to
name it. A value that cannot be told for certain, such as a masked number, stands for its own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import accumulate

import phonenumbers

from pipeline.detect.finding import Entity
from pipeline.detect.normalise import Reading, normalise
from pipeline.detect.recognisers.dates import days
from pipeline.detect.spelled import spelled
from pipeline.detect.validators import luhn

_PERSON_NUMBERS = frozenset({Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER})
_DIGITS_ONLY = frozenset(
    {
        Entity.CREDIT_CARD,
        Entity.SE_BANK_ACCOUNT,
        Entity.SE_BANKGIRO,
        Entity.SE_ORGANISATIONSNUMMER,
        Entity.SE_PLUSGIRO,
        Entity.SE_SWISH,
    }
)
_WHOLE = (10, 12)
_USUAL = re.compile(r"(?:[0-9]{2})?[0-9]{6}[-+ ]?[0-9]{4}")
_LAST_FOUR = 4
_COORDINATION = 60
_EVER = date.max
_SAID_SIGN = re.compile(r"(?<=[\s(\[{<])(?:at|snabel-?a|dot|punkt|prick)(?=[\s)\]}>])")


def canonical(kind: Entity, value: str) -> str:
    """The one way to write a value of this kind, for comparison only."""
    if kind in _PERSON_NUMBERS and (usual := _usual(value)):
        return usual
    readings = _readings(value)
    if kind in _PERSON_NUMBERS:
        return _person_number(readings)
    if kind is Entity.PHONE_NUMBER:
        return _phone(readings)
    if kind in _DIGITS_ONLY:
        return max(map(_digits, readings), key=len)
    plain = readings[0].text.casefold()
    if kind is Entity.EMAIL_ADDRESS:
        plain = _SAID_SIGN.sub("", plain)
    return "".join(char for char in plain if char.isalnum())


def _usual(value: str) -> str | None:
    """The ten digits of a number in one of its usual spellings, as `_person_number` would have them, and sooner."""
    if not _USUAL.fullmatch(value):
        return None
    digits = "".join(filter(str.isdigit, value))
    return digits[-10:] if _has_date(digits) and luhn(digits[-10:]) else None


def _readings(value: str) -> tuple[Reading, ...]:
    """As detection reads it: the plain reading, and one with number words as digits where there are any."""
    plain = normalise(value)
    second = spelled(plain)
    return (plain, second[0]) if second else (plain,)


def _digits(reading: Reading) -> str:
    return "".join(group for chain in reading.chains for group in chain.groups)


def _person_number(readings: tuple[Reading, ...]) -> str:
    """The ten digits, without the century (SKV 704), of the first way to read them that makes a number."""
    doubtful = ""
    for digits in (digits for reading in readings for digits in _orders(reading) if _has_date(digits)):
        if luhn(digits[-10:]):
            return digits[-10:]
        doubtful = doubtful or digits[-10:]
    return doubtful or _digits(readings[-1])[-10:]


def _orders(reading: Reading) -> Iterator[str]:
    """The digits in every order that a number is written in; one that breaks no group of digits comes first."""
    digits = _digits(reading)
    if len(digits) in _WHOLE:
        breaks = set(accumulate(len(group) for chain in reading.chains for group in chain.groups))
        as_written, last_first = digits, digits[_LAST_FOUR:] + digits[:_LAST_FOUR]
        apart = len(digits) - _LAST_FOUR not in breaks and _LAST_FOUR in breaks
        yield from (last_first, as_written) if apart else (as_written, last_first)
        yield digits[::-1]
    for day in days(reading.text, _EVER):
        rest = Reading(f"{reading.text[: day.start]} {reading.text[day.end :]}")
        yield day.digits + _digits(rest)


def _has_date(digits: str) -> bool:
    if len(digits) not in _WHOLE:
        return False
    month, day = int(digits[-8:-6]), int(digits[-6:-4])
    return month <= 12 and day % _COORDINATION <= 31  # noqa: PLR2004 - months of a year, days of a month


def _phone(readings: tuple[Reading, ...]) -> str:
    reading = max(readings, key=lambda each: len(_digits(each)))
    try:
        number = phonenumbers.parse(reading.text, "SE")
    except phonenumbers.NumberParseException:
        return _digits(reading)
    return f"{number.country_code}{number.national_number}"
