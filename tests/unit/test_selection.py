"""Dataskyddslagen 3 kap. 3 §: no words by which people would be selected for what is sensitive of them."""

import pytest

from pipeline.detect.concerns.lexicon import load_lexicon
from pipeline.detect.finding import Concern
from pipeline.searchwords import is_searchable, words
from pipeline.selection import SENSITIVE, Selection

LEXICON = load_lexicon()
SELECTION = Selection(LEXICON)
PLAIN = sorted(
    {
        (rule.concern, term.plain.text)
        for rule in LEXICON.rules
        if rule.concern in SENSITIVE
        for _, term in rule.terms
        if term.plain and term.plain.begins and term.plain.ends
    }
)


@pytest.mark.parametrize(
    ("asked", "concern"),
    [
        pytest.param("cancer", Concern.HEALTH, id="an illness"),
        pytest.param("Cancersjuka", Concern.HEALTH, id="an illness, inflected"),
        pytest.param("trasig lekplats adhd", Concern.HEALTH, id="among other words"),
        pytest.param("judarna", Concern.SPECIAL_CATEGORY, id="a people, inflected"),
        pytest.param("homosexualitet", Concern.SPECIAL_CATEGORY, id="sexuality"),
        pytest.param("moderaterna", Concern.SPECIAL_CATEGORY, id="a party's members"),
        pytest.param("ur facket", Concern.SPECIAL_CATEGORY, id="a union"),
        pytest.param("facket ur gick", Concern.SPECIAL_CATEGORY, id="a phrase in another order"),
        pytest.param("misshandel", Concern.CRIME, id="a crime"),
        pytest.param("dömda", Concern.CRIME, id="convicted"),
        pytest.param("skyddade personuppgifter", Concern.PROTECTED_IDENTITY, id="protected identity"),
        pytest.param("muslim", Concern.SPECIAL_CATEGORY, id="religion"),
        pytest.param("lesbian", Concern.SPECIAL_CATEGORY, id="another language"),
        pytest.param("trasig lekplats", None, id="a playground"),
        pytest.param("snöröjning cykelväg", None, id="snow"),
        pytest.param("hemtjänst", None, id="what a department does"),
        pytest.param("förskola skolmat", None, id="schools"),
        pytest.param("bygglov kommunfullmäktige", None, id="administration"),
        pytest.param("biblioteket simhallen buss parkering sopor belysning", None, id="services"),
    ],
)
def test_what_may_be_searched_for(asked: str, concern: Concern | None) -> None:
    assert concern == SELECTION.refuses(asked)


def test_every_single_word_of_the_sensitive_lexicons_is_refused() -> None:
    assert len(PLAIN) > 1000
    assert [word for _, word in PLAIN if SELECTION.refuses(word) is None] == []


def test_no_single_word_of_the_sensitive_lexicons_comes_into_the_index() -> None:
    let_in = [
        word
        for _, word in PLAIN
        if is_searchable(word) and not words(word).isdisjoint(SELECTION.searchable([f"Här står {word} i en text"]))
    ]
    assert let_in == []


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        pytest.param(
            ["Min granne har diabetes och gungan är trasig"], "granne gungan trasig", id="the word is left out"
        ),
        pytest.param(["ett alkoholmissbruk i parken"], "parken", id="and the whole of a compound"),
        pytest.param(["judarnas park"], "park", id="and its other forms"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_sensitive_words_are_not_searchable(pieces: list[str], found: str) -> None:
    assert words(found) == SELECTION.searchable(pieces)
