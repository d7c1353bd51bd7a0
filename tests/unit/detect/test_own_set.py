"""Detection keeps the promised figures on the repository's own labelled sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.evaluate import LEAST_RIGHT, MOST_MISSED, MOST_WRONG, OWN, evaluate

SETS = sorted(OWN.parent.glob("*.jsonl"))


@pytest.mark.parametrize("path", SETS, ids=[path.stem for path in SETS])
def test_the_promised_figures_hold(path: Path) -> None:
    missed, wrong, right = evaluate(path).verdict_rates()
    assert missed <= MOST_MISSED
    assert wrong <= MOST_WRONG
    assert right >= LEAST_RIGHT
