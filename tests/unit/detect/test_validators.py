"""Check digits and dates. Numbers: published examples and test numbers."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.detect.digits import FAR, LOOSE, TIGHT, chains, strength
from pipeline.detect.score import Evidence, judge
from pipeline.detect.validators import born, coordinated, luhn, mod97

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("digits", "right"),
    [("9007072383", True), ("9007072384", False), ("4242424242424242", True), ("5599984340", True), ("0", True)],
)
def test_luhn(digits: str, right: bool) -> None:  # noqa: FBT001 a truth table
    assert luhn(digits) is right


@pytest.mark.parametrize(
    ("iban", "right"),
    [("SE4550000000058398257466", True), ("GB29NWBK60161331926819", True), ("SE4550000000058398257467", False)],
)
def test_mod97(iban: str, right: bool) -> None:  # noqa: FBT001 a truth table
    assert mod97(iban) is right


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("900707", date(1990, 7, 7)),
        ("260101", date(2026, 1, 1)),
        ("270101", date(1927, 1, 1)),
        ("000229", date(2000, 2, 29)),
        ("010229", None),
        ("18980127", date(1898, 1, 27)),
        ("20270101", None),
        ("15980127", None),
        ("901301", None),
        ("900700", None),
        ("261224", date(1926, 12, 24)),
    ],
)
def test_born(digits: str, day: date | None) -> None:
    assert born(digits, TODAY) == day


@pytest.mark.parametrize(
    ("digits", "right"),
    [("990367", True), ("921260", True), ("340088", True), ("900291", True), ("900292", False), ("901361", False),
     ("20300161", False), ("900131", False)],
)  # fmt: skip
def test_coordinated(digits: str, right: bool) -> None:  # noqa: FBT001 a truth table
    assert coordinated(digits, TODAY) is right


@pytest.mark.parametrize(
    ("sep", "bond"), [("-", TIGHT), ("/", TIGHT), (" ", LOOSE), (" - ", LOOSE), (", ", FAR), ("\n", FAR), (",", FAR)]
)
def test_how_tightly_a_separator_binds(sep: str, bond: int) -> None:
    assert strength(sep) == bond


def test_digits_with_few_signs_between_belong_together() -> None:
    found = chains("19 90-07, x 12 (3)")
    assert [chain.groups for chain in found] == [("19", "90", "07"), ("12", "3")]
    assert found[0].seps == (" ", "-")


def test_evidence_multiplies_the_odds() -> None:
    verdict = judge("shape", 0.5, (Evidence("for", 9), Evidence("against", 1 / 3)))
    assert verdict.score == 0.75
    assert (verdict.why.context, verdict.why.suppressors) == (("for",), ("against",))
