r"""A text is cut into words as `\w+` would, only faster; what is kept of words is bounded and holds no long number."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.clear import is_clear
from pipeline.detect.concerns import disguise
from pipeline.detect.gate import may_hold_value
from pipeline.detect.normalise import _ODD, normalise, reads_as_written
from pipeline.detect.spelled import spelled
from pipeline.detect.wording import ByWord, letters_of, lowered, wording
from tests.generated.texts import texts

SIGNS = st.text(alphabet="aåÄ1_²½٣é'’-–…😅\u0301\u200b \n.İß㊿", max_size=30)
ANY = st.one_of(texts(), SIGNS, st.text(st.characters(), max_size=40))


@given(ANY)
def test_words_are_what_the_pattern_finds(text: str) -> None:
    told = wording(text)
    low = lowered(text)
    words = re.findall(r"\w+", low)
    assert (words, low) == (told.words, told.low)
    assert len(text) == len(told.low)
    assert re.findall(r"[^\W\d_]+", low) == letters_of(told)
    assert f" {' '.join(words)} " == told.joined


@given(ANY)
def test_marks_pairs_and_digits_are_what_a_look_at_every_character_tells(text: str) -> None:
    told = wording(text)
    assert told.marks == {c for c in text if not (c.isascii() and c.isalnum()) and c not in "_ \n\r\t"}
    assert told.digits == bool(re.search("[0-9]", text))
    assert told.signed == any(not (c.isascii() or c.isalnum()) for c in text)
    assert told.distinct == frozenset(told.words)
    assert told.pairs == set(pairwise(told.words))


@given(ANY)
def test_a_text_that_reads_as_written_is_left_as_it_is(text: str) -> None:
    if reads_as_written(wording(text)):
        assert not _ODD.search(text)


@given(ANY)
def test_a_clear_text_has_no_reading_that_holds_anything(text: str) -> None:
    if is_clear(wording(text)):
        assert spelled(normalise(text)) is None
        assert not may_hold_value(normalise(text))


@given(st.one_of(ANY, st.text(alphabet="aAåÅhHoO0@€5 .-", max_size=12)))
def test_no_disguise_is_missed_for_its_words_and_marks(text: str) -> None:
    """What is undressed when the cheap looks are asked first is undressed without them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disguise, "_thrice", dict.fromkeys(wording(text).words, True))
        patch.setattr(disguise, "_FOR_LETTERS", wording(text).marks)
        everything = disguise.undressed.__wrapped__(text)
    assert disguise.undressed.__wrapped__(text) == everything


@given(texts())
def test_a_reading_has_the_runs_of_letters(text: str) -> None:
    reading = normalise(text)
    assert re.findall(r"[^\W\d_]+", reading.text.lower()) == reading.words


@pytest.mark.parametrize(
    ("text", "signed"), [("hej å ö", False), ("hej 😅", True), ("hej – du", True), ("a_1", False)], ids=str
)
def test_signs_beyond_ascii_are_told(text: str, *, signed: bool) -> None:
    assert wording(text).signed == signed


def test_what_is_known_of_words_is_found_once_bounded_and_without_numbers() -> None:
    asked: list[str] = []

    def size(word: str) -> int:
        asked.append(word)
        return len(word)

    known = ByWord(size, most=3)
    assert [known[word] for word in ("hej", "hej", "900707", "900707", "a" * 40)] == [3, 3, 6, 6, 40]
    assert asked == ["hej", "900707", "900707", "a" * 40]
    for word in ("ett", "10", "två", "tre", "fyra", "114"):
        assert known[word] == len(word)
    assert len(known) <= 3
    assert all(word.isalpha() or len(word) < 3 for word in known)


def test_no_text_stands_in_what_is_printed_of_a_wording() -> None:
    assert "hemlig" not in repr(wording("hemligheten"))
