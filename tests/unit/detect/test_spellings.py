"""Valid numbers made at run time in ninety spellings are found; numbers that are nobody's are not acted upon.

A small seeded sample; `python -m tests.eval.numbers` runs all ten thousand and two thousand of each.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from pipeline.detect.engine import Engine
from tests.eval.numbers import found, wrong
from tests.generated.negatives import NEGATIVES
from tests.generated.spellings import SPELLINGS
from tests.recognising import engine

_SHARE_FOUND = 0.995


@pytest.fixture(scope="module")
def detector() -> Engine:
    return engine()


def test_there_are_ninety_spellings() -> None:
    assert len(SPELLINGS) >= 90


def test_a_sample_of_numbers_is_found_in_every_spelling(detector: Engine) -> None:
    rng = random.Random(2026)
    missed = Counter(name for name in SPELLINGS for _ in range(25) if not found(detector, rng, name))
    assert missed.total() <= (1 - _SHARE_FOUND) * 25 * len(SPELLINGS), missed


@pytest.mark.parametrize("name", NEGATIVES)
def test_a_sample_of_other_numbers_is_left_alone(detector: Engine, name: str) -> None:
    rng = random.Random(name)
    assert sum(wrong(detector, rng, name) for _ in range(100)) <= _ALLOWED.get(name, 0)


_ALLOWED = {"random-long": 2}
"""A sixteen-digit number with a card's first and check digits is a card to anybody, a random one too."""
