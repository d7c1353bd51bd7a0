"""Truth table of the e-mail address."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.email import find
from tests.recognising import seen

FOUND = [
    ("plain", "mejla frida@exempel.se nu", ("email.written", "frida@exempel.se", "sure")),
    ("plus", "TUNNEHOLM.R+VA@GMAIL.COM INTE", ("email.written", "TUNNEHOLM.R+VA@GMAIL.COM", "sure")),
    ("å and ö", "åsa.öberglind@exempel.se (ja)", ("email.written", "åsa.öberglind@exempel.se", "sure")),
    ("glued sentence", "frida_m@hotmail.com.Tack!", ("email.written", "frida_m@hotmail.com", "sure")),
    ("end of sentence", "nås på ove@bredband.example.", ("email.written", "ove@bredband.example", "sure")),
    ("spaced", "min e-post är kuno.plog @ outlook . com men", ("email.spelled", "kuno.plog @ outlook . com", "sure")),
    (
        "at in brackets",
        "på torvald.sno (at) hotmail punkt com så",
        ("email.spelled", "torvald.sno (at) hotmail punkt com", "sure"),
    ),
    (
        "snabel-a",
        "hör av er: sivan52 snabel-a telia punkt com",
        ("email.spelled", "sivan52 snabel-a telia punkt com", "sure"),
    ),
    (
        "square brackets",
        "contact me at hannelore [at] posteo [dot] de about",
        ("email.spelled", "hannelore [at] posteo [dot] de", "sure"),
    ),
    ("municipality", "ludvig.ekerora@eslov.se", ("email.written", "ludvig.ekerora@eslov.se", "public")),
    ("municipality, below", "a@skola.eslov.se", ("email.written", "a@skola.eslov.se", "public")),
    (
        "municipality, spelled",
        "Mejla bibliotek snabel-a eslov punkt se så",
        ("email.spelled", "bibliotek snabel-a eslov punkt se", "public"),
    ),
    ("a firm's mailbox", "info@plogochgrus.se", ("email.written", "info@plogochgrus.se", "public")),
]

NOTHING = [
    ("mention", "@lasse_eslov hej"),
    ("at as a word", "we met at the dot com party"),
    ("price", "5 kg @ 20 kr"),
    ("joint", "partiet.Om du"),
    ("only a local part", "frida@"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
