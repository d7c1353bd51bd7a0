"""Brings samples to the raw topic at a pace, also while brokers die; the platform has each item before Kafka has."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from agents.demo.written import Sample
from agents.platforms.simulated import Item, SimulatedPlatform
from pipeline.errors import DeadLetter
from pipeline.event import ObjectKind
from topics import catalog, wire

_AT_ONCE = 100
_PATIENCE_S = 180.0
_CANNOT_BE_HIDDEN = {ObjectKind.STORY, ObjectKind.MESSAGE}


class Feed:
    """A connector's stand-in. What is not confirmed is sent again: Kafka may then have it twice, as in real life."""

    def __init__(
        self, bootstrap: str, platform: SimulatedPlatform, samples: Sequence[Sample], *, per_second: float
    ) -> None:
        self._bootstrap = bootstrap
        self._platform = platform
        self._samples = samples
        self._pause = _AT_ONCE / per_second
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="feed")

    @property
    def done(self) -> bool:
        """Whether Kafka has confirmed everything; raises what went wrong, if it broke off."""
        if self._failure:
            raise self._failure
        return not self._thread.is_alive()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            left, until = self._samples, time.monotonic() + _PATIENCE_S
            while left and not self._stop.is_set():
                left = self._send(left)
                if left and time.monotonic() > until:
                    raise TimeoutError(f"Kafka has not confirmed {len(left)} raw events")  # noqa: TRY301
        except BaseException as error:  # noqa: BLE001 - told by `done`, on the thread that watches
            self._failure = error

    def _send(self, samples: Sequence[Sample]) -> list[Sample]:
        """Send these and return those that Kafka has not confirmed."""
        producer: Any = KafkaProducer(
            bootstrap_servers=self._bootstrap.split(","),
            acks="all",
            linger_ms=20,
            max_block_ms=120_000,
            delivery_timeout_ms=120_000,
            request_timeout_ms=10_000,
            max_request_size=catalog.MAX_MESSAGE_BYTES,
        )
        try:
            sent = []
            for number, sample in enumerate(samples):
                if number % _AT_ONCE == 0 and self._stop.wait(self._pause):
                    return []
                self._happens(sample)
                sent.append(producer.send(catalog.RAW, key=sample.key, value=sample.value, headers=[*sample.headers]))
            return [sample for sample, future in zip(samples, sent, strict=True) if not _confirmed(future)]
        finally:
            producer.close(timeout=5)

    def _happens(self, sample: Sample) -> None:
        try:
            item = wire.decode_event(sample.value).data
        except DeadLetter:
            return
        if self._platform.state(item.object_id) is None:
            can_hide = item.object_kind not in _CANNOT_BE_HIDDEN
            self._platform.seed(Item(item.object_id, item.account_id, item.object_kind, can_hide))


def _confirmed(future: Any) -> bool:
    try:
        future.get(timeout=_PATIENCE_S)
    except KafkaError:
        return False
    return True
