"""The processes start with the commands and the environment of docker-compose.yml, work, and end when they are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from agents.demo.children import Children
from agents.settings import Process
from deploy.local.ports import free_port
from pipeline.message import Order, Withdrawal
from pipeline.record import content_hash
from tests.compose import OURS, ROOT, health, here
from tests.goldens import GOLDENS, schema_of
from tests.integration.conftest import FreshBroker
from topics import catalog, stamp, wire
from topics.asyncapi import channel_id, document

READY_S = 90.0
DONE_S = 60.0

EVENTS = [golden for name, golden in GOLDENS.items() if schema_of(name) == "raw-event.v1"]
INPUT = [*EVENTS, b"\xff no event"]
"""What is put in: every golden event, and bytes that are none."""

VALUE = "19871220-2384"
"""The number that stands in the golden events, and must stand nowhere outside the sealed zone."""


def _run(name: str, bootstrap: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "agents.cli", *OURS[name]["command"]]
    environment = {**os.environ, **here(OURS[name], bootstrap, folder)}
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def _read(bootstrap: str) -> dict[str, list[Any]]:
    """All that stands on each topic now."""
    with KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        found: dict[str, list[Any]] = {topic.name: [] for topic in catalog.TOPICS}
        places = [TopicPartition(name, number) for name in found for number in consumer.partitions_for_topic(name)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        while any(consumer.position(place) < ends[place] for place in places):
            for place, records in consumer.poll(timeout_ms=500).items():
                found[place.topic] += records
        return found


def _ended(url: str) -> float:
    """How many events have ended in a state, as the screen process itself counts."""
    families = text_string_to_metric_families(httpx.get(url, trust_env=False).text)
    samples = [sample for family in families for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == "anslagsvakt_events_total")


@pytest.fixture
def ports() -> Mapping[str, int]:
    """Where each process shows its metrics, on this machine."""
    return {process: free_port() for process in Process}


@pytest.fixture
def stack(fresh_broker: FreshBroker, tmp_path: Path, ports: Mapping[str, int]) -> Iterator[tuple[str, Children]]:
    """Kafka, the topics, and every process as compose starts it."""
    bootstrap = fresh_broker().bootstrap
    applied = _run("topics", bootstrap, tmp_path)
    assert (applied.returncode, applied.stdout.count("created with")) == (0, len(catalog.TOPICS)), applied.stderr
    with Children(tmp_path, {**os.environ, "PYTHONPATH": str(ROOT)}) as children:
        for process in Process:
            service = OURS[process]
            environment = here(service, bootstrap, tmp_path / process)
            environment["ANSLAGSVAKT_METRICS_PORT"] = str(ports[process])
            ready = f"http://127.0.0.1:{ports[process]}{health(service)[1]}"
            children.start(process, ["-m", "agents.cli", *service["command"]], ready, **environment)
        children.await_ready(READY_S)
        yield bootstrap, children


@pytest.mark.kafka
@pytest.mark.slow
def test_every_process_starts_works_and_ends_cleanly(stack: tuple[str, Children], ports: Mapping[str, int]) -> None:
    """What comes out on every topic follows the published schemas, and no value leaves the sealed zone."""
    bootstrap, children = stack
    again = _run("topics", bootstrap, Path())
    assert (again.returncode, again.stdout) == (0, f"all {len(catalog.TOPICS)} topics are as the catalogue says\n")
    with KafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for value in INPUT:
            producer.send(catalog.RAW, value=value, key=b"golden", headers=[("from", b"golden")])
        producer.flush()
    metrics = f"http://127.0.0.1:{ports[Process.SCREEN]}/metrics"
    deadline = monotonic() + DONE_S
    while _ended(metrics) < len(INPUT) or len(_read(bootstrap)[catalog.RECEIPT]) < len(INPUT):
        children.check()
        assert monotonic() < deadline, f"{_ended(metrics)} of {len(INPUT)} events have ended"
        sleep(0.2)
    assert children.stop() == dict.fromkeys(Process, 0)

    found = _read(bootstrap)
    assert sorted(record.value for record in found[catalog.ARCHIVE]) == sorted(INPUT)
    for record in found[catalog.ARCHIVE]:
        assert (record.key, record.headers[0]) == (b"golden", ("from", b"golden"))
        headers = {name: value.decode() for name, value in record.headers[1:]}
        assert list(Draft202012Validator(stamp.SCHEMA).iter_errors(headers)) == []
    receipts = [wire.decode_receipt(record.value) for record in found[catalog.RECEIPT]]
    assert sorted(receipt.raw.sha256 for receipt in receipts) == sorted(map(content_hash, INPUT))
    notes = [wire.decode_dead_letter(record.value) for record in found[catalog.DEAD_LETTER]]
    assert [(note.topic, note.stage, note.error) for note in notes] == [(catalog.RAW, "decode", "Undecodable")]
    orders = [wire.decode_takedown(record.value) for record in found[catalog.TAKEDOWN]]
    assert {type(order) for order in orders} == {Order, Withdrawal}
    # An order meets its receipt: the two stand on the same partition, whatever key the connector chose.
    assert {record.partition for name in (catalog.TAKEDOWN, catalog.RECEIPT) for record in found[name]} == {
        record.partition for record in found[catalog.RAW]
    }
    assert found[catalog.REVIEW]
    _assert_as_promised(found)


def _assert_as_promised(found: Mapping[str, list[Any]]) -> None:
    promised = document({})
    for topic in catalog.TOPICS:
        if topic.sealed:
            continue
        payloads = [
            promised["components"]["messages"][name]["payload"]
            for name in promised["channels"][channel_id(topic)]["messages"]
        ]
        validator = Draft202012Validator({**promised, "oneOf": payloads})
        for record in found[topic.name]:
            assert list(validator.iter_errors(json.loads(record.value))) == []
            assert VALUE not in f"{record.key} {record.value} {record.headers}"
