"""Valid numbers made at run time in ninety spellings are found; numbers that are nobody's are not acted upon."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from pipeline.detect.engine import Engine
from pipeline.detect.finding import Entity
from tests.generated.negatives import NEGATIVES
from tests.generated.spellings import CARRIERS, PERSON_ONLY, SPELLINGS, coordination_number, personal_number
from tests.recognising import SURE, detect, engine

_IDENTITY = (Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER)
_ACTED_ON = (*_IDENTITY, Entity.CREDIT_CARD, Entity.IBAN_CODE, Entity.SE_BANK_ACCOUNT)
_SHARE_FOUND = 0.995
_SHARE_WRONG = 0.002


@pytest.fixture(scope="module")
def detector() -> Engine:
    return engine()


def _found(detector: Engine, rng: random.Random, name: str) -> bool:
    coordination = rng.random() < 0.2 and name not in PERSON_ONLY
    number = coordination_number(rng) if coordination else personal_number(rng)
    text = rng.choice(CARRIERS).format(SPELLINGS[name](number))
    return any(finding.type in _IDENTITY for finding in detect(detector, text).findings)


def _wrong(detector: Engine, rng: random.Random, name: str) -> bool:
    make, sentences = NEGATIVES[name]
    findings = detect(detector, rng.choice(sentences).format(make(rng))).findings
    return any(found.type in _ACTED_ON and found.score >= SURE and not found.public for found in findings)


def test_there_are_ninety_spellings() -> None:
    assert len(SPELLINGS) >= 90


def test_a_sample_of_numbers_is_found_in_every_spelling(detector: Engine) -> None:
    rng = random.Random(2026)
    missed = Counter(name for name in SPELLINGS for _ in range(25) if not _found(detector, rng, name))
    assert missed.total() <= (1 - _SHARE_FOUND) * 25 * len(SPELLINGS), missed


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", SPELLINGS)
def test_ten_thousand_numbers_are_found(detector: Engine, name: str) -> None:
    rng = random.Random(name)
    missed = sum(not _found(detector, rng, name) for _ in range(10_000))
    assert missed <= (1 - _SHARE_FOUND) * 10_000


@pytest.mark.parametrize("name", NEGATIVES)
def test_a_sample_of_other_numbers_is_left_alone(detector: Engine, name: str) -> None:
    rng = random.Random(name)
    wrong = sum(_wrong(detector, rng, name) for _ in range(100))
    assert wrong <= _ALLOWED.get(name, 0)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NEGATIVES)
def test_two_thousand_other_numbers_are_left_alone(detector: Engine, name: str) -> None:
    rng = random.Random(name)
    wrong = sum(_wrong(detector, rng, name) for _ in range(2_000))
    assert wrong <= max(_SHARE_WRONG, _ALLOWED.get(name, 0) / 100) * 2_000


_ALLOWED = {"random-long": 2}
"""A sixteen-digit number with a card's first and check digits is a card to anybody, a random one too."""
