"""Number words as digits: which stretches are read so, and which are left alone."""

from __future__ import annotations

import pytest

from pipeline.detect.normalise import normalise
from pipeline.detect.spelled import spelled

READS = [
    ("digit by digit", "nio noll noll fyra", "9 0 0 4"),
    ("pairs", "åttiosju noll två", "87 0 2"),
    ("century", "nittonhundraåttiofem noll", "1985 0"),
    ("century, one figure", "tvåtusenfem noll", "2005 0"),
    ("everyday forms", "nolla tvåa femti åttitre", "0 2 50 83"),
    ("with digits", "fjorton noll 2390", "14 0 2390"),
    ("commas and och", "nio, noll och sju, åtta", "9 0 7 8"),
    ("a word for the hyphen", "nio noll streck två tre", "9 0-2 3"),
    ("hyphen between digits", "900707 minus 2383", "900707-2383"),
    ("English", "zero one nine three", "0 1 9 3"),
    ("Polish", "zero jeden dziewięć trzy", "0 1 9 3"),
    ("Finnish", "nolla yksi kaksi kolme", "0 1 2 3"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in READS], ids=[row[0] for row in READS])
def test_reads(text: str, expected: str) -> None:
    found = spelled(normalise(f"så {text} tack"))
    assert found is not None
    assert expected in found[0].text


@pytest.mark.parametrize(
    "text", ["en av två", "vi var tre", "ett ett en en", "fem kronor och sex öre", "klockan nio", "1985 minus tolv"]
)
def test_leaves_alone(text: str) -> None:
    assert spelled(normalise(text)) is None


def test_places_point_at_the_words() -> None:
    text = "är nio noll noll sju tack"
    found = spelled(normalise(text))
    assert found is not None
    start, end = found[0].span(found[0].text.index("9"), found[0].text.index("7") + 1)
    assert text[start:end] == "nio noll noll sju"
