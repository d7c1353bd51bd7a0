"""Plays the sample stream into the raw topic at its pace, from a thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer

from agents.demo.platform import DemoPlatform
from agents.demo.written import Sample
from pipeline.errors import DeadLetter, Stop
from pipeline.record import Coordinates
from topics import catalog, wire

_CONFIRM_S = 30.0
_CLOSE_S = 2.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A sample, and where it stands on the raw topic."""

    sample: Sample
    at: Coordinates


class Player:
    """A connector's stand-in: what happens on the platform is told to Kafka a moment later."""

    def __init__(self, bootstrap: str, platform: DemoPlatform, samples: Sequence[Sample]) -> None:
        self._producer = KafkaProducer(
            bootstrap_servers=[bootstrap], acks="all", max_request_size=catalog.MAX_MESSAGE_BYTES
        )
        self._platform = platform
        self._samples = samples
        self._futures: list[Any] = []
        self._failure: Exception | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)

    @property
    def sent(self) -> int:
        """How many events have been handed over so far."""
        return len(self._futures)

    @property
    def playing(self) -> bool:
        """Whether there is more to come; raises Stop if the stream has broken off."""
        if self._failure:
            raise Stop(f"the sample stream broke off ({type(self._failure).__name__})") from self._failure
        return self._thread.is_alive()

    def confirmed(self) -> tuple[Sent, ...]:
        """Every sample with its place on the raw topic, in the order of sending; waits for Kafka's word."""
        places = [future.get(timeout=_CONFIRM_S) for future in self._futures]
        return tuple(
            Sent(sample, Coordinates(place.topic, place.partition, place.offset))
            for sample, place in zip(self._samples, places, strict=False)
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self._producer.close(timeout=_CLOSE_S)

    def _run(self) -> None:
        start = time.monotonic()
        try:
            for sample in self._samples:
                if self._stop.wait(max(0.0, start + sample.after - time.monotonic())):
                    return
                with contextlib.suppress(DeadLetter):
                    self._platform.happens(wire.decode_event(sample.value))
                self._futures.append(
                    self._producer.send(
                        catalog.RAW, key=sample.key, value=sample.value, headers=[*sample.headers], partition=None
                    )
                )
        except Exception as error:  # noqa: BLE001 - told by `playing`, on the thread that watches
            self._failure = error
