"""How the takedown process is put together and run until it is told to stop."""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from agents.consume import Loop, Pace, Role
from agents.platforms.platform import Platforms
from agents.publish import KafkaPublisher
from agents.stream import Effects, Meter
from agents.subscribe import KafkaSubscription
from agents.takedown.calls import Calls
from agents.takedown.journal import Journal
from agents.takedown.metrics import TakedownMetrics
from agents.takedown.process import Takedown
from agents.takedown.turn import Terms
from topics import catalog

ROLE = Role("takedown", catalog.TAKEDOWN_GROUP)
_PACE = Pace(poll=0.1)  # each poll is a chance to take an order one step on


def owner() -> str:
    """A name for this process that no other process has, not even after a restart."""
    return f"{socket.gethostname()}:{os.getpid()}:{random.getrandbits(32):08x}"  # noqa: S311 - a name, not a secret


def run(
    client: Mapping[str, object],
    journal_path: Path,
    platforms: Platforms,
    *,
    metrics: TakedownMetrics,
    meter: Meter,
    terms: Terms,
    stop: threading.Event,
    pace: Pace = _PACE,
) -> int:
    """Carry out orders until `stop` is set, and return the exit code; `client` holds kafka-python's connection settings.

    Replies to calls that are under way are still noted; what is not told then is told by the next process.
    """
    journal = Journal(journal_path)
    calls = Calls(platforms, _now)
    publisher = KafkaPublisher(client)
    takedown = Takedown(journal, platforms, calls, metrics, terms, now=_now)
    effects = Effects(
        subscription=KafkaSubscription((catalog.TAKEDOWN, catalog.RECEIPT), ROLE.group, client),
        publisher=publisher,
        meter=meter,
        now=_now,
        monotonic=time.monotonic,
        jitter=random.random,
        wait=stop.wait,
    )
    try:
        code = Loop(ROLE, takedown, effects, pace).run(stop)
        takedown.drain()
    finally:
        calls.close()
        publisher.close()
        journal.close()
    return code


def _now() -> datetime:
    return datetime.now(UTC)
