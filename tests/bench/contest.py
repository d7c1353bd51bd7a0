"""What a benchmark of processes needs: a broker, contestants as processes, and a watch on the end of a topic."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from agents.demo.written import Sample
from agents.topics import apply
from deploy.local.jars import cache_folder
from deploy.local.kafka import temporary_kafka
from deploy.local.ports import free_port
from deploy.local.runtime import embedded_runtime
from topics import catalog

_LOOK_EVERY = 0.02
_GIVE_UP = 300.0
_FROM = 0.2  # the first fifth is warming up: joining, first fetches, Java's compiler


@contextmanager
def broker() -> Iterator[str]:
    """A real Kafka with all our topics; gives its address."""
    chosen = os.environ.get("ANSLAGSVAKT_CACHE_DIR")
    cache = Path(chosen) if chosen else cache_folder(os.environ, Path.home())
    with temporary_kafka(embedded_runtime(cache)) as kafka:
        with admin(kafka.bootstrap) as client:
            apply(client)
        yield kafka.bootstrap


@contextmanager
def admin(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """An admin client while the block lasts."""
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        yield client
    finally:
        client.close()


def make_topic(bootstrap: str, name: str) -> None:
    """A topic like the archive's, for a contestant of its own."""
    with admin(bootstrap) as client:
        client.create_topics([NewTopic(name, catalog.TOPICS[0].partitions, 1)])


def produce(bootstrap: str, samples: Iterable[Sample]) -> int:
    """Write all to the raw topic, as fast as goes; returns how many."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, batch_size=256 * 1024)
    count = 0
    for sample in samples:
        producer.send(catalog.RAW, key=sample.key, value=sample.value)
        count += 1
    producer.flush()
    producer.close()
    return count


@contextmanager
def running(commands: Sequence[Sequence[str]], **environment: str) -> Iterator[list[psutil.Process]]:
    """Processes while the block lasts; ended with SIGTERM, and with SIGKILL if that does not help."""
    started = [
        subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def screens(bootstrap: str, workers: int) -> Iterator[list[psutil.Process]]:
    """So many screen processes with everything on, ready for work."""
    with tempfile.TemporaryDirectory() as folder:
        ports = [free_port() for _ in range(workers)]
        common = {"ANSLAGSVAKT_BOOTSTRAP_SERVERS": bootstrap, "ANSLAGSVAKT_DATA_DIR": folder}
        with (
            running([["-m", "agents.cli", "screen"]], **common, ANSLAGSVAKT_METRICS_PORT=str(ports[0])) as first,
            running(
                [["-m", "agents.cli", "screen"]] * (workers - 1), **common, ANSLAGSVAKT_METRICS_PORT=str(ports[-1])
            ) as others,
        ):
            for port in ports:
                await_ready(port)
            yield first + others


def await_ready(port: int) -> None:
    """Return when the process on this port says that it is ready."""
    give_up = time.monotonic() + _GIVE_UP
    while time.monotonic() < give_up:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(_LOOK_EVERY)
    raise TimeoutError(f"no process is ready on port {port}")


@dataclass(frozen=True, slots=True)
class Growth:
    """How a topic grew once the contestant had warmed up: events a second, processor time an event (microseconds)."""

    per_second: float
    cpu_us: float


def watch(bootstrap: str, topic: str, count: int, processes: Sequence[psutil.Process], start: int = 0) -> Growth:
    """Look at the end of a topic until it has grown by `count` from `start`, and say how fast it did.

    Processor time tells more than the clock where other work runs on the same machine.
    """
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    partitions = [TopicPartition(topic, number) for number in range(catalog.TOPICS[0].partitions)]
    warm: tuple[float, int, float] | None = None
    give_up = time.monotonic() + _GIVE_UP
    try:
        while time.monotonic() < give_up:
            grown = sum(consumer.end_offsets(partitions).values()) - start
            now = time.monotonic()
            if warm is None and grown >= count * _FROM:
                warm = (now, grown, _cpu(processes))
            if grown >= count and warm:
                done = grown - warm[1]
                return Growth(done / max(now - warm[0], 1e-9), (_cpu(processes) - warm[2]) / done * 1e6)
            time.sleep(_LOOK_EVERY)
    finally:
        consumer.close()
    raise TimeoutError(f"{topic} grew by {grown} of {count} in {_GIVE_UP:g} s")


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def end_of(bootstrap: str, topic: str) -> int:
    """How many messages a topic has had."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    try:
        partitions = [TopicPartition(topic, number) for number in range(catalog.TOPICS[0].partitions)]
        return sum(consumer.end_offsets(partitions).values())
    finally:
        consumer.close()


def forget_group(bootstrap: str, group: str) -> None:
    """Let a consumer group begin again from the start."""
    with admin(bootstrap) as client:
        client.delete_groups([group])
