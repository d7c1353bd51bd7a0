"""The last resort for logs: covers what looks like a person's number or address in a line that should have none.

No rule of ours relies on it, and it is no detector: it knows the commonest spellings only, and costs microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from pipeline.detect.validators import born, coordinated, luhn

_IDENTITY = re.compile(r"(?<![\d.])(?:\d{2})?\d{6}[-+ ]?\d{4}(?![\d.])")
_CARD = re.compile(r"(?<![\d.])\d{4}(?:[ -]?\d{4}){3}(?![\d.])")
_PHONE = re.compile(r"(?<![\w.])(?:\+46|0046|0)[ -]?7[02369](?:[ -]?\d){7}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


def redact(line: str, today: date) -> str:
    """The line with identity numbers, cards, mobile numbers and e-mail addresses covered by what they are."""
    if "@" in line:
        line = _EMAIL.sub("[e-mail]", line)
    line = _CARD.sub(_if_true(luhn, "[card]"), line)
    line = _IDENTITY.sub(_if_true(lambda digits: _identifies(digits, today), "[identity number]"), line)
    return _PHONE.sub("[phone]", line)


def _if_true(valid: Callable[[str], bool], cover: str) -> Callable[[re.Match[str]], str]:
    """Cover a match only when its digits are what they look like: offsets and timestamps must stay readable."""
    return lambda match: cover if valid(re.sub(r"\D", "", match[0])) else match[0]


def _identifies(digits: str, today: date) -> bool:
    day = digits[:-4]
    return luhn(digits[-10:]) and (born(day, today) is not None or coordinated(day, today))
