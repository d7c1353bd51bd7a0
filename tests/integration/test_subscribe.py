"""The subscription on a real broker, when kafka-python's own thread dies or gives partitions back behind our back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing

import pytest
from kafka import KafkaConsumer
from kafka.errors import IllegalStateError

from agents.publish import KafkaPublisher
from agents.stream import Partition
from agents.subscribe import KafkaSubscription
from deploy.local.kafka import Kafka
from pipeline.errors import Stop
from tests.integration.conftest import TopicMaker
from topics.outgoing import Outgoing

pytestmark = pytest.mark.kafka


@pytest.fixture
def topic(broker: Kafka, new_topic: TopicMaker) -> str:
    return new_topic(broker.bootstrap)


@pytest.fixture
def subscription(broker: Kafka, topic: str) -> Iterator[KafkaSubscription]:
    """One that has its partition and has read what there is."""
    client = {"bootstrap_servers": broker.bootstrap}
    with closing(KafkaPublisher(client)) as publisher:
        publisher.publish([Outgoing(topic, b"k", b"value")])
    with closing(KafkaSubscription([topic], secrets.token_hex(6), client)) as subscription:
        while not subscription.poll(0.1):
            pass
        yield subscription


def test_without_its_thread_the_process_ends(subscription: KafkaSubscription) -> None:
    """It is not a broker that is away: trying again would never help."""
    subscription._consumer._net.stop()
    with pytest.raises(Stop, match="thread that talks to Kafka has died"):
        subscription.poll(0.1)


def test_what_is_taken_from_us_meanwhile_does_no_harm(
    subscription: KafkaSubscription, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Partition(topic, 7)
    subscription.park(gone, 3)
    subscription.resume(gone)

    def given_back(*_: object, **__: object) -> int:
        raise IllegalStateError("Partition is not assigned")

    monkeypatch.setattr(KafkaConsumer, "highwater", lambda *_: 5)
    assert subscription.lag() == {(topic, 0): 4}
    monkeypatch.setattr(KafkaConsumer, "position", given_back)
    assert subscription.lag() == {}
