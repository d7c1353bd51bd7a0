"""No text of 10 000 characters hangs: it is done within the promised time or handed to people.

A sample of the units; `python -m tests.fuzz.worst` takes all of them and mixes them for as long as it is told. Time is
the processor's, not the wall's.
"""

from __future__ import annotations

import pytest

from pipeline.detect.engine import Engine
from tests.fuzz.worst import BUDGET, SIZE, UNITS, timed
from tests.recognising import engine

_NEVER_OVER = 0.5


@pytest.fixture(scope="module")
def detector() -> Engine:
    return engine()


@pytest.mark.parametrize("unit", UNITS[::7], ids=repr)
def test_a_repeated_unit(detector: Engine, unit: str) -> None:
    result = timed(detector, unit, (unit * SIZE)[: SIZE - 1] + "x")
    assert result.seconds <= BUDGET or result.analysis.gaps
    assert result.seconds < _NEVER_OVER
