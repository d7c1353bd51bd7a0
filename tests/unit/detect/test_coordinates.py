"""Truth table of coordinates."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.coordinates import find
from tests.recognising import seen

FOUND = [
    ("degrees", "Gropen finns på 55.83924, 13.30371 precis", ("coordinates.degrees", "55.83924, 13.30371", "public")),
    ("somebody's home", "hon bor vid 55.83924, 13.30371", ("coordinates.degrees", "55.83924, 13.30371", "sure")),
    ("grid", "vid N 6190412 E 0398771 i", ("coordinates.grid", "N 6190412 E 0398771", "public")),
]

NOTHING = [
    ("abroad", "45.83924, 13.30371"),
    ("prices", "55.5 och 13.3"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
