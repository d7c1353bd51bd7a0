"""Disguised words are undressed for the lexicons, with every place pointing into the text as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.concerns.built import load_concern_recogniser
from pipeline.detect.concerns.disguise import undressed
from pipeline.detect.finding import Concern

CONCERNS = load_concern_recogniser()
UNDRESSED = [
    ("stretched", "jääävla idioooot du är", ["jävla idiot du är"]),
    ("digit for a letter", "den h0ran på 1dr0tten", ["den horan på idrotten"]),
    ("sign for a letter", "din j@vel", ["din javel"]),
    ("zero-width", "din idi\u200bot", ["din idiot"]),
    ("soft hyphen", "din idi\u00adot", ["din idiot"]),
    ("Cyrillic letters in a Latin word", "din іdiоt", ["din idiot"]),
    ("once or twice", "din fffitta", ["din fitta", "din ffitta"]),
]
LEFT_ALONE = [
    ("plain", "När öppnar badet i sommar?"),
    ("doubled", "hoppa, fatta, tåget"),
    ("dots", "jaha... då så!!!"),
    ("age and class", "min 5åring i 3b, 7an, 10or, 4g"),
    ("address", "skriv till anna.b@mejl.example eller @kalle"),
    ("plate", "bilen ABC12D"),
    ("emoji", "tack 🙏🙏🙏❤️"),
    ("another alphabet", "дякую за допомогу"),
]
SAID = [
    ("stretched", "Per du är en jääävla idioooot", Concern.INSULT),
    ("digit", "Rektorn är en h0ra", Concern.INSULT),
    ("zero-width", "Kalle din idi\u200bot", Concern.INSULT),
    ("foreign letters", "jag ska dödа dig", Concern.THREAT),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in UNDRESSED], ids=[row[0] for row in UNDRESSED])
def test_is_undressed(text: str, expected: list[str]) -> None:
    assert expected == sorted({reading.text for reading in undressed(text)}, key=expected.index)


@pytest.mark.parametrize("text", [row[1] for row in LEFT_ALONE], ids=[row[0] for row in LEFT_ALONE])
def test_is_left_alone(text: str) -> None:
    assert [reading.text for reading in undressed(text) if reading.text != text] == []


@pytest.mark.parametrize(("text", "concern"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_a_disguise_hides_nothing(text: str, concern: Concern) -> None:
    assert CONCERNS.may_hold(text, named=False, traced=False)
    assert concern in {found.concern for found in CONCERNS.find_concerns(text, ())}


def test_a_finding_points_at_the_word_as_written() -> None:
    text = "Hej! Du är en idioooot, Per"
    (place,) = {(found.start, found.end) for found in CONCERNS.find_concerns(text, ()) if found.rule == "insult-word"}
    assert text[slice(*place)] == "idioooot"


@given(st.text(alphabet="abiouvåäö 013@$\u200b\u00adаеоé!.-", max_size=60))
def test_places_lie_in_the_text(text: str) -> None:
    for reading in undressed(text):
        for at in range(len(reading.text)):
            start, end = reading.span(at, at + 1)
            assert 0 <= start < end <= len(text)
