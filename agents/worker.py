"""How a consumer process is put together from its real parts, and how it is told to stop."""

from __future__ import annotations

import faulthandler
import math
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from agents.clock import now
from agents.consume import Loop, Pace, Role
from agents.publish import KafkaPublisher
from agents.stream import Effects, Handler, Meter, Readiness
from agents.subscribe import KafkaSubscription

_STANDARD_ERROR = 2
STUCK_S = 900.0
"""Seconds; longer than `max_poll_interval_ms`, after which the group has given our partitions to another anyway."""
_OFTEN = 100  # times in that time are often enough to be told of


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
    drain: Callable[[], None] | None = None,
    stuck: float = STUCK_S,
) -> int:
    """Consume `topics` until `stop` is set, then `drain`; returns the exit code.

    `client` holds connection settings of kafka-python. A loop or a drain that is stuck for so many seconds ends the
    process with exit code 1: any end is safe, and standing still for ever is not.
    """
    with ended_if_stuck(stuck) as alive, closing(KafkaPublisher(client)) as publisher:
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
        code = Loop(role, handler, effects, pace).run(stop)
        alive()
        if drain:
            drain()
    return code


@contextmanager
def ended_if_stuck(seconds: float = STUCK_S) -> Iterator[Callable[[], None]]:
    """Unless what is given is called again within the time, say where each thread stands and end the process.

    A process has one such watch: another would take its place.
    """
    told = -math.inf

    def alive() -> None:
        nonlocal told
        if time.monotonic() - told < seconds / _OFTEN:
            return  # each time starts a thread, which is too much for every turn
        told = time.monotonic()
        # A thread of the interpreter's own looks, also when no other gets to run. It tells names of functions alone.
        faulthandler.dump_traceback_later(seconds, exit=True, file=_STANDARD_ERROR)

    alive()
    try:
        yield alive
    finally:
        faulthandler.cancel_dump_traceback_later()
