"""The whole demo, as a user runs it: it adds up, gives nothing away, and leaves no process behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, TopicPartition

from agents.demo.corpus import load_corpus
from agents.demo.run import SEED
from agents.demo.stream import sample_stream
from agents.demo.values import spellings
from agents.demo.written import Sample
from deploy.local.kafka import kept_kafka
from deploy.local.runtime import Runtime
from topics.catalog import TOPICS

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.usefixtures("kafka_runtime")]

_GONE_WITHIN_S = 45.0
_ANY_TIME = datetime(2026, 11, 23, tzinfo=UTC)
"""The planted values depend on the seed alone."""


@contextmanager
def demo(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "agents.cli", "demo", "--folder", str(folder)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=folder.parent
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    pytest.fail(f"the demo ended without saying {words!r}:\n{said}")


def processes_of(folder: Path) -> list[str]:
    """Command lines of the processes that work in this demo's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            told = " ".join([*process.cmdline(), *process.environ().values()])
        except psutil.Error:
            continue
        if process.pid != os.getpid() and str(folder) in told:
            found.append(" ".join(process.cmdline()))
    return found


def assert_nothing_is_left(folder: Path) -> None:
    deadline = time.monotonic() + 5
    while processes_of(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(folder) == []


def test_the_demo_adds_up_and_gives_nothing_away(tmp_path: Path, kafka_runtime: Runtime) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        said = process.communicate(timeout=180)[0]
    assert process.returncode == 0, said
    assert "Everything adds up" in said
    assert "\x1b" not in said
    assert_nothing_is_left(folder)
    forbidden = secrets_of(sample_stream(SEED, _ANY_TIME))
    assert_free_of(forbidden, {"what the demo said": said.encode()})
    assert_free_of(forbidden, files_outside_the_sealed_zone(folder))
    assert_free_of(forbidden, messages_outside_the_sealed_zone(folder, kafka_runtime))


def secrets_of(samples: tuple[Sample, ...]) -> dict[bytes, str]:
    """What must not be found anywhere, and what it is: planted values in any spelling, names, and whole texts."""
    values = {spelling for each in samples for value in each.expectation.planted for spelling in spellings(value)}
    corpus = load_corpus()
    texts = {scene.text.split("{")[0] for thread in corpus.thread for scene in thread.scenes}
    texts |= {text for thread in corpus.thread for text in thread.comments}
    kinds = (("value", values), ("name", corpus.people), ("text", {text for text in texts if len(text) > 15}))
    return {text.encode(): kind for kind, some in kinds for text in some}


def assert_free_of(forbidden: Mapping[bytes, str], contents: Mapping[str, bytes]) -> None:
    assert contents
    leaks = {
        f"a {kind} in {place}"
        for place, content in contents.items()
        for text, kind in forbidden.items()
        if text in content
    }
    assert leaks == set()


def files_outside_the_sealed_zone(folder: Path) -> dict[str, bytes]:
    """All files but the broker's data and the retention store: logs, metrics, journal, broker's logs."""
    sealed = (folder / "kafka" / "data", folder / "data" / "store")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(path.is_relative_to(zone) for zone in sealed)
    }


def messages_outside_the_sealed_zone(folder: Path, runtime: Runtime) -> dict[str, bytes]:
    """Everything on the topics that are not sealed, read from the broker's data as the demo left it."""
    messages: dict[str, bytes] = {}
    with kept_kafka(folder / "kafka", runtime) as kafka:
        consumer = KafkaConsumer(bootstrap_servers=[kafka.bootstrap], group_id=None, enable_auto_commit=False)
        for topic in TOPICS:
            places = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
            consumer.assign(places)
            consumer.seek_to_beginning(*places)
            ends = consumer.end_offsets(places)
            found = []
            while any(consumer.position(place) < ends[place] for place in places):
                for records in consumer.poll(timeout_ms=500).values():
                    found += records
            assert found, topic.name
            if not topic.sealed:
                for each in found:
                    headers = b"\n".join(name.encode() + value for name, value in each.headers)
                    where = f"{topic.name}:{each.partition}:{each.offset}"
                    messages[where] = b"\n".join((each.key or b"", each.value or b"", headers))
        consumer.close(autocommit=False)
    return messages


@pytest.mark.parametrize(
    ("moment", "after"),
    [
        ("Starting Apache Kafka", 0.0),
        ("Starting Apache Kafka", 1.5),
        ("Starting screen", 0.5),
        ("Playing", 3.0),
        ("Stopping", 0.0),
    ],
    ids=["before the broker", "while the broker starts", "while the processes start", "in mid-stream", "at the end"],
)
def test_ctrl_c_cleans_up_at_any_moment(tmp_path: Path, moment: str, after: float) -> None:
    """Ctrl-C comes twice, as from somebody who is impatient: the second must not disturb the cleaning up."""
    folder = tmp_path / "demo"
    with demo(folder) as process:
        read_until(process, moment)
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=_GONE_WITHIN_S)[0]
        assert process.returncode == 130, said
        assert "Traceback" not in said
    assert_nothing_is_left(folder)


def test_a_killed_demo_leaves_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        read_until(process, "Playing")
        assert len(processes_of(folder)) >= 5
        process.kill()
        process.wait(5)
    assert_nothing_is_left(folder)


def test_a_process_that_dies_ends_the_demo_and_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        read_until(process, "Playing")
        screens = [child for child in psutil.Process(process.pid).children() if child.cmdline()[-1] == "screen"]
        assert len(screens) == 1
        screens[0].kill()
        said = process.communicate(timeout=_GONE_WITHIN_S)[0]
        assert process.returncode == 1
    assert f"anslagsvakt: screen ended with exit code -9: see {folder / 'logs' / 'screen.log'}" in said
    assert_nothing_is_left(folder)
