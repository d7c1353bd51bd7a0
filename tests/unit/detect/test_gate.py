"""The gate never hides a finding: where it says that there is nothing, the whole analysis finds nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from pipeline.detect.catalogue import CATALOGUE
from pipeline.detect.gate import may_hold_value
from pipeline.detect.normalise import normalise
from pipeline.detect.recognisers.partial import cues
from tests.generated.texts import texts
from tests.recognising import SETTING, detect, engine

CLEARED = (
    "Tack för en fin lekplats vid ån, barnen älskar den!",
    "Varför är det alltid avstängt 2026 när vi kommer dit?",
    "Öppet 10-18 och lör 10-15, stämmer det?",
    "Det kostar 40 kr och inte 35 kr som förra året.",
    "Vilken fin match 😊 6-2!",
)

LET_THROUGH = (
    "Ekeby 12 lgh 1001",
    "Lilla Ekeby 12, 3 tr",
    "hemma hos oss (Ekeby 12)",
)


@given(texts())
@settings(max_examples=250)
def test_the_gate_hides_nothing(text: str) -> None:
    reading = normalise(text)
    if may_hold_value(reading):
        return
    found = [finding.rule for entry in CATALOGUE for finding in entry.find(reading, SETTING)]
    assert not found
    assert not tuple(cues(reading))


@pytest.mark.parametrize("text", CLEARED)
def test_the_gate_clears_ordinary_comments(text: str) -> None:
    assert not may_hold_value(normalise(text))


@pytest.mark.parametrize("text", LET_THROUGH)
def test_the_gate_lets_a_place_through_for_what_stands_beside_it(text: str) -> None:
    assert may_hold_value(normalise(text))
    assert [found.rule for found in detect(engine(), text).findings] == ["address.rural"]
