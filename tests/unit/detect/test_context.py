"""Which words a lexicon sees near a value, and how near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.context import Lexicon, Near, nearest

WORDS = Lexicon("ocr", "order*", "*faktura*", "*konto", "pers nr", "sista fyra", "id kort*")

BEFORE = [
    ("a word", "OCR 123", (Near("ocr", 1),)),
    ("not within a word", "focr 123", ()),
    ("glued to the value", "ocr123", (Near("ocr", 0),)),
    ("a beginning", "ordernumret: 123", (Near("order*", 2),)),
    ("inside a word", "pappersfakturan är 123", (Near("*faktura*", 4),)),
    ("an ending", "lönekonto 123", (Near("*konto", 1),)),
    ("two words", "pers.nr 123", (Near("pers nr", 1),)),
    ("two words, the last open", "ID-kortets 123", (Near("id kort*", 1),)),
    ("nearest first", "ocr på order 123", (Near("order*", 1), Near("ocr", 10))),
    ("the sentence before", "Betala med ocr! Sedan 123", ()),
    ("a full stop", "Här är ocr. Sedan 123", ()),
    ("an abbreviation is no end", "pers. Nr 123", (Near("pers nr", 1),)),
    ("too far", "ocr " + "x" * 50 + " 123", ()),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in BEFORE], ids=[row[0] for row in BEFORE])
def test_before(text: str, expected: tuple[Near, ...]) -> None:
    assert WORDS.before(text, text.index("123")) == expected


AFTER = [
    ("a word", "123 ocr", (Near("ocr", 1),)),
    ("two words", "123 är sista fyra", (Near("sista fyra", 4),)),
    ("the next sentence", "123! ocr kommer", ()),
    ("too far", "123 " + "x" * 40 + " ocr", ()),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in AFTER], ids=[row[0] for row in AFTER])
def test_after(text: str, expected: tuple[Near, ...]) -> None:
    assert WORDS.after(text, 3) == expected


def test_the_nearest_of_several() -> None:
    assert nearest((Near("a", 9),), (), (Near("b", 2), Near("c", 1))) == 2
    assert nearest((), ()) is None


PIECES = st.sampled_from(
    ("ocr", "order", "fakturan", "konto", "pers", "nr", "sista", "fyra", "id", "kort", " ", ".", "-", "x", "9")
)


@given(st.lists(PIECES, max_size=10).map("".join))
def test_the_quick_look_hides_nothing(text: str) -> None:
    """`among` may say yes for nothing, never no for something."""
    words = "".join(char if char.isalpha() else " " for char in text.lower()).split()
    assert WORDS.among(words) or not WORDS.anywhere(text)
