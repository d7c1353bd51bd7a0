"""Truth table of Finnish, Norwegian, Danish and Polish identity numbers."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.foreign_id import find
from tests.recognising import seen

FOUND = [
    ("Finnish", "henkilötunnus 131052-308T", ("foreign-id.finnish", "131052-308T", "sure")),
    ("Finnish in this century", "010101A123N", ("foreign-id.finnish", "010101A123N", "sure")),
    ("Norwegian", "fødselsnummer 13097248022", ("foreign-id.norwegian", "13097248022", "sure")),
    ("Danish", "CPR 070761-4285", ("foreign-id.danish", "070761-4285", "sure")),
    ("Polish", "PESEL 44051401458", ("foreign-id.polish", "44051401458", "sure")),
]

NOTHING = [
    ("wrong sign", "131052-308U"),
    ("wrong digits", "PESEL 44051401459"),
    ("no word", "070761-4285"),
    ("no day", "CPR 320761-4285"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
