"""Truth table of masked, split and day-first numbers."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.partial import find
from tests.recognising import seen

FOUND = [
    ("crosses", "mitt barn, 180417-XXXX, resten", ("personnummer.masked", "180417-XXXX", "maybe")),
    ("stars", "180328-****,", ("personnummer.masked", "180328-****", "maybe")),
    ("half", "660518-33xx,", ("personnummer.masked", "660518-33xx", "maybe")),
    ("date hidden", "XXXXXX-2393 på", ("personnummer.masked", "XXXXXX-2393", "maybe")),
    ("zeroes", "född 900707-0000", ("personnummer.masked", "900707-0000", "maybe")),
    ("told apart", "född 15/12 -91, sista fyra 2393 så", ("personnummer.split", "15/12 -91, sista fyra 2393", "maybe")),
    (
        "the other way round",
        "fyra sista: 2399, född 2001-07-23",
        ("personnummer.split", "2399, född 2001-07-23", "maybe"),
    ),
    (
        "in two sentences",
        "Född 29 juli 1961. Huset är mitt och de sista fyra är 3059, tack",
        ("personnummer.split", "29 juli 1961. Huset är mitt och de sista fyra är 3059", "maybe"),
    ),
    (
        "English",
        "born 1992-03-15 and the last four are 2393",
        ("personnummer.split", "1992-03-15 and the last four are 2393", "maybe"),
    ),
    ("day first", "född 27 januari 1976 9370, kommer", ("personnummer.day-first", "27 januari 1976 9370", "sure")),
    ("day first in digits", "född 10/2-76 9352, kommer", ("personnummer.day-first", "10/2-76 9352", "sure")),
    ("backwards", "mitt nummer baklänges: 3832-707009", ("personnummer.reversed", "3832-707009", "maybe")),
]

NOTHING = [
    ("date alone", "född 1990-07-07"),
    ("last four of a card", "kort som slutar på 2393, född 1990-07-07"),
    ("range", "1/9-31/10 2026 stod det"),
    ("year range", "den 5 maj 2024 2025"),
    ("hidden price", "123456 kr, x"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
