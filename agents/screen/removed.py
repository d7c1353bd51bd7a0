"""What the screen knows of removed values: read whole from their topic at the start, and followed from there.

The screen keeps nothing else from one event to the next, and this it can always read again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from agents.screen.producer import aiokafka_settings
from pipeline.errors import DeadLetter, Stop
from pipeline.message import Fingerprint
from topics import catalog, wire

_log = logging.getLogger(__name__)
_POLL_MS = 500
_LOAD_S = 60.0
_LOOK_S = 0.05
_CLOSE_S = 2.0


class Removed:
    """The tokens of removed values, each with the moment until when it is known."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def __len__(self) -> int:
        return len(self._until)

    def note(self, told: Fingerprint, now: datetime) -> None:
        """Take in the latest word on a value."""
        if told.known_until > now:
            self._until[told.token] = told.known_until
        else:
            self._until.pop(told.token, None)

    def knows(self, token: str, now: datetime) -> bool:
        """Whether this value was removed and is still known; safe to ask from another thread."""
        until = self._until.get(token)
        return until is not None and now < until


@asynccontextmanager
async def following(
    kafka: Mapping[str, Any], removed: Removed, stop: asyncio.Event, *, client: Callable[..., Any] = AIOKafkaConsumer
) -> AsyncIterator[None]:
    """Know all that was told before the block begins, and what is told while it lasts.

    Raises:
        Stop: the topic cannot be read; `stop` is set when that happens in the middle of the block.
    """
    consumer = client(group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", **aiokafka_settings(kafka))
    try:
        await _load(consumer, removed)
        follower = asyncio.ensure_future(_follow(consumer, removed))
        follower.add_done_callback(lambda _: stop.set())
        try:
            yield
        finally:
            follower.cancel()
            (ended,) = await asyncio.gather(follower, return_exceptions=True)
        if isinstance(ended, Stop):
            raise ended
    finally:
        closing = asyncio.ensure_future(consumer.stop())
        await asyncio.wait({closing}, timeout=_CLOSE_S)
        closing.cancel()


async def _load(consumer: AIOKafkaConsumer, removed: Removed) -> None:
    try:
        async with asyncio.timeout(_LOAD_S):
            await consumer.start()
            if catalog.FINGERPRINT not in await consumer.topics():
                raise Stop(f"{catalog.FINGERPRINT} is missing: create it with `anslagsvakt topics apply`")
            consumer.subscribe([catalog.FINGERPRINT])
            while not consumer.assignment():  # noqa: ASYNC110 - the client tells nobody when it knows the partitions
                await asyncio.sleep(_LOOK_S)
            ends = await consumer.end_offsets(consumer.assignment())
            while any([await consumer.position(each) < end for each, end in ends.items()]):
                await _take(consumer, removed)
    except (KafkaError, TimeoutError) as error:
        raise Stop(f"{catalog.FINGERPRINT} cannot be read ({type(error).__name__}): check the brokers") from None
    _log.info("%s removed values are known", len(removed))


async def _follow(consumer: AIOKafkaConsumer, removed: Removed) -> None:
    try:
        while True:
            await _take(consumer, removed)
    except KafkaError as error:
        raise Stop(f"{catalog.FINGERPRINT} can be read no longer ({type(error).__name__}): check our rights") from None


async def _take(consumer: AIOKafkaConsumer, removed: Removed) -> None:
    for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
        for record in records:
            try:
                removed.note(wire.decode_fingerprint(record.value), datetime.now(UTC))
            except DeadLetter as error:
                # Only the takedown process may write here: what it did not write is worth a line, not a stop.
                _log.error("%s, offset %s: %s, left out", record.topic, record.offset, error.reason)
