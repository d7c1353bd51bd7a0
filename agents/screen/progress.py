"""How far we are on each partition: what was handed out, what is done, and so what may be committed.

Faust itself can commit past an unfinished message (its own commit search skips one at the head, upstream issue 606);
here the head of the line holds the commit back, always.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

P = TypeVar("P", bound=Hashable)


class Ticket(Generic[P]):
    """One run of offsets of one partition, handed out in order."""

    __slots__ = ("done", "last", "partition")

    def __init__(self, partition: P, last: int) -> None:
        self.partition = partition
        self.last = last
        self.done = False


class Progress(Generic[P]):
    """Remembers tickets by partition; to be used from one thread."""

    def __init__(self) -> None:
        self._open: dict[P, deque[Ticket[P]]] = {}

    def hand_out(self, partition: P, last: int) -> Ticket[P]:
        """Note that all offsets up to `last` (inclusive) are being worked on."""
        ticket = Ticket(partition, last)
        self._open.setdefault(partition, deque()).append(ticket)
        return ticket

    def committable(self) -> dict[P, int]:
        """The next offset to commit for each partition that has got further since the last call."""
        ready: dict[P, int] = {}
        for partition, tickets in self._open.items():
            while tickets and tickets[0].done:
                ready[partition] = tickets.popleft().last + 1
        return ready

    def forget(self, partitions: Iterable[P] | None = None) -> None:
        """Drop what was handed out (of these partitions, or of all): it will come again, from the last commit."""
        for partition in list(self._open) if partitions is None else partitions:
            self._open.pop(partition, None)
