"""The archive process on a real Kafka: killed, told to stop, with its broker gone: nothing is lost or kept twice."""

import json
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient

from agents.clock import now
from agents.publish import KafkaPublisher
from agents.retention import place
from agents.retention.log import LogReader
from agents.retention.verify import Known, Verification
from agents.subscribe import KafkaSubscription
from deploy.local.kafka import Kafka
from tests.integration.conftest import FreshBroker
from topics import catalog, wire
from topics.outgoing import Outgoing

pytestmark = pytest.mark.kafka
PATIENCE = 90.0
PROCESS = """
import json, sys
from pathlib import Path
from prometheus_client import CollectorRegistry
from agents import archive, worker
from agents.clock import now
from agents.health import Health
from agents.media.address import Allowed
from agents.media.collect import collecting
from agents.media.fetch import Bounds, Fetcher
from agents.metrics import Metrics
from agents.retention import place
where = place.Place(Path(sys.argv[1]), log_key=Path(sys.argv[1]) / "log.key")
metrics = Metrics(CollectorRegistry())
fetch = Fetcher(Allowed.of(["127.0.0.1"]), Bounds()).fetch
with (
    worker.told_to_stop() as stop,
    place.opened(where, now) as store,
    collecting(Path(sys.argv[1]) / "media.sqlite3", store, fetch, metrics) as attachments,
):
    sys.exit(archive.run(store, attachments, client=json.loads(sys.argv[2]), meter=metrics, health=Health(), stop=stop))
"""


class World:
    """A broker with our topics, a store folder, and archive processes to start and end."""

    def __init__(self, broker: Kafka, folder: Path) -> None:
        self.folder = folder
        self.client = {"bootstrap_servers": broker.bootstrap}
        with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
            limit = {"max.message.bytes": str(catalog.MAX_MESSAGE_BYTES)}
            names = (catalog.ARCHIVE, catalog.RECEIPT)
            admin.create_topics(
                {name: {"num_partitions": 3, "configs": limit} for name in names}, wait_for_metadata=True
            )

    @contextmanager
    def archiving(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-c", PROCESS, str(self.folder), json.dumps(self.client)]
        with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
            try:
                yield process
            finally:
                process.kill()

    def send(self, values: Sequence[bytes], first: int = 0) -> None:
        with closing(KafkaPublisher(self.client)) as publisher:
            for start in range(0, len(values), 50):
                messages = [
                    Outgoing(catalog.ARCHIVE, b"k", value, ours(n), n % 3)
                    for n, value in enumerate(values[start : start + 50], first + start)
                ]
                publisher.publish(messages)

    def kept(self) -> list[bytes | None]:
        with place.for_reading(place.Place(self.folder), now) as store:
            return [store.read(key).raw.value for key in store.object_keys()]

    def faults(self) -> list[str]:
        """What a verification of store and log finds."""
        told: list[str] = []
        where = place.Place(self.folder)
        with place.for_reading(where, now) as store:
            run = Verification(store, fault=lambda fault: told.append(str(fault)), progress=lambda _: None)
            run.run(LogReader(where.log), Known())
        return told

    def receipted(self, expected: int) -> set[int]:
        """The raw offsets that receipts were given for, when there are so many or time is up."""
        offsets: set[int] = set()
        until = time.monotonic() + PATIENCE
        with closing(KafkaSubscription([catalog.RECEIPT], secrets.token_hex(4), self.client)) as reader:
            while len(offsets) < expected and time.monotonic() < until:
                for records in reader.poll(0.2).values():
                    offsets |= {wire.decode_receipt(record.value).raw.offset for record in records}
        return offsets


def ours(n: int) -> tuple[tuple[str, bytes], ...]:
    told: Mapping[str, object] = {"topic": "social.raw.v1", "partition": n % 3, "offset": n, "timestamp": 1}
    return tuple((f"anslagsvakt-raw-{name}", str(value).encode()) for name, value in told.items())


def test_killed_at_random_every_message_is_kept_once_and_receipted(fresh_broker: FreshBroker, tmp_path: Path) -> None:
    world = World(fresh_broker(), tmp_path / "store")
    values = [b"%d %s" % (n, secrets.token_bytes(300)) for n in range(3000)]
    sender = threading.Thread(target=world.send, args=(values[:-1],))
    sender.start()
    seeded = random.Random(3)
    for _ in range(2):
        with world.archiving() as process:
            time.sleep(seeded.uniform(1.5, 8.0))
            process.send_signal(signal.SIGKILL)
    with world.archiving() as process:
        sender.join()
        world.send(values[-1:], first=len(values) - 1)  # once this is kept, it can be told to end
        offsets = world.receipted(len(values))
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert offsets == set(range(len(values)))
    assert sorted(values) == sorted(value or b"" for value in world.kept())
    assert world.faults() == []
    with closing(KafkaSubscription([catalog.ARCHIVE], catalog.ARCHIVE_GROUP, world.client)) as successor:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            assert successor.poll(0.2) == {}  # all of it was committed on the way out


def test_a_broker_that_dies_and_comes_back_costs_nothing(fresh_broker: FreshBroker, tmp_path: Path) -> None:
    broker = fresh_broker()
    world = World(broker, tmp_path / "store")
    values = [b"%d" % n for n in range(600)]
    with world.archiving() as process:
        world.send(values[:300])
        assert len(world.receipted(300)) == 300
        broker.kill()
        time.sleep(5)
        assert process.poll() is None
        broker.restart()
        world.send(values)
        assert world.receipted(len(values)) == set(range(len(values)))
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert sorted(values) == sorted(value or b"" for value in world.kept())


def test_a_process_may_start_before_its_broker_and_be_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROCESS, str(tmp_path), json.dumps({"bootstrap_servers": "127.0.0.1:9"})]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE) as process:
        time.sleep(3)
        assert process.poll() is None
        process.terminate()
        assert process.wait(30) == 0
