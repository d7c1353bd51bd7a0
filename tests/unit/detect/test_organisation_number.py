"""Truth table of the organisation number."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.organisation_number import find
from tests.recognising import seen

FOUND = [
    (
        "hyphen",
        "Plog & Grus i Kornboda AB, 559998-4340, klaga där",
        ("organisationsnummer.canonical", "559998-4340", "sure"),
    ),
    (
        "hyphen without a word",
        "betala till 802477-2785 tack",
        ("organisationsnummer.canonical", "802477-2785", "sure"),
    ),
    (
        "labelled in a row",
        "byalagets organisationsnummer 8024981329",
        ("organisationsnummer.compact", "8024981329", "sure"),
    ),
    (
        "space beside an owner",
        "bostadsrättsföreningen Kvarnhjulet 769699 2515 är",
        ("organisationsnummer.separated", "769699 2515", "maybe"),
    ),
    ("with 16", "Ange 16 före, alltså 165599996153", ("organisationsnummer.with-16", "165599996153", "sure")),
    ("in a VAT number", "momsreg.nr SE559998434001", ("organisationsnummer.vat-number", "5599984340", "sure")),
    ("the municipality's own", "org.nr 212000-1173", ("organisationsnummer.canonical", "212000-1173", "public")),
]

NOTHING = [
    ("any checked number", "artikelnr 5599984340"),
    ("wrong check digit", "org.nr 559998-4341"),
    ("third digit below two", "org.nr 551998-4348"),
    ("a person's", "900707-2383"),
    ("order", "ordernr 559998-4340"),
    ("in a longer row", "5599984340123"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
