"""The embedded Apache Kafka, for real: what it holds, survives, refuses and leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.local.cluster import Cluster, temporary_cluster
from deploy.local.errors import BrokerUnavailable
from deploy.local.kafka import Kafka, kept_kafka, temporary_kafka
from deploy.local.process import KeptProcess
from deploy.local.properties import MAX_MESSAGE_BYTES
from deploy.local.runtime import Runtime
from tests.integration.conftest import FreshBroker, TopicMaker

pytestmark = pytest.mark.kafka


def produce(bootstrap: str, topic: str, values: list[bytes]) -> None:
    with producer(bootstrap) as send:
        for future in [send.send(topic, value) for value in values]:
            future.get(timeout=60)


@contextmanager
def producer(bootstrap: str, *, max_block_ms: int = 60_000) -> Iterator[KafkaProducer]:
    client = KafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        acks="all",
        max_request_size=MAX_MESSAGE_BYTES,
        max_block_ms=max_block_ms,
    )
    try:
        yield client
    finally:
        client.close(timeout=10)


def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    """Read partition 0 from the start until `count` values came; ten idle seconds end it."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap.split(","), auto_offset_reset="earliest", consumer_timeout_ms=10_000
    )
    try:
        consumer.assign([TopicPartition(topic, 0)])
        values: list[bytes] = []
        for record in consumer:
            values.append(record.value)
            if len(values) == count:
                break
        return values
    finally:
        consumer.close()


def cluster_id(kafka: Kafka) -> str:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        return str(admin.describe_cluster()["cluster_id"])


def test_a_text_of_ten_million_characters_comes_back_whole(broker: Kafka, new_topic: TopicMaker) -> None:
    topic = new_topic(broker.bootstrap)
    values = [b"small", ("å" * 9_000_000).encode(), b"after"]

    produce(broker.bootstrap, topic, values)

    assert values == consume(broker.bootstrap, topic, len(values))


def test_a_misspelt_topic_is_not_made(broker: Kafka) -> None:
    with producer(broker.bootstrap, max_block_ms=1_000) as client, pytest.raises(KafkaError):
        client.send("no.such.topic", b"x").get(timeout=2)
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        assert "no.such.topic" not in admin.list_topics()


def test_killed_and_started_again_it_has_its_data_port_and_cluster_id(
    fresh_broker: FreshBroker, new_topic: TopicMaker
) -> None:
    kafka = fresh_broker()
    topic = new_topic(kafka.bootstrap)
    values = [f"{number}".encode() for number in range(500)]
    produce(kafka.bootstrap, topic, values)
    before = (kafka.bootstrap, cluster_id(kafka))

    kafka.kill()
    assert kafka.pid is None
    kafka.start()

    assert before == (kafka.bootstrap, cluster_id(kafka))
    assert values == consume(kafka.bootstrap, topic, len(values))


def test_a_kept_folder_with_swedish_letters_serves_the_next_process_too(
    kafka_runtime: Runtime, new_topic: TopicMaker, tmp_path: Path
) -> None:
    folder = tmp_path / "Åsa Öbergs mapp"
    with kept_kafka(folder, kafka_runtime) as first:
        topic = new_topic(first.bootstrap)
        produce(first.bootstrap, topic, [b"kept"])
        before = (first.bootstrap, cluster_id(first))

        with pytest.raises(
            BrokerUnavailable, match=r"is taken, perhaps by a broker on .*ANSLAGSVAKT_BOOTSTRAP_SERVERS"
        ):
            kept_kafka(folder, kafka_runtime).start()

    with kept_kafka(folder, kafka_runtime) as second:
        assert before == (second.bootstrap, cluster_id(second))
        assert consume(second.bootstrap, topic, 1) == [b"kept"]


def test_a_temporary_broker_leaves_neither_process_nor_folder(kafka_runtime: Runtime, tmp_path: Path) -> None:
    with temporary_kafka(kafka_runtime, parent=tmp_path) as kafka:
        pid = kafka.pid
        assert pid is not None
        assert psutil.pid_exists(pid)
        assert (kafka.folder / "server.properties").stat().st_mode & 0o077 == 0
        assert kafka.log.read_text(encoding="utf-8").count("Kafka Server started") == 1

    assert not psutil.pid_exists(pid)
    assert list(tmp_path.iterdir()) == []


def test_a_broker_that_cannot_start_says_where_to_look_and_leaves_no_process(
    kafka_runtime: Runtime, tmp_path: Path
) -> None:
    kafka = kept_kafka(tmp_path / "broken-broker", kafka_runtime, properties={"num.partitions": "none at all"})

    with pytest.raises(BrokerUnavailable, match=r"java\.log, or set ANSLAGSVAKT_BOOTSTRAP_SERVERS"):
        kafka.start()

    assert kafka.pid is None
    assert kafka.folder.name not in " ".join(
        word for child in psutil.Process().children(recursive=True) for word in child.cmdline()
    )


def test_sasl_can_be_laid_on_top(fresh_broker: FreshBroker, new_topic: TopicMaker) -> None:
    """Further listeners and any property can be asked for, so tests of TLS, SASL and ACLs need no other broker."""
    login = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_screen="right";'
    kafka = fresh_broker(
        security={"SASL": "SASL_PLAINTEXT"},
        properties={
            "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": login,
        },
    )
    as_screen = {
        "bootstrap_servers": kafka.address("SASL"),
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "screen",
        "bootstrap_timeout_ms": 3_000,
    }
    topic = new_topic(kafka.bootstrap)

    with KafkaAdminClient(**as_screen, sasl_plain_password="right") as admin:
        assert topic in admin.list_topics()
    consumer = KafkaConsumer(topic, **{**as_screen, "sasl_plain_password": "right"})
    consumer.close()
    with pytest.raises(KafkaError), KafkaAdminClient(**as_screen, sasl_plain_password="wrong"):
        pass


@pytest.fixture
def cluster(kafka_runtime: Runtime, tmp_path: Path) -> Iterator[Cluster]:
    with temporary_cluster(kafka_runtime, parent=tmp_path) as three:
        yield three


@pytest.mark.slow
def test_three_nodes_lose_one_and_no_acknowledged_message(cluster: Cluster, new_topic: TopicMaker) -> None:
    topic = new_topic(cluster.bootstrap)
    values = [f"{number}".encode() for number in range(300)]
    with KafkaAdminClient(bootstrap_servers=cluster.bootstrap.split(",")) as admin:
        described = admin.describe_topics([topic])[0]["partitions"][0]
        assert len(described["replica_nodes"]) == 3
        leader = described["leader_id"]

    produce(cluster.bootstrap, topic, values[:100])
    lost = cluster.nodes[leader - 1]
    lost.kill()
    alive = ",".join(node.bootstrap for node in cluster.nodes if node is not lost)
    produce(alive, topic, values[100:])
    assert values == consume(alive, topic, len(values))

    lost.start()
    assert values == consume(lost.bootstrap, topic, len(values))


STARTS_A_BROKER_AND_WAITS = """
import sys, threading, time
from pathlib import Path
from deploy.local.kafka import kept_kafka
from deploy.local.runtime import Runtime
java, folder, *jars = sys.argv[1:]
kafka = kept_kafka(Path(folder), Runtime(Path(java), tuple(map(Path, jars)), "256m", ("-XX:TieredStopAtLevel=1",)))
thread = threading.Thread(target=kafka.start)
thread.start()
thread.join()
time.sleep(0.5)
print(kafka.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a parent-death signal")
def test_a_killed_parent_takes_its_broker_along(kafka_runtime: Runtime, tmp_path: Path) -> None:
    """Also when a thread that has ended since had started it: the broker lives until the process itself is killed."""
    parent = subprocess.Popen(
        [
            *(sys.executable, "-c", STARTS_A_BROKER_AND_WAITS),
            *(str(kafka_runtime.java), str(tmp_path / "orphan"), *map(str, kafka_runtime.jars)),
        ],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdout is not None
    with parent, parent.stdout as said:
        pid = int(said.readline())
        assert gone_within(pid, 0) is False

        parent.kill()

        assert gone_within(pid, 10)


def test_what_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    deaf = KeptProcess(["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"], tmp_path / "out", {})
    while not (tmp_path / "out").read_text():
        time.sleep(0.01)

    deaf.stop(grace=0.2)

    assert deaf.exit_code == -signal.SIGKILL


def test_a_kept_program_gets_no_environment_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSLAGSVAKT_SASL_PASSWORD", "not for others")
    shown = KeptProcess(["/usr/bin/env"], tmp_path / "out", {"LC_ALL": "C.UTF-8"})

    assert shown.wait(10)
    assert "LC_ALL=C.UTF-8" in (tmp_path / "out").read_text()
    assert "ANSLAGSVAKT" not in (tmp_path / "out").read_text()
    assert "ANSLAGSVAKT_SASL_PASSWORD" in os.environ


def test_a_program_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    missing = KeptProcess([str(tmp_path / "no-java")], tmp_path / "out", {})

    assert missing.wait(10)
    assert missing.exit_code != 0
    missing.stop(grace=1)


def gone_within(pid: int, seconds: float) -> bool:
    """Whether the process ends in time; one that nobody has buried yet is gone as well."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
