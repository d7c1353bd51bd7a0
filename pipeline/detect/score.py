"""How sure are we? Odds: what the shape alone is worth, times what each piece of context says for or against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pipeline.detect.finding import Explanation

FLOOR = 0.3
"""Below this a reading is not worth telling anybody."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to believe (`times` above 1) or doubt (below 1) that a shape is what it looks like."""

    name: str
    times: float


class Judgement(NamedTuple):
    """A probability with its explanation."""

    score: float
    why: Explanation


def judge(tier: str, prior: float, evidence: tuple[Evidence, ...] = ()) -> Judgement:
    """The probability of a shape after the evidence; never 0 or 1."""
    odds = prior / (1 - prior)
    for piece in evidence:
        odds *= piece.times
    why = Explanation(
        tier,
        tuple(piece.name for piece in evidence if piece.times > 1),
        tuple(piece.name for piece in evidence if piece.times < 1),
    )
    return Judgement(min(0.999, max(0.001, round(odds / (1 + odds), 3))), why)
