"""The real Apache Kafka that integration tests share: a node for each xdist worker, and nodes to break."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from kafka.admin import KafkaAdminClient

from deploy.local.errors import BrokerUnavailable
from deploy.local.jars import cache_folder
from deploy.local.kafka import Kafka, temporary_kafka
from deploy.local.runtime import SHORT_LIVED, Runtime, embedded_runtime


class FreshBroker(Protocol):
    """Starts a node of the test's own, which it may kill; it is removed when the test ends."""

    def __call__(
        self, *, security: Mapping[str, str] | None = None, properties: Mapping[str, str] | None = None
    ) -> Kafka: ...


class TopicMaker(Protocol):
    """Makes a topic and returns its name."""

    def __call__(self, bootstrap: str, *, partitions: int = 1, config: Mapping[str, str] | None = None) -> str: ...


@pytest.fixture(scope="session")
def kafka_runtime() -> Runtime:
    """The verified jars and Java; a machine without them skips, but in CI (`CI=true`) that is a failure."""
    chosen = os.environ.get("ANSLAGSVAKT_CACHE_DIR")
    cache = Path(chosen) if chosen else cache_folder(os.environ, Path.home())
    try:
        return embedded_runtime(cache, heap="512m", options=SHORT_LIVED)
    except BrokerUnavailable as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"did not run: {error}")


@pytest.fixture(scope="session")
def broker(kafka_runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One node for all tests of this worker. Use topics and groups with names of your own, and do not kill it."""
    with temporary_kafka(kafka_runtime, parent=tmp_path_factory.mktemp("broker")) as kafka:
        yield kafka


@pytest.fixture
def fresh_broker(kafka_runtime: Runtime, tmp_path: Path) -> Iterator[FreshBroker]:
    """Start nodes that this test may kill."""
    with ExitStack() as stack:

        def start(*, security: Mapping[str, str] | None = None, properties: Mapping[str, str] | None = None) -> Kafka:
            return stack.enter_context(
                temporary_kafka(kafka_runtime, parent=tmp_path, security=security, properties=properties)
            )

        yield start


@pytest.fixture
def new_topic() -> TopicMaker:
    """Make a topic with a name of its own: `new_topic(broker.bootstrap, partitions=3)`; as many copies as nodes."""

    def create(bootstrap: str, *, partitions: int = 1, config: Mapping[str, str] | None = None) -> str:
        name = f"test.{secrets.token_hex(6)}"
        options = {"num_partitions": partitions, "configs": dict(config or {})}
        with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
            admin.create_topics({name: options}, wait_for_metadata=True)
        return name

    return create
