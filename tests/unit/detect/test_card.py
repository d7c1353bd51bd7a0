"""Truth table of the payment card; numbers from test ranges."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.card import find
from tests.recognising import seen

FOUND = [
    ("fours", "kort 4242 4242 4242 4242", ("card.valid", "4242 4242 4242 4242", "sure")),
    ("hyphens", "5555-5555-5555-4444", ("card.valid", "5555-5555-5555-4444", "sure")),
    ("in a row with expiry", "4111111111111111 09/29 cvc 123", ("card.valid", "4111111111111111", "sure")),
    ("American Express", "3782 822463 10005", ("card.valid", "3782 822463 10005", "sure")),
    ("Mastercard 2-series", "2223 0000 4840 0011", ("card.valid", "2223 0000 4840 0011", "sure")),
    ("dots", "4242.4242.4242.4242", ("card.valid", "4242.4242.4242.4242", "sure")),
    ("known first digits in a row", "4242424242424242", ("card.valid", "4242424242424242", "sure")),
    ("unknown ones in a row", "4571229011835523", ("card.valid", "4571229011835523", "maybe")),
    ("unknown ones after a word", "kortnumret 4571229011835523", ("card.valid", "4571229011835523", "sure")),
    (
        "word beginning like a reference's",
        "Kortnumret är 5555 5555 5555 4444",
        ("card.valid", "5555 5555 5555 4444", "sure"),
    ),
    ("zero-width", "5555\u200b5555\u200b5555\u200b4444", ("card.valid", "5555\u200b5555\u200b5555\u200b4444", "sure")),
]

NOTHING = [
    ("reference", "OCR 4242424242424242"),
    ("wrong check digit", "4242 4242 4242 4243"),
    ("no issuer", "9752 0000 0000 0004"),
    ("library card", "mitt lånekort 4242424242424242"),
    ("member's number", "medlemsnr 6299 3012 8841 7727"),
    ("page address", "https://exempel.se/posts/4242424242424242"),
    ("EAN", "streckkod 4006381333931"),
    ("longer", "42424242424242421234"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
