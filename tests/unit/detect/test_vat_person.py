"""Truth table of a sole trader's number in a VAT number."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.vat_person import find
from tests.recognising import seen

FOUND = [
    ("in a row", "momsreg.nr SE900707238301", ("personnummer.in-vat-number", "9007072383", "sure")),
    ("a word for it", "moms: 900707238301", ("personnummer.in-vat-number", "9007072383", "sure")),
]

NOTHING = [
    ("a company's", "SE559998434001"),
    ("no prefix", "900707238301"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
