"""A connection to Kafka's admin interface, or one line that says why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from pipeline.errors import Stop

_BOOTSTRAP_TIMEOUT_MS = 8_000


@contextmanager
def connected(kafka: Mapping[str, Any]) -> Iterator[KafkaAdminClient]:
    """An admin client while the block lasts; `kafka` holds the client settings.

    Raises:
        Stop: no broker answers, or it refuses us.
    """
    try:
        client = KafkaAdminClient(**kafka, bootstrap_timeout_ms=_BOOTSTRAP_TIMEOUT_MS)
    except KafkaError as error:
        servers = ",".join(kafka["bootstrap_servers"])
        raise Stop(
            f"Kafka does not answer at {servers} ({type(error).__name__}): check ANSLAGSVAKT_BOOTSTRAP_SERVERS, "
            "or start one with: anslagsvakt broker"
        ) from None
    try:
        yield client
    finally:
        client.close()
