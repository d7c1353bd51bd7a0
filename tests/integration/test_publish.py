"""The publisher on a real broker, when kafka-python's own thread is of no use any more."""

import secrets
import threading
import time
from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from agents.publish import KafkaPublisher
from pipeline.errors import RetryLater
from topics.outgoing import Outgoing

pytestmark = pytest.mark.kafka


def test_a_producer_that_gets_nowhere_is_given_up_and_nothing_of_it_comes_late(broker: Any) -> None:
    topic = f"test.{secrets.token_hex(6)}"
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        admin.create_topics({topic: {"num_partitions": 1}}, wait_for_metadata=True)
    with closing(KafkaPublisher({"bootstrap_servers": broker.bootstrap}, patience=0.5)) as publisher:
        publisher.publish([Outgoing(topic, b"k", b"before")])
        sender = publisher._producer._sender
        stuck = threading.Event()

        def get_nowhere() -> None:
            stuck.set()
            time.sleep(0.01)

        sender.run_once = get_nowhere
        sender.wakeup()
        assert stuck.wait(10)

        start = time.monotonic()
        with pytest.raises(RetryLater):
            publisher.publish([Outgoing(topic, b"k", b"stuck")] * 100)
        assert time.monotonic() - start < 20, "each message was waited for in turn"
        assert not sender.is_alive()

        publisher.publish([Outgoing(topic, b"k", b"after")])
    with closing(KafkaConsumer(topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")) as consumer:
        found: list[bytes] = []
        while b"after" not in found:
            found += [each.value for batch in consumer.poll(timeout_ms=500).values() for each in batch]
    assert found == [b"before", b"after"]
