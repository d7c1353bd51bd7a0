"""One value, one canonical form, in whatever way it was written; and never the form of another value."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.canonical import canonical
from pipeline.detect.finding import Entity
from pipeline.token import Tokeniser
from tests.generated.spellings import CARRIERS, PERSON_ONLY, SPELLINGS, coordination_number, personal_number
from tests.recognising import detect, engine

ENGINE = engine()
TOKENS = Tokeniser(b"k" * 32)
IDENTITY = frozenset({Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER})
MASKED = frozenset({"masked-letters", "masked-stars"})
"""Spellings that do not say the number."""
SPELLED = sorted(set(SPELLINGS) - MASKED)


def tokens_found(text: str) -> set[str]:
    """The tokens of the identity numbers that detection finds, as the screen makes them."""
    found = detect(ENGINE, text).findings
    return {TOKENS.token(each.type, text[each.start : each.end]) for each in found if each.type in IDENTITY}


@given(
    spelling=st.sampled_from(SPELLED),
    carrier=st.sampled_from(CARRIERS),
    rng=st.randoms(use_true_random=False),
    coordination=st.booleans(),
)
@settings(max_examples=500, deadline=None)
def test_every_spelling_of_an_identity_number_has_its_token(
    spelling: str, carrier: str, rng: random.Random, *, coordination: bool
) -> None:
    """A spelling that detection misses now and then (docs/detection.md says how often) has no token at all."""
    of_a_person = not coordination or spelling in PERSON_ONLY
    number = personal_number(rng) if of_a_person else coordination_number(rng)
    kind = Entity.SE_PERSONNUMMER if of_a_person else Entity.SE_SAMORDNINGSNUMMER
    assert tokens_found(carrier.format(SPELLINGS[spelling](number))) <= {TOKENS.token(kind, number)}


@pytest.mark.parametrize("spelling", SPELLED)
def test_every_spelling_is_named_by_the_number_it_spells(spelling: str) -> None:
    number = personal_number(random.Random(spelling))
    assert tokens_found(f"så här: {SPELLINGS[spelling](number)}") == {TOKENS.token(Entity.SE_PERSONNUMMER, number)}


@pytest.mark.parametrize("spelling", sorted(MASKED))
def test_a_masked_number_is_not_taken_for_the_whole(spelling: str) -> None:
    number = personal_number(random.Random(spelling))
    assert TOKENS.token(Entity.SE_PERSONNUMMER, number) not in tokens_found(SPELLINGS[spelling](number))


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        pytest.param(
            Entity.PHONE_NUMBER,
            ("070-174 06 05", "+46 70 174 06 05", "0046701740605", "+46 (0)70-1740605", "noll sjuttio 174 06 05"),
            id="phone",
        ),
        pytest.param(
            Entity.IBAN_CODE, ("SE35 5000 0000 0549 1000 0003", "se3550000000054910000003"), id="IBAN with its country"
        ),
        pytest.param(
            Entity.CREDIT_CARD, ("4111 1111 1111 1111", "4111-1111-1111-1111", "４１１１111111111111"), id="card"
        ),
        pytest.param(
            Entity.EMAIL_ADDRESS,
            ("Alva.Test@exempel.se", "alva.test (at) exempel (punkt) se", "alva dot test at exempel dot se"),
            id="e-mail",
        ),
        pytest.param(Entity.SE_ADDRESS, ("Storgatan 12, 241 31 Eslöv", "storgatan 12  24131 ESLÖV"), id="address"),
    ],
)
def test_other_values_have_one_form_too(kind: Entity, spellings: tuple[str, ...]) -> None:
    assert {canonical(kind, each) for each in spellings} == {canonical(kind, spellings[0])}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        pytest.param(Entity.SE_ADDRESS, "Storgatan 12, 241 31 Eslöv", "Lillgatan 12, 241 31 Eslöv", id="streets"),
        pytest.param(Entity.EMAIL_ADDRESS, "alva.at@exempel.se", "alva@exempel.se", id="a name that is a sign's word"),
        pytest.param(Entity.PHONE_NUMBER, "070-174 06 05", "+45 70 17 40 60 5", id="countries"),
        pytest.param(Entity.SE_PERSONNUMMER, "900707-2383", "900707-2391", id="siblings"),
    ],
)
def test_other_values_are_others(kind: Entity, one: str, other: str) -> None:
    assert canonical(kind, one) != canonical(kind, other)


@given(st.text(max_size=60), st.sampled_from(list(Entity)))
def test_any_text_has_a_form(value: str, kind: Entity) -> None:
    assert canonical(kind, value) == canonical(kind, value)


@given(digits=st.from_regex(r"(?:[0-9]{2})?[0-9]{6}[-+ ]?[0-9]{4}", fullmatch=True))
def test_the_short_way_leads_to_the_same_form(digits: str) -> None:
    """A hidden character sends a number the long way round."""
    long_way = f"{digits[:3]}\u200b{digits[3:]}"
    kind = Entity.SE_PERSONNUMMER
    assert canonical(kind, digits) == canonical(kind, long_way)
