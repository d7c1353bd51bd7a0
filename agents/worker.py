"""How a consumer process is put together from its real parts, and how it is told to stop."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from agents.clock import now
from agents.consume import Loop, Pace, Role
from agents.publish import KafkaPublisher
from agents.stream import Effects, Handler, Meter, Readiness
from agents.subscribe import KafkaSubscription


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
    """Consume `topics` until `stop` is set; returns the exit code. `client`: connection settings of kafka-python."""
    with closing(KafkaPublisher(client)) as publisher:
        effects = Effects(
            subscription=KafkaSubscription(topics, role.group, client),
            publisher=publisher,
            meter=meter,
            health=health,
            now=now,
            monotonic=time.monotonic,
            jitter=random.random,
            wait=stop.wait,
        )
        return Loop(role, handler, effects, pace).run(stop)
