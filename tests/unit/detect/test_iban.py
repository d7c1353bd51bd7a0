"""Truth table of the IBAN; test accounts with right check digits."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.iban import find
from tests.recognising import seen

FOUND = [
    ("grouped", "SE31 8000 0000 0000 0080 2139", ("iban.valid", "SE31 8000 0000 0000 0080 2139", "sure")),
    ("words follow", "på SE3180000000000000802139 tack för allt", ("iban.valid", "SE3180000000000000802139", "sure")),
    ("small letters", "se33 3000 0000 0000 0345 3683 och", ("iban.valid", "se33 3000 0000 0000 0345 3683", "sure")),
    ("hyphens", "DK07-0040-0442-4776-09, ikke", ("iban.valid", "DK07-0040-0442-4776-09", "sure")),
    (
        "Polish",
        "konto PL46 1090 1014 0000 0712 1984 7191, dz",
        ("iban.valid", "PL46 1090 1014 0000 0712 1984 7191", "sure"),
    ),
    ("letters in it", "GB29 NWBK 6016 1331 9268 19 please", ("iban.valid", "GB29 NWBK 6016 1331 9268 19", "sure")),
    (
        "an association's",
        "Föreningens IBAN är SE31 8000 0000 0000 0080 2139",
        ("iban.valid", "SE31 8000 0000 0000 0080 2139", "public"),
    ),
    (
        "wrong digits, called one",
        "iban SE32 8000 0000 0000 0080 2139",
        ("iban.doubtful", "SE32 8000 0000 0000 0080 2139", "maybe"),
    ),
]

NOTHING = [
    ("a road", "SE40 står det på rondellen, är det E22:an"),
    ("wrong digits", "ref SE32 8000 0000 0000 0080 2139 x"),
    ("too long", "SE31800000000000008021391"),
    ("no such country", "XX31 8000 0000 0000 0080 2139"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
