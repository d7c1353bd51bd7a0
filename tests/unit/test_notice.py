"""What authors are told: plain words, the law, where to turn; never what was found."""

from __future__ import annotations

import msgspec
import pytest

from pipeline import notice
from pipeline.detect.finding import Concern, Entity
from pipeline.message import RuleNote, ValueNote
from pipeline.notice import Deed, Language, compose
from tests.orders import an_order


def note(kind: str) -> ValueNote:
    return ValueNote(type=kind, start=0, end=4, score=1.0, rule="r", field="/text", token="a1b2")


ORDER = msgspec.structs.replace(an_order("order-7"), findings=(note("SE_PERSONNUMMER"), note("PHONE_NUMBER")))


def test_a_swedish_notice_says_what_why_and_where_to_turn() -> None:
    told = compose(ORDER, Deed.REMOVED, contact="kontaktcenter, 0413-620 00")
    assert "Vi har tagit bort ditt inlägg" in told
    assert "ett personnummer eller samordningsnummer och någons kontaktuppgifter eller adress" in told
    assert "Det följer av OSL 21 kap." in told
    assert "Hör av dig till kontaktcenter, 0413-620 00 och ange order-7" in told
    assert "imy.se" in told
    assert "jo.se" in told


def test_an_english_notice_for_what_is_hidden() -> None:
    told = compose(ORDER, Deed.HIDDEN, contact="the contact centre", language=Language.ENGLISH)
    assert "We have hidden your post or comment, as it seems to contain a personal identity number and" in told


@pytest.mark.parametrize("language", Language)
def test_a_kind_is_named_once_and_an_unknown_one_too(language: Language) -> None:
    twice = msgspec.structs.replace(ORDER, findings=(note("IBAN_CODE"), note("CREDIT_CARD"), note("UNHEARD_OF")))
    told = compose(twice, Deed.HIDDEN, contact="x", language=language)
    tongue = list(Language).index(language)
    assert told.count(notice._PAYMENT[tongue]) == 1
    assert notice._OTHER[tongue] in told


@pytest.mark.parametrize("language", Language)
def test_an_order_without_findings_is_told_of_too(language: Language) -> None:
    told = compose(msgspec.structs.replace(ORDER, findings=()), Deed.HIDDEN, contact="x", language=language)
    assert notice._OTHER[list(Language).index(language)] in told


def test_every_kind_that_has_words_is_one_that_detection_knows() -> None:
    assert set(notice._KINDS) <= {*Entity, *Concern}


def test_nothing_that_was_found_is_told() -> None:
    told = compose(ORDER, Deed.REMOVED, contact="x")
    assert "a1b2" not in told, "not even its token"


@pytest.mark.parametrize("language", Language)
def test_a_notice_fits_into_a_message(language: Language) -> None:
    """Instagram takes 1 000 bytes."""
    basis = "dataskyddslagen (2018:218) 3 kap. 10 §; dataskyddsförordningen art. 5 och 87; OSL 21 kap. 7 §"
    rules = (RuleNote(id="identity-number", mode="delete", legal_basis=basis),)
    order = msgspec.structs.replace(ORDER, order_id="a" * 64, rules=rules)
    told = compose(order, Deed.REMOVING, contact="kommunens kontaktcenter, 0413-620 00", language=language)
    assert len(told.encode()) < 1000
