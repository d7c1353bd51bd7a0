"""The cheap ways find what the dear ways find: nothing that a gate or an index spares would have been a finding.

The dear way: every gate open, and every pattern of every rule, reference and cue tried on every text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.detect.catalogue import CATALOGUE
from pipeline.detect.concerns.lexicon import load_lexicon
from pipeline.detect.concerns.matcher import Entry, Matcher, Owner
from pipeline.detect.concerns.recogniser import LexiconRecogniser
from pipeline.detect.concerns.tone import load_tone
from pipeline.detect.digits import DATE
from pipeline.detect.engine import Engine
from pipeline.detect.finding import Analysis
from pipeline.detect.names import GazetteerRecogniser, load_gazetteer
from pipeline.detect.normalise import Reading, normalise
from pipeline.detect.recognisers import address
from pipeline.detect.recognisers.dates import _FORMS
from pipeline.detect.recognisers.partial import _MASKED, cues
from pipeline.detect.wording import Wording
from tests.bench.detect import comments
from tests.generated.texts import PIECES as VALUES
from tests.generated.texts import texts
from tests.recognising import SETTING, detect
from tests.unit.concerns.test_bounds import PIECES
from training import corpus

OWN = Path(__file__).parents[2] / "eval" / "comments.jsonl"
EVERY = 8  # of the corpus' sentences: the dear way takes some 15 ms for each


GATES = ("engine.may_hold_value", "spelled._may_run", "spelled._may_sign", "concerns.recogniser._may_stand")
SHUT = (
    "normalise.Reading.may_tell",
    "recognisers.bank_account._may_be_told",
    "recognisers.case_number._may_be_at_court",
    "recognisers.case_number._may_be_reported",
    "recognisers.case_number._may_have_year",
    "recognisers.organisation_number._may_be_vat",
    "recognisers.partial._may_be_backwards",
    "recognisers.partial._may_be_masked",
    "recognisers.partial._may_be_reversed",
    "recognisers.partial._may_end_so",
    "recognisers.partial._may_follow",
    "recognisers.partial._may_hide_date",
    "recognisers.partial._told",
)
EVERY_BIT = -1
APART = (
    *VALUES, "sista fyra 2 3 8 3", "anmälan 5000-k12345-25, k123456-25", "mål t 7719-25", "ks 2026/12 hos er",
    "SE 31 8000 0000 0000 0080 2139", "SE 900707-2383 01", "pnr 2383 900707", "pnr 2383-900707", "Norra g. 12",
    "Ekeby 12 nb", "3300 900707-2383", "8327-9,379 132 1551", "clnr 6161 123456", "9570 kto 1234567890",
    "kort 4222222222222", "dnr: 2024/1234", "Ä 1234-24", "55°50'21\"N 13°18'13\"E", "hetu 131052-9030", "13097248022",
    "130972 48022", "inbetalning 5050-1055", "medlemsavgift 28 65 43-4", "pg 1234-4", "16559998-4340",
    "personnr slutar på 2383", "46701740605", "1 14 14", "reservnummer 900707-12A4", "f-skatt: 900707-2383 01",
)  # fmt: skip
"""Values of every kind, among them for every way through a gate one that has no other."""


class EveryTerm(Matcher[Owner]):
    """Holds every term likely."""

    def likely(self, text: Wording) -> Collection[Entry[Owner]]:  # noqa: ARG002 as its parent's
        return self._entries


class OpenNames(GazetteerRecogniser):
    """Looks for names in every text."""

    def may_hold(self, text: str) -> bool:  # noqa: ARG002 the port's signature
        return True


class OpenConcerns(LexiconRecogniser):
    """Judges every text."""

    def may_hold(self, text: str, *, named: bool, traced: bool) -> bool:  # noqa: ARG002 the port's signature
        return True


def _dear() -> Engine:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.detect.concerns.recogniser.Matcher", EveryTerm)
        concerns = OpenConcerns(LEXICON, TONE)
        patch.setattr(
            "pipeline.detect.engine.CATALOGUE", [replace(entry, may_hold=lambda _: True) for entry in CATALOGUE]
        )
        return Engine(SETTING, OpenNames(NAMES), concerns)


NAMES, LEXICON, TONE = load_gazetteer(), load_lexicon(), load_tone()
CHEAP = Engine(SETTING, GazetteerRecogniser(NAMES), LexiconRecogniser(LEXICON, TONE))
DEAR = _dear()


def dearly(text: str) -> Analysis:
    """What is found with every gate open; a budget that only the dear way passes is no difference."""
    with pytest.MonkeyPatch.context() as patch:
        for gate in GATES:
            patch.setattr(f"pipeline.detect.{gate}", lambda *_, **__: True)
        patch.setattr("pipeline.detect.engine.is_clear", lambda _: False)
        patch.setattr("pipeline.detect.deadline.Deadline.passed", lambda _: False)
        return detect(DEAR, text)


def openly(text: str) -> list[object]:
    """What every recogniser finds in a text when none of them looks first whether it can hold anything."""
    reading = normalise(text)
    with pytest.MonkeyPatch.context() as patch:
        for gate in SHUT:
            patch.setattr(f"pipeline.detect.{gate}", lambda *_: True)
        patch.setattr("pipeline.detect.context._bits", lambda *_: EVERY_BIT)
        return [*cues(reading), *(finding for entry in CATALOGUE for finding in entry.find(reading, SETTING))]


def found_in(reading: Reading) -> list[object]:
    """What every recogniser finds in a reading, of those that the reading's gates let through."""
    asked = [entry for entry in CATALOGUE if entry.may_hold(reading)]
    return [*cues(reading), *(finding for entry in asked for finding in entry.find(reading, SETTING))]


def test_no_recogniser_is_stopped_by_its_own_gate() -> None:
    """Values of every kind, by themselves, after a word, and in our own comments, in small letters too."""
    own = [json.loads(line)["text"] for line in OWN.read_text(encoding="utf-8").splitlines()]
    several = [f"{one} {two}" for one, two in pairwise(APART)]
    for text in (*APART, *several, *own, *map(str.lower, own)):
        assert openly(text) == found_in(normalise(text))


@settings(max_examples=200, deadline=None)
@given(texts())
def test_no_recogniser_is_stopped_by_its_own_gate_on_any_text(text: str) -> None:
    assert openly(text) == found_in(normalise(text))


@settings(max_examples=400)
@given(st.lists(st.one_of(st.text(alphabet="0123456789xX*-. ", max_size=14), texts()), max_size=4))
def test_masked_numbers_begin_where_digits_begin(pieces: list[str]) -> None:
    """Trying the pattern where a row of digits begins finds what trying it everywhere finds."""
    reading = normalise(" ".join(pieces))
    starts = (start for chain in reading.chains for start, end in chain.spans if end - start >= DATE)
    tried = [match.span() for start in starts if (match := _MASKED.match(reading.text, start))]
    assert [match.span() for match in _MASKED.finditer(reading.text)] == tried


HOUSES = st.lists(
    st.one_of(
        st.sampled_from(("Ekeby", "bor på", "Södra", "ågatan", "Stor-g.", "(Vång", "12", "3 b", "1234z", "7-9", "4-2")),
        st.text(alphabet="Eeägv .'-(\n0123456789", max_size=4),
    ),
    max_size=8,
)


@settings(max_examples=600)
@given(HOUSES, st.sampled_from((" ", "  ", "")))
def test_house_numbers_have_their_names(pieces: list[str], between: str) -> None:
    """Looking where chains and words begin finds the houses and names that looking everywhere finds."""
    reading = normalise(between.join(pieces))
    text = reading.text
    everywhere, looked = [], []
    for house in address._HOUSE.finditer(text):
        name = address._NAME.search(text, max(0, house.start() - address._NAME_REACH), house.start())
        everywhere += [(house.span(), name.span(1))] if name else []
        rural = address._RURAL.finditer(text, max(0, house.start() - address._RURAL_REACH), house.end() + 4)
        if name and any(found.start(2) == house.start() for found in rural):
            assert not name[1].islower()
            assert address._PLOT.match(text, house.start())
        if name and address._END.search(name[1].rstrip(".")):
            assert name[1].rstrip(".").lower().endswith(address._EVERY_ENDING)
    for house in address._houses(reading):
        name = address._name(text, max(0, house.start() - address._NAME_REACH), house.start())
        looked += [(house.span(), name.span(1))] if name else []
    assert looked == everywhere


DATES = st.lists(
    st.sampled_from(("maj", "5 maj", "xjan", "März", "may", "den", "12", "3", "85", "1985", "/", "-", ".", "e", " "))
)


@settings(max_examples=600)
@given(DATES, st.sampled_from((" ", "")))
def test_dates_are_found_wherever_they_begin(pieces: list[str], between: str) -> None:
    """Trying the forms only at a digit, or a word before one, finds what trying them everywhere finds."""
    text = between.join(pieces)
    everywhere = re.compile(re.sub(r"\(\?=\[0-9\]\|.*?\[0-9\]\)", "", _FORMS.pattern, count=1), _FORMS.flags)
    assert everywhere.pattern != _FORMS.pattern
    assert [match.span() for match in _FORMS.finditer(text)] == [match.span() for match in everywhere.finditer(text)]


def test_on_comments_of_which_no_two_are_alike() -> None:
    for text in comments(Random(3), 60, hard=True):
        assert dearly(text) == detect(CHEAP, text)


def test_on_our_own_comments() -> None:
    for line in OWN.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        assert dearly(text) == detect(CHEAP, text)


def test_on_the_corpus() -> None:
    rows = [row.text for row in corpus.rows(2, 11)][::EVERY]
    assert len(rows) > 250
    for text in rows:
        assert dearly(text) == detect(CHEAP, text)


@settings(max_examples=40, deadline=None)  # trying every pattern is slow
@given(st.lists(st.one_of(st.sampled_from(PIECES), texts()), max_size=8), st.sampled_from((" ", ". ", "\n", "")))
def test_on_any_text(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    assert dearly(text) == detect(CHEAP, text)
