"""Confidential-looking values that belong to nobody, to fill the braces of sample texts.

Personal identity numbers are of the kind that the Swedish Tax Agency publishes for tests (birth numbers 238 and 239),
mobile numbers are from the range that the Post and Telecom Authority keeps for fiction, cards and IBANs are the
published examples of their schemes, and example.org is reserved by RFC 2606.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

_BRACES = re.compile(r"\{(\w+)\}")
_FIRST_BIRTH = date(1938, 1, 1)
_BIRTHS = (date(2018, 12, 31) - _FIRST_BIRTH).days
_CARDS = ("4012 8888 8888 1881", "5105 1051 0510 5100", "4000 0566 5566 5556", "5200 8282 8282 8210")
_IBANS = ("SE45 5000 0000 0583 9825 7466", "NO93 8601 1117 947", "DK50 0040 0440 1162 43", "FI21 1234 5600 0007 85")
_MAILBOXES = ("tuva.s", "kjellvik64", "familjen.rosvall", "nour.h", "odquist.staffan", "m.tornqvist")
_NON_DIGITS = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text, and the values that were put into it, as written."""

    text: str = field(repr=False)
    planted: tuple[str, ...] = field(repr=False)


class Values:
    """An endless, reproducible supply of test values."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._makers: dict[str, Callable[[], str]] = {
            "pnr": lambda: self._identity("{birth}-{last}"),
            "pnr12": lambda: self._identity("{century}{birth}-{last}"),
            "pnr_run": lambda: self._identity("{century}{birth}{last}"),
            "pnr_space": lambda: self._identity("{century}{birth} {last}"),
            "sam": lambda: self._identity("{birth}-{last}", day_offset=60),
            "phone": lambda: f"070-174 06 {self._random.randint(5, 99):02}",
            "phone_intl": lambda: f"+46 70 174 06 {self._random.randint(5, 99):02}",
            "card": lambda: self._random.choice(_CARDS),
            "iban": lambda: self._random.choice(_IBANS),
            "email": lambda: f"{self._random.choice(_MAILBOXES)}@example.org",
        }

    def fill(self, text: str) -> Filled:
        """Put a value into every pair of braces.

        Raises:
            KeyError: the text asks for a kind of value that is not made here.
        """
        planted: list[str] = []

        def make(match: re.Match[str]) -> str:
            planted.append(self._makers[match[1]]())
            return planted[-1]

        return Filled(_BRACES.sub(make, text), tuple(planted))

    def _identity(self, form: str, day_offset: int = 0) -> str:
        born = _FIRST_BIRTH + timedelta(days=self._random.randrange(_BIRTHS))
        birth = f"{born:%y%m}{born.day + day_offset:02}"
        number = self._random.choice(("238", "239"))
        last = f"{number}{luhn_digit(birth + number)}"
        return form.format(century=f"{born:%Y}"[:2], birth=birth, last=last)


def luhn_digit(digits: str) -> int:
    """The check digit that the Luhn algorithm (ISO/IEC 7812-1, annex B) puts after these digits."""
    doubled = (int(digit) * (2 - i % 2) for i, digit in enumerate(reversed(digits)))
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def spellings(value: str) -> frozenset[str]:
    """Ways in which a planted value could show up somewhere: as written, without separators, without century."""
    digits = _NON_DIGITS.sub("", value)
    found = {value, value.replace(" ", "")}
    if len(digits) >= 9:  # noqa: PLR2004 - fewer digits would be found by chance
        found.add(digits)
    if len(digits) in {10, 12}:
        found |= {digits[-10:], f"{digits[-10:-4]}-{digits[-4:]}"}
    return frozenset(found)
