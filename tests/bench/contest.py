"""What a benchmark of processes needs: a broker, contestants as processes, and a watch on the end of a topic."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from agents.demo.written import Sample
from agents.topics import apply
from deploy.local.jars import cache_folder
from deploy.local.kafka import temporary_kafka
from deploy.local.ports import free_port
from deploy.local.runtime import embedded_runtime
from topics import catalog

_BATCH_BYTES = 256 * 1024
_LOOK_EVERY = 0.02
_SETTLED = 25  # looks in a row
_LOOK_AT_SIZE_EVERY = 0.5
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


def batches(samples: Iterable[Sample]) -> list[tuple[int, BatchBuilder]]:
    """The samples in batches as they go over the wire, each with its partition, so that sending them takes no time."""
    full: list[tuple[int, BatchBuilder]] = []
    filling: dict[int, BatchBuilder] = {}
    for sample in samples:
        partition = zlib.crc32(sample.key or b"") % catalog.TOPICS[0].partitions
        batch = filling.setdefault(partition, BatchBuilder(_BATCH_BYTES, 0))
        if batch.append(timestamp=None, key=sample.key, value=sample.value) is None:
            full.append((partition, batch))
            filling[partition] = BatchBuilder(_BATCH_BYTES, 0)
            filling[partition].append(timestamp=None, key=sample.key, value=sample.value)
    return full + list(filling.items())


def send(bootstrap: str, ready: Iterable[tuple[int, BatchBuilder]]) -> None:
    """Write batches to the raw topic, and return when the broker has them; each can be sent once."""

    async def sent() -> None:
        async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
            futures = [await producer.send_batch(batch, catalog.RAW, partition=part) for part, batch in ready]
            await asyncio.gather(*futures)

    asyncio.run(sent())


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
    with tempfile.TemporaryDirectory() as folder, ExitStack() as started:
        common = {"ANSLAGSVAKT_BOOTSTRAP_SERVERS": bootstrap, "ANSLAGSVAKT_DATA_DIR": folder}
        ports = [free_port() for _ in range(workers)]
        processes = [
            process
            for port in ports
            for process in started.enter_context(
                running([["-m", "agents.cli", "screen"]], **common, ANSLAGSVAKT_METRICS_PORT=str(port))
            )
        ]
        await_ready(ports)
        yield processes


def await_ready(ports: Sequence[int]) -> None:
    """Return when all say that they are ready, and go on saying so: one that joins sends the others back to deal."""
    give_up = time.monotonic() + _GIVE_UP
    in_a_row = 0
    while in_a_row < _SETTLED:
        if time.monotonic() > give_up:
            raise TimeoutError(f"not all are ready on ports {ports}")
        in_a_row = in_a_row + 1 if all(map(_is_ready, ports)) else 0
        time.sleep(_LOOK_EVERY)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).is_success
    except httpx.HTTPError:
        return False


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


def sizes(bootstrap: str, topic: str, count: int, processes: Sequence[psutil.Process], start: int) -> list[float]:
    """Look at the largest of the processes (resident megabytes) until the topic has grown by `count` from `start`."""
    seen: list[float] = []
    give_up = time.monotonic() + _GIVE_UP
    while end_of(bootstrap, topic) - start < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{topic} has not grown by {count} in {_GIVE_UP:g} s")
        seen.append(max(process.memory_info().rss for process in processes) / 1e6)
        time.sleep(_LOOK_AT_SIZE_EVERY)
    return seen


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
