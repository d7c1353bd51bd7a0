"""Does a partition of ours stand still while the others move?

Faust and aiokafka have lost sight of one now and then, after rebalances amid failing brokers: it is assigned, its
broker answers, and nobody reads it. A process that ends is started again and reads; one that stands still waits for
people.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

P = TypeVar("P", bound=Hashable)
_STILL_S = 60.0
_ASLEEP_S = 5.0
_TURNS = 2


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a partition; None is what is not known yet.

    Args:
        position: the offset that is read next.
        end: the offset behind the last one, as its broker last told.
        heard: when its broker last told anything of it, in a time of which only changes matter.
    """

    position: int | None
    end: int | None
    heard: int | None

    def moves_on_from(self, before: Sight) -> bool:
        """Whether anything was read since, or nothing was there to be read."""
        behind = self.position is not None and self.end is not None and self.position < self.end
        return self.position != before.position or (self.heard != before.heard and not behind)


@dataclass(frozen=True, slots=True)
class _Still:
    sight: Sight
    since: float
    turns: int


class Standstill(Generic[P]):
    """Compares one look at our partitions with the next, several times a second.

    Args:
        still: seconds after which a partition that has not moved stands still.
    """

    def __init__(self, still: float = _STILL_S) -> None:
        self._still = still
        self._known: dict[P, _Still] = {}
        self._looked_at = 0.0

    def look(self, sights: Mapping[P, Sight], now: float, *, turns: int, idle: bool) -> frozenset[P]:
        """Those that stand still. Never all: then it is the broker that is away, and waiting is right.

        While the agent is busy a partition may wait for its turn, so time alone does not count: `turns` is how many the
        agent has ended, `idle` that it has none.
        """
        if now - self._looked_at > _ASLEEP_S:  # we were asleep ourselves
            self._known.clear()
        self._looked_at = now
        self._known = {place: self._newer(place, sight, now, turns) for place, sight in sights.items()}
        return frozenset(self._stuck(now, turns, idle=idle)) if self._any_moves(now) else frozenset()

    def _newer(self, place: P, sight: Sight, now: float, turns: int) -> _Still:
        known = self._known.get(place)
        if known is None or sight.moves_on_from(known.sight):
            return _Still(sight, now, turns)
        return known

    def _any_moves(self, now: float) -> bool:
        return any(now - each.since < _ASLEEP_S for each in self._known.values())

    def _stuck(self, now: float, turns: int, *, idle: bool) -> list[P]:
        return [
            place
            for place, each in self._known.items()
            if now - each.since >= self._still and (idle or turns - each.turns >= _TURNS)
        ]
