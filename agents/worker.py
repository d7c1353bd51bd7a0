"""How a consumer process is put together from its real parts, and how it is told to stop."""

from __future__ import annotations

import faulthandler
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from agents.consume import Loop, Pace, Role
from agents.publish import KafkaPublisher
from agents.stream import Effects, Handler, Meter, Readiness
from agents.subscribe import KafkaSubscription

_STANDARD_ERROR = 2
_STUCK_S = 900.0
"""Seconds; longer than `max_poll_interval_ms`, after which the group has given our partitions to another anyway."""


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set while the block lasts; only on the main thread."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(
    role: Role,
    topics: Sequence[str],
    handler: Handler,
    *,
    client: Mapping[str, object],
    meter: Meter,
    health: Readiness,
    stop: threading.Event,
    pace: Pace | None = None,
) -> int:
    """Consume `topics` until `stop` is set; returns the exit code. `client`: connection settings of kafka-python.

    A loop that is stuck for a quarter of an hour ends the process with exit code 1: any end is safe, and standing still
    for ever is not.
    """
    with closing(KafkaPublisher(client)) as publisher, _ended_if_stuck() as alive:
        effects = Effects(
            subscription=KafkaSubscription(topics, role.group, client),
            publisher=publisher,
            meter=meter,
            health=health,
            now=now,
            monotonic=time.monotonic,
            jitter=random.random,
            wait=stop.wait,
            alive=alive,
        )
        return Loop(role, handler, effects, pace).run(stop)


@contextmanager
def _ended_if_stuck(seconds: float = _STUCK_S) -> Iterator[Callable[[], None]]:
    """Unless what is given is called again within the time, say where each thread stands and end the process."""

    def alive() -> None:
        # A thread of the interpreter's own looks, also when no other gets to run. It tells names of functions alone.
        faulthandler.dump_traceback_later(seconds, exit=True, file=_STANDARD_ERROR)

    try:
        yield alive
    finally:
        faulthandler.cancel_dump_traceback_later()
