"""Truth table of passports and identity cards."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.identity_document import find
from tests.recognising import seen

FOUND = [
    ("passport", "mitt passnummer AA1234567 har", ("passport.labelled", "AA1234567", "sure")),
    ("old passport", "passport 12345678", ("passport.labelled", "12345678", "sure")),
]

NOTHING = [
    ("no word", "AA1234567"),
    ("other", "faktura 12345678"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
