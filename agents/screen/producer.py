"""Publishes and waits until Kafka has confirmed every message; what cannot be confirmed stops the process."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.codec import lz4_encode
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from pipeline.errors import Stop
from topics import catalog
from topics.outgoing import Outgoing

_TOPICS = (catalog.ARCHIVE, catalog.TAKEDOWN, catalog.REVIEW, catalog.DEAD_LETTER)
_BATCH_BYTES = 512 * 1024
_LZ4_LEVEL = 2
_CLOSE_S = 2.0


class ConfirmedProducer:
    """An idempotent aiokafka producer (acks=all): order is kept per partition and the broker drops its own repeats.

    Args:
        kafka: client settings in kafka-python's names, as `Settings.kafka()` gives them.
        timeout: seconds after which an unconfirmed publication raises `Stop`.
    """

    def __init__(self, kafka: Mapping[str, Any], timeout: float) -> None:
        self._kafka = kafka
        self._timeout = timeout
        self._producer: AIOKafkaProducer | None = None
        # aiokafka has no setting for it and asks for level 9: five times the work, for batches a sixth smaller.
        lz4_encode.__defaults__ = (_LZ4_LEVEL,)

    async def start(self) -> None:
        """Connect; blocks until a broker answers.

        Raises:
            Stop: no broker answered in time.
        """
        producer = AIOKafkaProducer(
            enable_idempotence=True,
            acks="all",
            compression_type="lz4",
            max_batch_size=_BATCH_BYTES,
            max_request_size=catalog.MAX_MESSAGE_BYTES,
            request_timeout_ms=int(self._timeout * 1000),
            **aiokafka_settings(self._kafka),
        )
        try:
            await producer.start()
        except KafkaError as error:
            await _given_up(producer)
            servers = ",".join(self._kafka["bootstrap_servers"])
            raise Stop(
                f"Kafka does not answer at {servers} ({type(error).__name__}): check ANSLAGSVAKT_BOOTSTRAP_SERVERS"
            ) from None
        # Known before the first event comes: asking for the partitions then would cost it a tenth of a second.
        for topic in _TOPICS:
            await producer.client.add_topic(topic)
        self._producer = producer

    async def stop(self) -> None:
        """Close the connection; what is not confirmed is given up."""
        if self._producer:
            await _given_up(self._producer)
            self._producer = None

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Send all, keeping their order within each partition, and return when Kafka has confirmed every one.

        Raises:
            Stop: not confirmed in time, or refused; nothing may be acknowledged then.
        """
        if not messages:
            return
        if self._producer is None:
            raise Stop("the producer is not started")
        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.gather(*await _send(self._producer, messages))
        except TimeoutError:
            raise Stop(f"Kafka has not confirmed {len(messages)} messages within {self._timeout:g} s") from None
        except KafkaError as error:
            raise Stop(f"Kafka refused a message: {type(error).__name__}") from None


async def _given_up(producer: AIOKafkaProducer) -> None:
    """Stop the client, but not wait for what it cannot deliver: it would try for ever, and keep the process."""
    stopping = asyncio.ensure_future(producer.stop())
    await asyncio.wait({stopping}, timeout=_CLOSE_S)
    stopping.cancel()


async def _send(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> list[Awaitable[Any]]:
    """Hand all over to the client and return what will be set when they are confirmed.

    Messages that name their partition (the archive's, most of all there is) are put into batches here: a future for
    each of them would cost more than sending it does.
    """
    sent: list[Awaitable[Any]] = []
    filling: dict[tuple[str, int], BatchBuilder] = {}
    now = int(time.time() * 1000)
    for message in messages:
        if message.partition is None:
            headers = list(message.headers)
            sent.append(await producer.send(message.topic, message.value, message.key, headers=headers))
            continue
        place = (message.topic, message.partition)
        batch = filling.get(place)
        if batch is None:
            batch = filling[place] = producer.create_batch()
        if not _append(batch, message, now):
            sent.append(await producer.send_batch(batch, message.topic, partition=message.partition))
            batch = filling[place] = producer.create_batch()
            _append(batch, message, now)  # the first one always fits, however large
    for (topic, partition), batch in filling.items():
        sent.append(await producer.send_batch(batch, topic, partition=partition))
    return sent


def _append(batch: BatchBuilder, message: Outgoing, now: int) -> bool:
    """Whether the message fitted in."""
    added = batch.append(timestamp=now, key=message.key, value=message.value, headers=list(message.headers))
    return added is not None


def aiokafka_settings(kafka: Mapping[str, Any]) -> dict[str, Any]:
    """The same client settings in aiokafka's names: TLS files become an SSL context."""
    settings = {name: value for name, value in kafka.items() if not name.startswith("ssl_")}
    if str(settings.get("security_protocol", "")).endswith("SSL"):
        settings["ssl_context"] = ssl_context(kafka)
    return settings


def ssl_context(kafka: Mapping[str, Any]) -> ssl.SSLContext:
    """A TLS context from the files that the settings name."""
    context = ssl.create_default_context(cafile=kafka.get("ssl_cafile"))
    if kafka.get("ssl_certfile"):
        context.load_cert_chain(kafka["ssl_certfile"], kafka.get("ssl_keyfile"))
    return context
