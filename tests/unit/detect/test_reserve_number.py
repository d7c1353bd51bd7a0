"""Truth table of interim and reserve numbers."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.reserve_number import find
from tests.recognising import seen

FOUND = [
    ("interim", "hennes personnummer 900707-T385 i", ("personnummer.interim", "900707-T385", "sure")),
    ("reserve", "reservnummer 19900707-A12B", ("personnummer.reserve", "19900707-A12B", "maybe")),
    ("Stockholm", "reservnummer 991990123456", ("personnummer.reserve", "991990123456", "maybe")),
]

NOTHING = [
    ("product", "artikelnr 900707-T385X"),
    ("no word", "19900707-A12B"),
    ("wrong check digit", "900707-T384"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
