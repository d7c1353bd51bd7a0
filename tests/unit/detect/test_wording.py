r"""A text is cut into words as `\w+` would, only faster; what is kept of words is bounded and holds no long number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect import normalise as normalise_module
from pipeline.detect.concerns import disguise
from pipeline.detect.normalise import normalise
from pipeline.detect.wording import ByWord, beyond, letters_of, lowered, wording
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


@given(
    ANY,
    st.sampled_from((b"", b"ab \n", bytes(range(128)))),
)
def test_what_is_beyond_plain_characters(text: str, plain: bytes) -> None:
    assert "".join(letter for letter in text if letter not in plain.decode()) == beyond(text, plain)


@given(ANY)
def test_odd_characters_are_seen_without_the_plain_ones(text: str) -> None:
    for module in (normalise_module, disguise):
        pattern = getattr(module, "_ODD_CHAR", None) or module._ODD
        assert bool(pattern.search(text)) == bool(pattern.search(beyond(text, module._PLAIN_ASCII)))


@given(ANY)
def test_signs_for_letters_are_seen_without_the_letters(text: str) -> None:
    assert disguise._may_hold_sign(text) or not disguise._SIGN.search(text)


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
