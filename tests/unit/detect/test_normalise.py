"""What a text reads as, and that every place in the reading points into the original."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect import normalise as module
from pipeline.detect.normalise import PLAIN, Reading, normalise
from pipeline.detect.spelled import spelled
from tests.generated.texts import texts

READS = [
    ("nothing to undo", "Hej på dig, kl 10-12!", "Hej på dig, kl 10-12!"),
    ("invisible characters", "85\u200b01\u00ad12\ufeff-2\u200e384", "850112-2384"),
    ("keycaps", "8\ufe0f\u20e35\ufe0f\u20e3", "85"),
    ("struck through", "8\u03365\u0336", "85"),
    ("full width", "８５－２　@", "85-2 @"),
    ("Arabic-Indic", "٨٥٠١١٢", "850112"),
    ("Persian", "۸۵۰۱۱۲", "850112"),
    ("mathematical", "𝟖𝟓𝟎", "850"),
    ("superscript and encircled", "²³⑧⓪⑫", "238012"),
    ("dashes", "1‐2‑3‒4–5—6−7", "1-2-3-4-5-6-7"),
    ("spaces", "1\u00a02\u202f3\u20094\u3000", "1 2 3 4 "),
    ("html", "1&nbsp;2&#45;3&#x2d;4&amp;nbsp;5", "1 2-3-4 5"),
    ("url", "id%3D12%2D34%252D5%C2%A06", "id=12-34-5 6"),
    ("broken escape", "100%FFx", "100%FFx"),
    ("letters in a long run", "O2O4l2-2386", "020412-2386"),
    ("letters in a short run", "O7O 12 3b", "O7O 12 3b"),
    ("letters of a word", "SN8802110047A", "SN8802110047A"),
    ("decomposed å", "a\u030ar", "år"),
    ("fraction and dots", "½ …", "½ …"),
    ("compatibility letters", "ｎｏｌｌ", "noll"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in READS], ids=[row[0] for row in READS])
def test_reads_as(text: str, expected: str) -> None:
    assert expected == normalise(text).text


def test_a_plain_text_needs_no_map() -> None:
    assert normalise("Tack för hjälpen i går, kl 10!").starts is None


def test_plain_characters_read_as_themselves() -> None:
    """The fast path skips the characters of PLAIN, so each of them must be one that folding leaves alone."""
    plain = re.compile(f"[{PLAIN}]")
    chars = filter(plain.match, map(chr, range(0x110000)))
    assert not [char for char in chars if module._fold_char(char) != char]


@given(texts(), st.data())
def test_spans_point_into_the_original(text: str, data: st.DataObject) -> None:
    plain = normalise(text)
    second = spelled(plain)
    for reading in (plain, second[0] if second else plain):
        size = len(reading.text)
        if not size:
            continue
        start = data.draw(st.integers(0, size - 1))
        end = data.draw(st.integers(start + 1, size))
        first, last = reading.span(start, end)
        assert 0 <= first < last <= len(text)


@given(texts())
def test_places_never_run_backwards(text: str) -> None:
    reading = normalise(text)
    places = [reading.span(index, index + 1) for index in range(len(reading.text))]
    assert places == sorted(places)


@given(texts())
def test_a_character_that_reads_as_itself_stays_in_place(text: str) -> None:
    reading = normalise(text)
    for index, char in enumerate(reading.text):
        start, end = reading.span(index, index + 1)
        if end - start == 1 and char not in "012358- \n":
            folded = module._fold_char(text[start])
            assert char in folded or text[start] == char


def test_a_rewritten_stretch_points_at_what_it_replaces() -> None:
    reading = normalise("är åttiofem noll").rewrite([(3, 11, "85"), (12, 16, "0")], spelled=True)
    assert reading.text == "är 85 0"
    assert reading.span(3, 5) == (3, 11)
    assert reading.span(6, 7) == (12, 16)


def test_a_reading_does_not_show_its_text() -> None:
    assert "850112" not in repr(Reading("850112-2384"))
