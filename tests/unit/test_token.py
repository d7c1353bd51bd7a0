"""A token stands for a value however it is spelled, and for no other value."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.finding import Entity
from pipeline.token import Tokeniser

TOKENS = Tokeniser(b"k" * 32)
DIGITS = st.text("0123456789", min_size=10, max_size=10)


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (
            Entity.SE_PERSONNUMMER,
            [
                "19871220-2384",
                "871220-2384",
                "198712202384",
                "8712202384",
                "871220+2384",
                "19 87 12 20 - 23 84",
                "871220\u20132384",
                "871220\u00a02384",
                "\uff11\uff19\uff18\uff17\uff11\uff12\uff12\uff10\uff12\uff13\uff18\uff14",
                "\u0661\u0669\u0668\u0667\u0661\u0662\u0662\u0660-\u0662\u0663\u0668\u0664",
            ],
        ),
        (Entity.PHONE_NUMBER, ["070-174 06 05", "0701740605", "(070) 174 06 05"]),
        (Entity.EMAIL_ADDRESS, ["Alva.Test@exempel.se", "alva.test@EXEMPEL.SE"]),
        (Entity.SE_VEHICLE_PLATE, ["ABC 12D", "abc12d", "ABC-12D"]),
    ],
    ids=lambda value: value if isinstance(value, Entity) else "",
)
def test_spellings_of_one_value_have_one_token(kind: Entity, spellings: list[str]) -> None:
    assert {TOKENS.token(kind, each) for each in spellings} == {TOKENS.token(kind, spellings[0])}


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(list(Entity)[:4], 2)))
def test_the_same_digits_of_another_type_have_another_token(one: Entity, other: Entity) -> None:
    """Else a phone number could be looked up among the identity numbers."""
    assert TOKENS.token(one, "8712202384") != TOKENS.token(other, "8712202384")


@given(DIGITS, DIGITS)
def test_other_numbers_have_other_tokens(one: str, other: str) -> None:
    kind = Entity.SE_PERSONNUMMER
    assert (TOKENS.token(kind, one) == TOKENS.token(kind, other)) == (one == other)


def test_another_key_gives_other_tokens() -> None:
    other = Tokeniser(b"o" * 32)
    assert other.token(Entity.PHONE_NUMBER, "0701740605") != TOKENS.token(Entity.PHONE_NUMBER, "0701740605")


def test_a_token_shows_neither_value_nor_key() -> None:
    token = TOKENS.token(Entity.PHONE_NUMBER, "0701740605")
    assert len(token) == 32
    assert set(token) <= set("0123456789abcdef")
    assert "kkk" not in repr(TOKENS)
