"""Which words a lexicon sees near a value, and how near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.context import Lexicon, Near, nearest
from pipeline.detect.normalise import Reading, normalise

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


CUT = ("f", "t o m", "ip*", "nr", "ocr", "order*", "*faktura*", "*konto", "pers nr", "id kort*", "och sen")
LEXICONS = tuple(map(Lexicon, CUT))
EVERY_BIT = -1


@pytest.mark.parametrize("entry", CUT)
@pytest.mark.parametrize("gap", [1, 20, 46, 60])
def test_nothing_is_missed_for_a_look_that_was_spared(entry: str, gap: int) -> None:
    """Whatever the reach leaves of a word is seen, as it is where no look is spared."""
    bare, space = entry.strip("*"), " " * gap
    for word in (bare, f"x{bare}", f"{bare}x", f"x{bare}x", bare.upper(), f"X{bare}X".upper()):
        text, start, end = f"{word}{space}123{space}{word}", len(word) + gap, len(word) + gap + 3
        reading = normalise(text)
        for reach in range(gap, gap + len(word) + 2):
            _the_same_where_nothing_is_spared(reading, start, end, reach)


def _the_same_where_nothing_is_spared(reading: Reading, start: int, end: int, reach: int) -> None:
    text = reading.text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.detect.context._bits", lambda *_: EVERY_BIT)
        every = [lexicon.near(text, start, end, reach, reach) for lexicon in LEXICONS]
    assert [lexicon.near(text, start, end, reach, reach) for lexicon in LEXICONS] == every
    for lexicon, found in zip(LEXICONS, every, strict=True):
        assert reading.may_tell(lexicon) or not found
        assert lexicon.letters or lexicon.may_be_before(text, start, reach) or not lexicon.before(text, start, reach)


PIECES = st.sampled_from(
    ("ocr", "order", "fakturan", "konto", "pers", "nr", "sista", "fyra", "id", "kort", " ", ".", "-", "x", "9")
)


@given(st.lists(PIECES, max_size=10).map("".join))
def test_the_quick_look_hides_nothing(text: str) -> None:
    """`among` may say yes for nothing, never no for something."""
    words = "".join(char if char.isalpha() else " " for char in text.lower()).split()
    assert WORDS.among(words) or not WORDS.anywhere(text)


@pytest.mark.parametrize("text", ["de sista fyra", "mitt id kortet", "order", "pappersfakturan", "ett lönekonto"])
def test_the_quick_look_sees_each_shape(text: str) -> None:
    assert WORDS.anywhere(text)
    assert WORDS.among(text.split())
