"""How the takedown process is put together and run until it is told to stop."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from agents import worker
from agents.clock import now
from agents.consume import Pace, Role
from agents.platforms.platform import Platforms
from agents.stream import Meter, Readiness
from agents.takedown.alive import alive
from agents.takedown.calls import Calls
from agents.takedown.journal import Journal
from agents.takedown.metrics import TakedownMetrics
from agents.takedown.process import Takedown
from agents.takedown.turn import Terms
from topics import catalog

ROLE = Role("takedown", catalog.TAKEDOWN_GROUP)
_TOPICS = (catalog.TAKEDOWN, catalog.RECEIPT)
_PACE = Pace(poll=0.1)  # each poll is a chance to take an order one step on


class Measures(TakedownMetrics, Meter, Protocol):
    """What is measured in all; `agents.metrics.Metrics` fits."""


def owner() -> str:
    """A name for this process that no other process has, not even after a restart."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def run(
    journal_path: Path,
    platforms: Platforms,
    terms: Terms,
    *,
    client: Mapping[str, object],
    meter: Measures,
    health: Readiness,
    stop: threading.Event,
    pace: Pace = _PACE,
) -> int:
    """Carry out orders until `stop` is set; returns the exit code. `client`: connection settings of kafka-python.

    Replies to calls that are under way are still noted, unless they take too long; what is not told by then is told by
    the next process.
    """
    with (
        closing(Journal(journal_path)) as journal,
        alive(journal_path, terms.owner) as living,
    ):
        takedown = Takedown(journal, platforms, Calls(platforms, now), meter, terms, now=now)
        takedown.inherit(living)
        return worker.run(
            ROLE,
            _TOPICS,
            takedown,
            client=client,
            meter=meter,
            health=health,
            stop=stop,
            pace=pace,
            drain=takedown.drain,
        )
