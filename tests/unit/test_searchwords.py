"""Words to search by: Swedish endings do not matter, and no number is ever among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.searchwords import stem, words


@pytest.mark.parametrize(
    "forms",
    [
        "lekplats lekplatsen lekplatser lekplatserna lekplatsens",
        "trasig trasiga trasigt",
        "torg torget torgen torgets",
        "gunga gungan gungor gungorna",
        "skola skolan skolor skolorna",
        "bibliotek biblioteket biblioteken bibliotekets",
        "snöröjning snöröjningen snöröjningens",
        "väg vägen vägar vägarna vägens",
        "klagomål klagomålen klagomålens",
    ],
    ids=lambda forms: forms.split()[0],
)
def test_forms_of_a_word_are_one(forms: str) -> None:
    assert len({stem(each) for each in forms.split()}) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Gatan är TRASIG!", {"gat", "tras"}, id="case, signs and common words"),
        pytest.param("e\N{COMBINING ACUTE ACCENT}tude", {stem("étude")}, id="letters in two pieces"),
        pytest.param("19811228-9874 070 174 06 05 buss5 5an", set(), id="numbers, and words with one"),
        pytest.param("på sd om v", set(), id="short words"),
        pytest.param("a" * 65, set(), id="what is no word"),
        pytest.param("", set(), id="nothing"),
    ],
)
def test_words_of_a_text(text: str, found: set[str]) -> None:
    assert found == words(text)


@given(st.text())
def test_no_digit_is_ever_among_them(text: str) -> None:
    assert not any(letter.isnumeric() for word in words(text) for letter in word)


@given(st.text(alphabet="abdeghiklmnoprstuvyåäö", min_size=3, max_size=20))
def test_a_stem_is_its_own_stem(word: str) -> None:
    assert stem(word) == stem(stem(word))
