"""Where a text names a person, and what only looks like a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.detect.names import GazetteerRecogniser, load_gazetteer, load_person_recogniser
from pipeline.errors import BadConfiguration

NAMES = GazetteerRecogniser(load_gazetteer())
WORDS = ("Anna", "Karlsson", "hej", "rektor", "heter", "Uvald", "Kvistmark", "i", "@", ".", ",", "#", "Bosse", "katten")
NAMED = [
    ("Hej Torgny Almstedt!", ["Torgny Almstedt"]),
    ("hälsa birgitta från mig", ["birgitta"]),
    ("jag heter gunvor och undrar", ["gunvor"]),
    ("Det var Annas cykel", ["Anna"]),
    ("Rektor Tjelma Vrångby svarar", ["Tjelma Vrångby"]),
    ("Uvald Kvistmark bor där", ["Uvald Kvistmark"]),
    ("@Majvor Kullsten titta", ["Majvor Kullsten"]),
    ("Min son Ulvar går i 3B", ["Ulvar"]),
    ("Tack Zdzisław Brzostek", ["Zdzisław Brzostek"]),
    ("fråga Fatima Al-Khatib", ["Fatima Al-Khatib"]),
    ("Оксана чекає", ["Оксана"]),
    ("hej mvh Per-Olof von Tunsta", ["Per-Olof von Tunsta"]),
    ("Jag såg Björn på torget", ["Björn"]),
    ("KALLE SVENSSON SVARAR ALDRIG", ["KALLE SVENSSON"]),
    ("Klas, Märta och Yusuf kom", ["Klas", "Märta", "Yusuf"]),
]
NOT_NAMED = [
    "Per person kostar det hundra kronor.",
    "Alla barn i Stora Harrie är välkomna.",
    "Björn sedd vid sjön, håll hundarna kopplade.",
    "Vi ses på Karlsgatan.",
    "Anna Lindbergs gata ska grävas upp.",
    "Erik Karlssons Bygg AB lagar taket".replace("Karlssons ", ""),
    "Vår hund heter Bosse.",
    "Katten Sigge är borta.",
    "i maj eller i juni",
    "mejla anna.berg@eslov.se",
    "@kalle_77 håller inte med",
    "#anna",
    "rita en karta och ta med ben till hunden",
    "Kommunen svarar. Bra!",
    "inga bussar, alla inställda",
    "Storm Hans drog in",
    "we moved here in August",
    "Sankta Maria kyrka",
]


@pytest.mark.parametrize(("text", "expected"), NAMED, ids=[t for t, _ in NAMED])
def test_a_person_is_found(text: str, expected: list[str]) -> None:
    assert expected == [text[f.start : f.end] for f in NAMES.find_persons(text)]


@pytest.mark.parametrize("text", NOT_NAMED)
def test_what_only_looks_like_a_name_is_left_alone(text: str) -> None:
    assert [text[f.start : f.end] for f in NAMES.find_persons(text)] == []


def test_a_public_role_makes_the_name_public() -> None:
    found = NAMES.find_persons("Kommunalrådet Ylva Kvarnek (S) och Ylva Kvarnek privat")
    assert [f.public for f in found] == [True, False]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_the_gate_never_hides_a_name(text: str) -> None:
    """What `find_persons` finds without its gate is nothing when the gate is shut."""
    if not NAMES.may_hold(text):
        assert NAMES.ungated(text) == []


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_the_gate_never_hides_a_name_among_words(words: list[str]) -> None:
    text = " ".join(words)
    assert NAMES.ungated(text) == list(NAMES.find_persons(text))


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("given.txt", "Ulvar\nAnna3\n", "given.txt:2: 'Anna3' is no name"),
        ("cues.txt", "rektor\n", "cues.txt:1: 'rektor' stands before any [section]"),
        ("cues.txt", "[titles]\nrektor\n", "cues.txt:1: no such section [titles]"),
    ],
    ids=["digit", "no-section", "unknown-section"],
)
def test_a_broken_list_is_refused_by_file_and_line(tmp_path: Path, name: str, content: str, problem: str) -> None:
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadConfiguration) as caught:
        load_person_recogniser(lexicons=tmp_path)
    assert problem in str(caught.value)


def test_a_municipality_adds_names_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "given.txt").write_text("# ours\nUlvarine\n", encoding="utf-8")
    text = "fråga ulvarine"
    assert list(NAMES.find_persons(text)) == []
    assert [text[f.start : f.end] for f in load_person_recogniser(lexicons=tmp_path).find_persons(text)] == ["ulvarine"]
