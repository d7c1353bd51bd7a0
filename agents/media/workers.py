"""The threads that fetch, beside the loop that stores: a slow server keeps nobody waiting but its own attachment."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from agents.media.fetch import Failed, Fetched
from agents.media.queue import Job

_THREADS = 4
_AHEAD = 64
_BUDGET = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one job."""

    job: Job
    outcome: Fetched | Failed


class Workers:
    """Fetches what it is given; waits with fetching while more than 64 MiB have not been taken from it."""

    def __init__(self, fetch: Callable[[str], Fetched | Failed]) -> None:
        self._fetch = fetch
        self._given: SimpleQueue[tuple[Job, str] | None] = SimpleQueue()
        self._done: list[Done] = []
        self._held = 0
        self._closed = False
        self._room = threading.Condition()
        self._in_hand: set[tuple[str, str]] = set()
        # Daemons: what a process that ends has not fetched, it or the next one fetches when it starts again.
        for number in range(_THREADS):
            threading.Thread(target=self._work, name=f"media-{number}", daemon=True).start()

    @property
    def free(self) -> int:
        """How many more jobs it takes."""
        return _AHEAD - len(self._in_hand)

    def give(self, job: Job, url: str) -> None:
        """Fetch this; a job that is in hand already is not taken twice."""
        if (job.sha, job.field) not in self._in_hand:
            self._in_hand.add((job.sha, job.field))
            self._given.put((job, url))

    def take(self) -> list[Done]:
        """What has been done since last asked; never blocks."""
        with self._room:
            done, self._done, self._held = self._done, [], 0
            self._room.notify_all()
        self._in_hand -= {(each.job.sha, each.job.field) for each in done}
        return done

    def close(self) -> None:
        """Begin nothing new."""
        with self._room:
            self._closed = True
            self._room.notify_all()
        for _ in range(_THREADS):
            self._given.put(None)

    def _work(self) -> None:
        while (given := self._given.get()) is not None and self._wait_for_room():
            job, url = given
            outcome: Fetched | Failed = Failed("unforeseen")
            # A fault of ours must neither end the thread nor be told in words, which could quote the address.
            with contextlib.suppress(Exception):
                outcome = self._fetch(url)
            with self._room:
                self._done.append(Done(job, outcome))
                self._held += len(outcome.content) if isinstance(outcome, Fetched) else 0

    def _wait_for_room(self) -> bool:
        with self._room:
            self._room.wait_for(lambda: self._closed or self._held < _BUDGET)
            return not self._closed
