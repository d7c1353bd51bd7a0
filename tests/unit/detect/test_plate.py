"""Truth table of the registration plate."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.plate import find
from tests.recognising import seen

FOUND = [
    ("beside a car", "röd volvo XTZ 417, föraren", ("plate.plate", "XTZ 417", "sure")),
    ("labelled", "Regnr: ZUG 246", ("plate.plate", "ZUG 246", "sure")),
    ("letter last", "Lastbil med regnr NRP 90D rev", ("plate.plate", "NRP 90D", "sure")),
    ("small letters, labelled", "svart bmw reg fnl55k kör", ("plate.plate", "fnl55k", "sure")),
    ("hyphen", "Reg.nummer WAM-731, blå", ("plate.plate", "WAM-731", "sure")),
    ("spaced", "bil med skylten N Y P 2 9 4 blockerar", ("plate.spaced", "N Y P 2 9 4", "sure")),
    ("parked", "GHB 118 parkerar på handikapplatsen", ("plate.plate", "GHB 118", "sure")),
]

NOTHING = [
    ("no vehicle", "ICA 123 har stängt"),
    ("road", "Väg 113 och RV 17 är avstängda"),
    ("bus line", "Buss ABC eller XYZ spelar ingen roll"),
    ("count in small letters", "bilen och 100 till"),
    ("letter not used", "bilen QVI 123"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
