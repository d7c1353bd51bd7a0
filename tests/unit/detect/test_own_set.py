"""Detection keeps the promised figures on the repository's own labelled set."""

from __future__ import annotations

from tests.eval.evaluate import LEAST_RIGHT, MOST_MISSED, MOST_WRONG, OWN, evaluate


def test_the_promised_figures_hold() -> None:
    missed, wrong, right = evaluate(OWN).verdict_rates()
    assert missed <= MOST_MISSED
    assert wrong <= MOST_WRONG
    assert right >= LEAST_RIGHT
