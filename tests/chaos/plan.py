"""What goes wrong, to whom, in which order and for how long: the seed decides, so that a bad run can be tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Harm(StrEnum):
    """The ways in which things go wrong."""

    KILL = "killed"
    FREEZE = "frozen"
    BROKER = "broker killed"
    BROKER_FREEZE = "broker frozen"
    FULL = "store full"
    PLATFORM = "platform in trouble"
    STORM = "workers join and leave"
    CUT = "connections cut"
    SLOW = "connections slow"
    CLOCK = "clock jumps"


_MOSTLY = 0.75
_NODES = ("0", "1", "2")


@dataclass(frozen=True, slots=True)
class Blow:
    """`harm` comes to `victim` (by name; a broker by its number) for `seconds`.

    It comes `pause` seconds after the last blow; `at_work`: once the victim can work again, else even half started.
    """

    harm: Harm
    victim: str
    pause: float
    at_work: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many blows of a kind, each to one of the victims in turn, none lasting longer than `seconds`."""

    harm: Harm
    victims: Sequence[str]
    times: int
    seconds: float = 2.0


def blows(seed: int, wanted: Sequence[Wanted], *, pause: float = 1.0) -> tuple[Blow, ...]:
    """Spread the blows evenly over the whole and otherwise at random; `pause` is the longest between two."""
    random = Random(seed)
    when = [
        ((number + random.random()) / each.times, each, each.victims[number % len(each.victims)])
        for each in wanted
        for number in range(each.times)
    ]
    return tuple(
        Blow(
            each.harm,
            victim,
            pause=random.uniform(0, pause),
            at_work=random.random() < _MOSTLY,
            seconds=random.uniform(each.seconds / 4, each.seconds),
        )
        for _, each, victim in sorted(when, key=lambda item: item[0])
    )


def every_harm(seed: int, rounds: int, processes: Sequence[str], *, length: float | None = None) -> tuple[Blow, ...]:
    """In each round every process is killed, and everything else that can go wrong does so once.

    With a `length` the blows take about so many seconds in all, else they come as fast as they can.
    """
    wanted = (
        *(Wanted(Harm.KILL, (name,), rounds) for name in processes),
        Wanted(Harm.BROKER, _NODES, rounds, seconds=4),
        Wanted(Harm.BROKER_FREEZE, _NODES, rounds, seconds=4),
        Wanted(Harm.FREEZE, processes, rounds, seconds=14),
        Wanted(Harm.FULL, ("archive",), rounds, seconds=4),
        Wanted(Harm.PLATFORM, ("",), rounds),
        Wanted(Harm.STORM, ("screen", "archive"), rounds, seconds=8),
        Wanted(Harm.CUT, ("",), 2 * rounds),
        Wanted(Harm.SLOW, ("",), rounds, seconds=3),
        Wanted(Harm.CLOCK, processes, 2 * rounds, seconds=12),
    )
    times = sum(each.times for each in wanted)
    return blows(seed, wanted, pause=2 * length / times if length else 1.0)
