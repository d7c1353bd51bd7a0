"""One thing is said of one person where the model believes only one; what is a municipality's own always stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.detect.concerns.beside import may_add, not_struck
from pipeline.detect.concerns.built import load_concern_recogniser
from pipeline.detect.concerns.lexicon import load_lexicon
from pipeline.detect.concerns.recogniser import LexiconRecogniser
from pipeline.detect.concerns.tone import Tone
from pipeline.detect.finding import Concern, ConcernFinding

RECOGNISER = load_concern_recogniser()
LEXICONS = LexiconRecogniser(load_lexicon())
HEALTH, CRIME = (ConcernFinding(c, 0, 1, 0.7, c.lower()) for c in (Concern.HEALTH, Concern.CRIME))
HATE, INSULT = (ConcernFinding(c, 0, 1, 0.7, c.lower()) for c in (Concern.HATE, Concern.INSULT))
THREAT, PROTECTED = (ConcernFinding(c, 0, 1, 0.7, c.lower()) for c in (Concern.THREAT, Concern.PROTECTED_IDENTITY))
SURE = ConcernFinding(Concern.HEALTH, 0, 1, 0.95, "health", certain=True)
STRUCK = [
    ("believed-beside-doubted", (CRIME, HEALTH), {"CRIME": 0.8, "HEALTH": 0.01}, (CRIME,)),
    ("both-likely", (CRIME, HEALTH), {"CRIME": 0.8, "HEALTH": 0.1}, (CRIME, HEALTH)),
    ("none-believed", (CRIME, HEALTH), {"CRIME": 0.4, "HEALTH": 0.01}, (CRIME, HEALTH)),
    ("certain", (CRIME, SURE), {"CRIME": 0.8, "HEALTH": 0.01}, (CRIME, SURE)),
    ("protected", (CRIME, PROTECTED), {"CRIME": 0.8, "PROTECTED_IDENTITY": 0.0}, (CRIME, PROTECTED)),
    ("names-for-a-group", (HATE, INSULT), {"HATE": 0.3, "INSULT": 0.4}, (HATE,)),
    ("a-person-too", (HATE, INSULT), {"HATE": 0.3, "INSULT": 0.6}, (HATE, INSULT)),
]
ADDED = [
    (Concern.HEALTH, 0.5, frozenset(), True),
    (Concern.HEALTH, 0.59, {Concern.CRIME}, False),
    (Concern.HEALTH, 0.61, {Concern.CRIME}, True),
    (Concern.INSULT, 0.89, {Concern.THREAT}, False),
    (Concern.INSULT, 0.91, {Concern.THREAT}, True),
    (Concern.INSULT, 0.61, {Concern.HEALTH}, True),
    (Concern.THREAT, 1.0, {Concern.THREAT}, False),
]
ONE = [
    ("De bröt sig in hos mamma och tog alla mediciner", {Concern.CRIME}),
    ("Min dotter blir slagen varje rast i 4B", {Concern.SCHOOL_PUPIL}),
    ("alla kurder är äckel", {Concern.HATE}),
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


@pytest.mark.parametrize(("found", "chances", "left"), [case[1:] for case in STRUCK], ids=[case[0] for case in STRUCK])
def test_what_stands_beside_what(
    found: tuple[ConcernFinding, ...], chances: dict[str, float], left: tuple[ConcernFinding, ...]
) -> None:
    likely = {Concern(name): chance for name, chance in chances.items()}
    assert tuple(not_struck(found, lambda: likely, ())) == left


def test_what_a_municipality_wrote_is_never_struck() -> None:
    assert not_struck((CRIME, HEALTH), lambda: {Concern.CRIME: 1.0, Concern.HEALTH: 0.0}, {"health"}) == [CRIME, HEALTH]


def test_one_thing_alone_asks_nobody() -> None:
    def chances() -> dict[Concern, float]:
        raise AssertionError("asked")

    assert not_struck((HEALTH, HEALTH), chances, ()) == [HEALTH, HEALTH]


@pytest.mark.parametrize(("concern", "probability", "known", "added"), ADDED)
def test_the_model_must_be_surer_beside_others(
    concern: Concern, probability: float, known: frozenset[Concern], *, added: bool
) -> None:
    assert may_add(Tone(concern, probability, 0, 1), frozenset(known)) is added


@pytest.mark.parametrize(("text", "concerns"), ONE, ids=[text for text, _ in ONE])
def test_one_thing_is_said(text: str, concerns: set[Concern]) -> None:
    assert {finding.concern for finding in RECOGNISER.find_concerns(text, ())} == concerns


def test_own_words_in_a_rule_of_ours_stand(tmp_path: Path) -> None:
    """The word of the municipality raises its rule beside a crime that the model believes in."""
    (tmp_path / "concerns").mkdir()
    own = 'concern = "HEALTH"\nbasis = "x"\n[[rule]]\nid = "own"\n[rule.terms]\nsv = "alla mediciner"\n'
    (tmp_path / "concerns" / "own.toml").write_text(own, encoding="utf-8")
    found = load_concern_recogniser(tmp_path).find_concerns(ONE[0][0], ())
    assert {"own", "crime-victim"} <= {finding.rule for finding in found}


@pytest.mark.parametrize("text", EVERYDAY)
def test_a_wildcard_takes_no_everyday_word(text: str) -> None:
    """Words that a term with a star once took for an illness, a crime or a care form."""
    assert LEXICONS.find_concerns(text, ()) == ()
