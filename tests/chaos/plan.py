"""Who is struck, in which order and when: what the seed decides, so that a bad run can be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Blow:
    """What happens to `victim`: `after` so many seconds, when it is at work again (or at once, half started)."""

    victim: str
    after: float
    at_work: bool
    seconds: float


def blows(seed: int, victims: Mapping[str, int], *, pause: float = 1.0, down: float = 2.0) -> tuple[Blow, ...]:
    """So many blows for each victim, spread evenly over the whole and otherwise at random.

    `pause` is the longest wait before a blow, `down` the longest time that what has an end lasts.
    """
    random = Random(seed)
    when = [((number + random.random()) / times, each) for each, times in victims.items() for number in range(times)]
    return tuple(
        Blow(victim, random.uniform(0, pause), random.random() < _MOSTLY, random.uniform(down / 4, down))
        for _, victim in sorted(when)
    )


_MOSTLY = 0.75
