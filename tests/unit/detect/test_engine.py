"""The engine: windows, budget, gaps, fields, names and concerns, and which reading stands."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given, settings

from pipeline.detect.deadline import Deadline
from pipeline.detect.engine import OVER_BUDGET, TOO_LONG, TOO_MANY, Engine, Limits
from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Entity, Finding
from pipeline.detect.overlap import resolve
from pipeline.ports import FieldText
from tests.generated.texts import texts
from tests.recognising import SETTING, detect, engine

NUMBER = "900707-2383"


class FakeNames:
    """Calls every "Frida" a person."""

    def may_hold(self, text: str) -> bool:
        return "Frida" in text

    def find_persons(self, text: str) -> tuple[Finding, ...]:
        start = text.index("Frida")
        return (Finding(Entity.PERSON, start, start + 5, 0.9, "fake"),)


class FakeConcerns:
    """Sees a concern in "sjuk" and remembers which findings it was shown."""

    def __init__(self) -> None:
        self.shown: list[Finding] = []

    def may_hold(self, text: str, *, named: bool, traced: bool) -> bool:  # noqa: ARG002 the port's signature
        return "sjuk" in text

    def find_concerns(self, text: str, findings: Sequence[Finding]) -> tuple[ConcernFinding, ...]:
        self.shown += findings
        start = text.index("sjuk")
        return (ConcernFinding(Concern.HEALTH, start, start + 4, 0.7, "fake"),)


class BrokenNames(FakeNames):
    """Fails on every text, with the text in the exception."""

    def find_persons(self, text: str) -> tuple[Finding, ...]:
        raise ValueError(text)


@pytest.fixture(scope="module")
def detector() -> Engine:
    return engine()


def test_nothing_in_nothing_out(detector: Engine) -> None:
    analysis = detector.detect((FieldText("/text", "Tack för lekplatsen!"), FieldText("/title", "")))
    assert analysis == Analysis()


def test_findings_name_their_field(detector: Engine) -> None:
    fields = (FieldText("/text", "hej"), FieldText("/media/0/ocr_text", f"pnr {NUMBER}"))
    analysis = detector.detect(fields)
    assert [(found.field, found.start, found.end) for found in analysis.findings] == [("/media/0/ocr_text", 4, 15)]


@pytest.mark.parametrize("before", [0, 1, 2_190, 2_200, 2_345, 2_495, 2_500, 4_395, 9_000])
def test_a_number_is_found_once_wherever_windows_meet(detector: Engine, before: int) -> None:
    text = "x " * (before // 2) + "y" * (before % 2) + f" {NUMBER} " + "slut. " * 800
    found = detect(detector, text).findings
    assert [text[finding.start : finding.end] for finding in found] == [NUMBER]


def test_names_and_concerns_are_asked_in_turn() -> None:
    concerns = FakeConcerns()
    detector = Engine(SETTING, FakeNames(), concerns)
    analysis = detect(detector, f"Frida är sjuk, {NUMBER}, frida@x.se")
    assert [found.type for found in analysis.findings] == [Entity.PERSON, Entity.SE_PERSONNUMMER, Entity.EMAIL_ADDRESS]
    assert [concern.concern for concern in analysis.concerns] == [Concern.HEALTH]
    assert list(analysis.findings) == concerns.shown


def test_a_name_within_a_value_is_none() -> None:
    analysis = detect(Engine(SETTING, FakeNames()), "skriv till Frida@exempel.se")
    assert [found.type for found in analysis.findings] == [Entity.EMAIL_ADDRESS]


def test_an_error_is_a_gap_that_quotes_nothing() -> None:
    analysis = detect(Engine(SETTING, BrokenNames()), f"Frida {NUMBER}")
    assert analysis.gaps == ("error-ValueError",)


def test_a_text_over_budget_is_a_gap() -> None:
    ticks = count()
    slow = Engine(SETTING, deadline=lambda budget: Deadline(budget, lambda: next(ticks), lambda: next(ticks)))
    assert any(gap.startswith("unfinished") or gap == OVER_BUDGET for gap in detect(slow, NUMBER).gaps)


def test_a_text_beyond_all_bounds_is_a_gap_and_its_beginning_counts() -> None:
    detector = Engine(SETTING, limits=Limits(longest=5_000))
    analysis = detect(detector, f"{NUMBER} " + "lång " * 2_000)
    assert analysis.gaps == (TOO_LONG,)
    assert len(analysis.findings) == 1


def test_too_many_findings_is_a_gap() -> None:
    detector = Engine(SETTING, limits=Limits(findings=3))
    assert TOO_MANY in detect(detector, f"{NUMBER}, " * 6).gaps


def test_presidio_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Its debug lines may quote what was found (invariant 4)."""
    with caplog.at_level(logging.DEBUG):
        detect(engine(), f"Mitt nummer {NUMBER}")
    assert NUMBER not in caplog.text
    assert "presidio" not in caplog.text


@given(texts())
@settings(max_examples=200)
def test_spans_lie_in_the_text_and_scores_are_probabilities(detector: Engine, text: str) -> None:
    analysis = detect(detector, text)
    assert all(0 <= found.start < found.end <= len(text) for found in analysis.findings)
    assert all(0 <= cue.start < cue.end <= len(text) for cue in analysis.cues)
    assert all(0 < found.score < 1 for found in analysis.findings)


PHONE, IBAN = Entity.PHONE_NUMBER, Entity.IBAN_CODE
STANDS = [
    ("the more probable", [(PHONE, 0, 10, 0.9), (Entity.SE_PERSONNUMMER, 0, 10, 0.4)], [PHONE]),
    ("equal: by precedence", [(PHONE, 0, 10, 0.9), (IBAN, 0, 10, 0.9)], [IBAN]),
    ("equal: the longer", [(IBAN, 0, 9, 0.9), (IBAN, 0, 10, 0.9)], [IBAN]),
    ("apart: both", [(PHONE, 0, 5, 0.9), (IBAN, 5, 10, 0.4)], [PHONE, IBAN]),
]


@pytest.mark.parametrize(("given_", "stands"), [row[1:] for row in STANDS], ids=[row[0] for row in STANDS])
def test_which_reading_stands(given_: list[tuple[Entity, int, int, float]], stands: list[Entity]) -> None:
    findings = [Finding(kind, start, end, score, "rule") for kind, start, end, score in given_]
    assert [found.type for found in resolve(findings)] == stands


def test_a_number_in_an_account_stands_beside_it(detector: Engine) -> None:
    found = detect(detector, "personkonto 3300-9007072383").findings
    assert [finding.type for finding in found] == [Entity.SE_BANK_ACCOUNT, Entity.SE_PERSONNUMMER]


def test_the_last_four_alone_are_a_cue(detector: Engine) -> None:
    analysis = detect(detector, "Sista fyra är 2654.")
    assert [cue.rule for cue in analysis.cues] == ["personnummer.last-four"]
    assert not analysis.findings
