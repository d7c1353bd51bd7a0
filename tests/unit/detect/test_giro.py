"""Truth table of bankgiro, plusgiro and a firm's Swish number."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.giro import find
from tests.recognising import seen

FOUND = [
    ("bankgiro", "till bg 530-3607,", ("bankgiro.labelled", "530-3607", "sure")),
    ("eight digits", "bankgiro 9911-9141", ("bankgiro.labelled", "9911-9141", "sure")),
    ("bankgiro in a row", "bankgiro 5303607", ("bankgiro.labelled", "5303607", "sure")),
    ("plusgiro", "pg 64 93 65-4 alla", ("plusgiro.labelled", "64 93 65-4", "sure")),
    ("postgiro", "postgiro 276924-8", ("plusgiro.labelled", "276924-8", "sure")),
    ("wrong check digit, called one", "bg 530-3608", ("bankgiro.labelled", "530-3608", "maybe")),
    ("shape and payment", "betala medlemsavgiften till 530-3607", ("bankgiro.shape", "530-3607", "maybe")),
    ("Swish", "Swisha 123 456 78 90", ("swish.firm", "123 456 78 90", "public")),
]

NOTHING = [
    ("no word", "530-3607"),
    ("time", "kl 530-1607"),
    ("ward", "avdelning 41 74 61-2"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
