"""Truth table of the bank account."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.bank_account import find
from tests.recognising import seen

FOUND = [
    (
        "Swedbank with comma",
        "Mitt konto är 8327-9,379 132 1551, Swedbank",
        ("account.checked-five", "8327-9,379 132 1551", "sure"),
    ),
    ("bank's name only", "nordea 1142, 6607337", ("account.unchecked", "1142, 6607337", "sure")),
    ("clearing word", "Handelsbanken clearing 6682 823 957 576", ("account.unchecked", "6682 823 957 576", "sure")),
    ("hyphens", "konto:8105-9-336274923", ("account.checked-five", "8105-9-336274923", "sure")),
    ("in a row", "kontonummer 33009007072383", ("account.personal", "33009007072383", "sure")),
    ("Nordea's personal", "Nordea personkonto 3300-9007072383", ("account.personal", "3300-9007072383", "sure")),
    ("the number inside it", "Nordea personkonto 3300-9007072383", ("personnummer.in-account", "9007072383", "sure")),
    (
        "an association's",
        "Hembygdsföreningens konto i sparbanken är 8214-9, 8567240950",
        ("account.checked-five", "8214-9, 8567240950", "public"),
    ),
]

NOTHING = [
    ("two numbers", "1142, 6607337"),
    ("reference", "faktura OCR 1142 6607337"),
    ("phone", "ring 0413-620 00 12"),
    ("meter readings", "2025-11-30 1 204 m3, 2025-12-31 1 219 m3"),
    ("no such bank", "konto 9999 1234567"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
