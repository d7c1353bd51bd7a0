"""How we write to Kafka: every message is confirmed by all in-sync replicas before anyone goes on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaProducer
from kafka import errors as kafka_errors

from agents.subscribe import Translated
from pipeline.errors import RetryLater, Stop
from topics.catalog import MAX_MESSAGE_BYTES
from topics.outgoing import Outgoing

_CONFIGURATION: Mapping[str, object] = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "lz4",
    "linger_ms": 5,
    "batch_size": 256 * 1024,
    "max_request_size": MAX_MESSAGE_BYTES,
    "allow_auto_create_topics": False,
    "max_block_ms": 10_000,
    "request_timeout_ms": 10_000,
    # After this the batch is given up and the loop tries again; a signal to stop is not kept waiting longer.
    "delivery_timeout_ms": 20_000,
    "reconnect_backoff_max_ms": 2_000,
    "bootstrap_timeout_ms": 5_000,
}
_CLOSE_SECONDS = 5.0
_CONFIRM_SECONDS = 30.0
_TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)


class KafkaPublisher:
    """Publishes through one idempotent producer, made at the first message; `client` holds the connection settings.

    A producer that has neither sent nor given up a message within `patience` seconds is given up itself.
    """

    def __init__(self, client: Mapping[str, object], *, patience: float = _CONFIRM_SECONDS) -> None:
        self._settings = {**_CONFIGURATION, **client}
        self._patience = patience
        self._producer: Any = None

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Return when every message is confirmed.

        After an error some may have arrived all the same: trying again may repeat them, and readers go by identity.
        """
        if not messages:
            return
        with Translated("publish"):
            producer = self._connected()
            try:
                self._send_all(producer, messages)
            except _TOO_LARGE as error:
                raise Stop("a message of ours exceeds the topics' limit: raise max.message.bytes") from error
            except ValueError as error:
                # kafka-python's word for a topic or partition that the cluster does not have (yet).
                raise RetryLater("cannot publish: a topic or partition is missing, see `topics show`") from error
            except kafka_errors.KafkaError as error:
                if not error.retriable:
                    # An idempotent producer that lost its sequence never recovers; nothing of it is in flight now.
                    self._give_up()
                raise

    def close(self) -> None:
        """Let go of the connection; what was not confirmed is not waited for."""
        if self._producer is None:
            return
        try:
            self._producer.close(timeout=_CLOSE_SECONDS)
        except (kafka_errors.KafkaError, OSError):
            # kafka-python 3.0.12 lets its thread run on, and send, when it could not send everything in time.
            self._producer._sender.force_close()  # noqa: SLF001  # nothing public does this
            self._producer._sender.join(_CLOSE_SECONDS)  # noqa: SLF001

    def _send_all(self, producer: Any, messages: Sequence[Outgoing]) -> None:
        sent: list[Any] = []
        try:
            for message in messages:
                sent.append(self._send(producer, message))  # noqa: PERF401  # what is sent must be known if one fails
        finally:
            self._await_all(sent)
        for future in sent:
            future.get(timeout=0)

    def _await_all(self, sent: Sequence[Any]) -> None:
        """Wait until every message is confirmed or lost: a late one must not overtake its own repetition.

        kafka-python's sender counts delivery time-outs only once it has a producer id; a thread of its that is stuck
        before that would keep us waiting for ever. Closing the producer fails what it still holds.
        """
        until = time.monotonic() + self._patience
        for future in sent:
            with contextlib.suppress(kafka_errors.KafkaError):
                future.get(timeout=max(0.0, until - time.monotonic()))
        if not all(future.is_done for future in sent):
            self._give_up()

    def _give_up(self) -> None:
        """The next message gets a new producer."""
        self.close()
        self._producer = None

    def _send(self, producer: Any, message: Outgoing) -> Any:
        return producer.send(
            message.topic,
            key=message.key,
            value=message.value if message.value is not None or message.key is not None else b"",
            headers=list(message.headers),
            partition=message.partition,
        )

    def _connected(self) -> Any:
        if self._producer is None:
            try:
                self._producer = KafkaProducer(**self._settings)
            except ValueError as error:  # it may quote a password, so it is not passed on
                raise Stop("Kafka's producer refused its settings: check the ANSLAGSVAKT_ Kafka settings") from error
        return self._producer
