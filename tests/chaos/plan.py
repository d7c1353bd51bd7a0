"""When who is killed: a timetable that the seed decides, so that a bad run can be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, order=True)
class Blow:
    """At `at` seconds something happens to `victim`; where it has a duration, for `seconds`."""

    at: float
    victim: str
    seconds: float = 0.0


def timetable(seed: int, length: float, victims: Mapping[str, int], *, down: float = 0.0) -> tuple[Blow, ...]:
    """Spread so many blows for each victim at random over `length` seconds, one in each equal part of it."""
    random = Random(seed)
    blows = [
        Blow(length * (number + random.random()) / times, victim, down * random.uniform(0.5, 1.5))
        for victim, times in victims.items()
        for number in range(times)
    ]
    return tuple(sorted(blows))
