"""The model must be surer to add to what is said, and a star takes no everyday word."""

from __future__ import annotations

import pytest

from pipeline.detect.concerns.beside import may_add
from pipeline.detect.concerns.built import load_concern_recogniser
from pipeline.detect.concerns.lexicon import load_lexicon
from pipeline.detect.concerns.recogniser import LexiconRecogniser
from pipeline.detect.concerns.tone import Tone
from pipeline.detect.finding import Concern

RECOGNISER = load_concern_recogniser()
LEXICONS = LexiconRecogniser(load_lexicon())
ADDED = [
    (Concern.HEALTH, 0.5, frozenset(), True),
    (Concern.HEALTH, 0.59, {Concern.CRIME}, False),
    (Concern.HEALTH, 0.61, {Concern.CRIME}, True),
    (Concern.INSULT, 0.89, {Concern.THREAT}, False),
    (Concern.INSULT, 0.91, {Concern.THREAT}, True),
    (Concern.INSULT, 0.61, {Concern.HEALTH}, True),
    (Concern.THREAT, 1.0, {Concern.THREAT}, False),
]
EVERYDAY = [
    "Korttidsparkeringen vid stationen är full när jag kommer",
    "Jag väntar på min pappa vid terminalen",
    "Bussen var proppfull så jag fick stå hela vägen",
    "Mitt bygglov beviljades till slut",
    "Min bror skrev ett remissvar om vägen",
    "Min son tyckte att badet var super",
    "Min man drabbades av resfeber",
    "Innehavaren av kiosken är min granne",
    "Larmet på min bil tjöt hela natten",
    "Anmärkningsvärt att min dotter fick vänta så länge i kön",
    "Lena Hallqvist slåss för bygdens affär",
    "Vi blev tjugo år!! Kom och fira med Lena Hallqvist",
    "Du borde prova fläskpannkakan",
    "Det är på tok för dyrt, eller vad säger du",
]


@pytest.mark.parametrize(("concern", "probability", "known", "added"), ADDED)
def test_the_model_must_be_surer_beside_others(
    concern: Concern, probability: float, known: frozenset[Concern], *, added: bool
) -> None:
    assert may_add(Tone(concern, probability, 0, 1), frozenset(known)) is added


@pytest.mark.parametrize("text", EVERYDAY)
def test_a_wildcard_takes_no_everyday_word(text: str) -> None:
    """Words that a term with a star once took for an illness, a crime or a care form."""
    assert LEXICONS.find_concerns(text, ()) == ()
