"""`topics read` on a real Kafka: the last messages of all partitions by time, and nothing of the sealed topics."""

from __future__ import annotations

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from typer.testing import CliRunner

from agents import cli, topics
from agents.latest import latest
from pipeline.errors import BadConfiguration, Stop
from tests.integration.conftest import FreshBroker
from topics.catalog import OUTCOME, REVIEW, TOPICS

pytestmark = pytest.mark.kafka
NOWHERE: dict[str, object] = {"bootstrap_servers": ["127.0.0.1:1"]}


def test_the_last_are_told_over_all_partitions(fresh_broker: FreshBroker) -> None:
    bootstrap = fresh_broker().bootstrap
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        topics.apply(admin)
    producer = KafkaProducer(bootstrap_servers=[bootstrap])
    for number in range(9):
        producer.send(OUTCOME, f'{{"n":{number}}}'.encode(), partition=number % 3).get(timeout=10)
    producer.close()
    client: dict[str, object] = {"bootstrap_servers": [bootstrap]}
    assert latest(client, OUTCOME, 4) == [f'{{"n":{number}}}' for number in (5, 6, 7, 8)]
    assert latest(client, OUTCOME, 1) == ['{"n":8}']
    assert latest(client, REVIEW, 5) == []
    command, here = ["topics", "read", OUTCOME, "--last", "2"], {"ANSLAGSVAKT_BOOTSTRAP_SERVERS": bootstrap}
    done = CliRunner().invoke(cli.app, command, env=here)
    assert (done.exit_code, done.output) == (0, '{"n":7}\n{"n":8}\n')


@pytest.mark.parametrize(
    ("topic", "said"),
    [*((each.name, "holds what people wrote") for each in TOPICS if each.sealed), ("social.x.v1", "no topic of ours")],
)
def test_what_people_wrote_is_not_shown(topic: str, said: str) -> None:
    """It is refused before Kafka is asked at all."""
    with pytest.raises(BadConfiguration, match=said):
        latest(NOWHERE, topic, 1)


def test_a_kafka_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(Stop, match=r"^Kafka does not answer at 127\.0\.0\.1:1 "):
        latest(NOWHERE, OUTCOME, 1)
