"""TLS, SCRAM and access rules on a real Kafka with an authoriser: each process works, and can do nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError
from typer.testing import CliRunner

from agents import cli, topics
from agents.demo.children import Children, inherited
from agents.demo.platform import DemoPlatform
from agents.settings import Process
from deploy.local.kafka import Kafka, temporary_kafka
from deploy.local.ports import HOST, free_port
from deploy.local.runtime import Runtime
from pipeline.message import Result
from tests.certificates import authority
from topics import wire
from topics.access import OPERATOR, grants, user
from topics.catalog import OUTCOME, RAW, TOPICS

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.xdist_group("security")]

ROLES = ("screen", "archive", "takedown", "connectors", "people", OPERATOR)
PROTOCOL, MECHANISM = "SASL_SSL", "SCRAM-SHA-512"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_PATIENCE_S = 60.0
EVENT = (Path(__file__).parents[1] / "golden" / "raw-event.v1.comment-created.json").read_bytes()


@dataclass(frozen=True, slots=True)
class Guarded:
    """A Kafka that lets in none but known users over TLS; its plain listener is for us, as the super user."""

    kafka: Kafka
    trusted: Path

    def client(self, role: str, **other: Any) -> dict[str, Any]:
        """Settings of a kafka-python client that logs in as this role."""
        return {
            "bootstrap_servers": [self.kafka.address("GUARDED")],
            "security_protocol": PROTOCOL,
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": user(role),
            "sasl_plain_password": password(role),
            "ssl_cafile": str(self.trusted),
            "bootstrap_timeout_ms": 5_000,
        } | other

    def environment(self, role: str) -> dict[str, str]:
        """The same as settings of ours."""
        return {
            "ANSLAGSVAKT_BOOTSTRAP_SERVERS": self.kafka.address("GUARDED"),
            "ANSLAGSVAKT_SECURITY_PROTOCOL": PROTOCOL,
            "ANSLAGSVAKT_SASL_MECHANISM": MECHANISM,
            "ANSLAGSVAKT_SASL_USERNAME": user(role),
            "ANSLAGSVAKT_SASL_PASSWORD": password(role),
            "ANSLAGSVAKT_SSL_CAFILE": str(self.trusted),
        }


def password(role: str) -> str:
    return f"of-{role}-in-tests"


@pytest.fixture(scope="module")
def guarded(kafka_runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    ours = authority(folder / "authority.pem")
    listener = "listener.name.guarded"
    properties = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",  # whoever comes by the plain listener: here the broker itself and the test
        f"{listener}.sasl.enabled.mechanisms": MECHANISM,
        f"{listener}.scram-sha-512.sasl.jaas.config": _SCRAM,
        f"{listener}.ssl.keystore.type": "PEM",
        f"{listener}.ssl.keystore.location": str(ours.server(folder / "broker.pem")),
    }
    with temporary_kafka(kafka_runtime, parent=folder, security={"GUARDED": PROTOCOL}, properties=properties) as kafka:
        with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
            topics.apply(admin)
            told = admin.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(user(role), ScramMechanism.SCRAM_SHA_512, password(role))
                    for role in ROLES
                ]
            )
            assert set(told.values()) == {None}
        plain = {"ANSLAGSVAKT_BOOTSTRAP_SERVERS": kafka.bootstrap}
        assert anslagsvakt("topics", "acl", "--apply", environment=plain) == (
            0,
            f"{len(grants())} access rules hold\n",
        )
        yield Guarded(kafka, ours.certificates)


def anslagsvakt(*arguments: str, environment: Mapping[str, str]) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, arguments, env=dict(environment))
    return done.exit_code, done.output


def may_write(producer: KafkaProducer, topic: str) -> bool:
    try:
        producer.send(topic, b"x", key=b"x", partition=0).get(timeout=10)
    except TopicAuthorizationFailedError:
        return False
    return True


def may_read(consumer: KafkaConsumer, topic: str) -> bool:
    """Refused is who may not even see the topic, and who sees it (a writer does) but is not given its messages."""
    if not consumer.partitions_for_topic(topic):
        return False
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    deadline = monotonic() + _PATIENCE_S
    try:
        while monotonic() < deadline:
            if consumer.poll(timeout_ms=200):
                return True
    except TopicAuthorizationFailedError:
        return False
    raise AssertionError(f"{topic} is neither refused nor read")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_writes_what_the_catalogue_says_and_nothing_else(guarded: Guarded, role: str) -> None:
    producer = KafkaProducer(**guarded.client(role, max_block_ms=10_000, enable_idempotence=False))
    try:
        written = {topic.name for topic in TOPICS if may_write(producer, topic.name)}
    finally:
        producer.close(timeout=5)
    assert written == {topic.name for topic in TOPICS if role in topic.writers}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_the_catalogue_says_and_nothing_else(guarded: Guarded, role: str) -> None:
    producer = KafkaProducer(bootstrap_servers=[guarded.kafka.bootstrap])
    for topic in TOPICS:  # so that there is something to read
        producer.send(topic.name, b"x", key=b"x", partition=0).get(timeout=10)
    producer.close()
    read = set()
    for topic in TOPICS:
        consumer = KafkaConsumer(**guarded.client(role, group_id=None, enable_auto_commit=False))
        if may_read(consumer, topic.name):
            read.add(topic.name)
        consumer.close()
    assert read == {topic.name for topic in TOPICS if role in topic.readers}


@pytest.mark.parametrize(
    ("role", "group"),
    [(role, f"anslagsvakt-{other}") for role, other in product(Process, Process) if role != other],
)
def test_a_process_cannot_take_another_ones_place(guarded: Guarded, role: str, group: str) -> None:
    """In another's group it would take partitions from it, or move its offsets: events would go unhandled."""
    [readable] = [topic.name for topic in TOPICS if role in topic.readers][:1]
    consumer = KafkaConsumer(readable, **guarded.client(role, group_id=group))
    try:
        with pytest.raises(GroupAuthorizationFailedError):
            consumer.poll(timeout_ms=20_000)
    finally:
        consumer.close(autocommit=False)


def test_the_operator_shapes_topics(guarded: Guarded) -> None:
    code, said = anslagsvakt("topics", "apply", environment=guarded.environment(OPERATOR))
    assert code == 0, said


@pytest.mark.parametrize("role", ["screen", "connectors"])
def test_a_process_shapes_none(guarded: Guarded, role: str) -> None:
    with KafkaAdminClient(**guarded.client(role)) as admin, pytest.raises(KafkaError):
        admin.create_topics({"social.mine.v1": {"num_partitions": 1, "replication_factor": 1}})


@pytest.mark.parametrize(
    "wrong",
    [
        {"SASL_PASSWORD": "guessed"},
        {"SASL_USERNAME": "anslagsvakt-nobody"},
        {"SECURITY_PROTOCOL": "SASL_PLAINTEXT"},
        {"SECURITY_PROTOCOL": "SSL"},
        {"SSL_CAFILE": ""},
    ],
    ids=["password", "user", "no TLS", "no login", "another authority"],
)
def test_nobody_else_gets_in(guarded: Guarded, tmp_path: Path, wrong: dict[str, str]) -> None:
    """Nor do we talk to a broker that another authority vouches for."""
    stranger = authority(tmp_path / "stranger.pem").certificates
    changed = {f"ANSLAGSVAKT_{name}": value or str(stranger) for name, value in wrong.items()}
    # A process of its own: kafka-python leaves a refused client's sockets and thread behind.
    done = subprocess.run(
        [sys.executable, "-m", "agents.cli", "topics", "show"],
        env=inherited(os.environ) | guarded.environment(OPERATOR) | changed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert "Kafka does not answer" in done.stderr
    assert "guessed" not in done.stdout + done.stderr


def test_a_right_that_was_given_beside_ours_is_named(guarded: Guarded) -> None:
    pattern = ResourcePattern(ResourceType.TOPIC, RAW)
    spare = ACL(f"User:{user('people')}", "*", ACLOperation.READ, ACLPermissionType.ALLOW, pattern)
    plain = {"ANSLAGSVAKT_BOOTSTRAP_SERVERS": guarded.kafka.bootstrap}
    with KafkaAdminClient(bootstrap_servers=guarded.kafka.bootstrap) as admin:
        admin.create_acls([spare])
        code, said = anslagsvakt("topics", "acl", "--apply", environment=plain)
        admin.delete_acls([spare])
    assert code == 1
    assert "too much: User:anslagsvakt-people ALLOW READ from * on TOPIC social.raw.v1 (LITERAL)" in said


def test_the_processes_do_their_work_with_no_more_than_that(guarded: Guarded, tmp_path: Path) -> None:
    """An event goes all the way to its outcome; the connector and the reader log in as well."""
    token, port = "in tests", free_port()
    platform = f"http://{HOST}:{port}"
    with ExitStack() as stack:
        children = stack.enter_context(Children(tmp_path, inherited(os.environ)))
        simulator = ("-m", "agents.platforms.simulator", "--port", str(port), "--token", token)
        children.start("simulator", simulator, f"{platform}/_control/ready")
        for process in Process:
            metrics = free_port()
            children.start(
                process,
                ("-m", "agents.cli", process),
                f"http://{HOST}:{metrics}/readyz",
                ANSLAGSVAKT_DATA_DIR=str(tmp_path / "data"),
                ANSLAGSVAKT_METRICS_PORT=str(metrics),
                ANSLAGSVAKT_PLATFORM_URL=platform,
                ANSLAGSVAKT_PLATFORM_TOKEN=token,
                **guarded.environment(process),
            )
        children.await_ready(_PATIENCE_S)
        shown = stack.enter_context(DemoPlatform(platform, token))
        shown.happens(wire.decode_event(EVENT))
        producer = KafkaProducer(**guarded.client("connectors"))
        place = producer.send(RAW, key=b"facebook:880", value=EVENT).get(timeout=10)
        producer.close()
        outcome = wire.decode_outcome(first_from(guarded, OUTCOME, children))
        assert (outcome.result, outcome.verified) == (Result.REMOVED, True)
        assert (outcome.raw.partition, outcome.raw.offset) == (place.partition, place.offset)


def first_from(guarded: Guarded, topic: str, children: Children) -> bytes:
    """The first outcome, read as people's tool would."""
    people = guarded.client("people", group_id="anslagsvakt-people-test", auto_offset_reset="earliest")
    consumer = KafkaConsumer(topic, **people)
    deadline = monotonic() + _PATIENCE_S
    try:
        while monotonic() < deadline:
            children.check()
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    if record.value != b"x":  # what the other tests wrote
                        return bytes(record.value)
    finally:
        consumer.close(autocommit=False)
    raise AssertionError(f"nothing on {topic}")
