"""`anslagsvakt broker` as a process: what it says, how it stops, what it leaves."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import HOST, free_port
from deploy.local.runtime import Runtime

ROOT = Path(__file__).parents[2]
SERVE = """
import sys
import time
from pathlib import Path
from rich.console import Console
from agents.broker import serve
from pipeline.errors import Stop
folder, cache, port = sys.argv[1:]
try:
    serve(Path(folder), Path(cache), Console(), port=int(port), heap="256m")
except Stop as stop:
    sys.exit(f"stopped: {stop}")
"""


def run(folder: Path, runtime: Runtime, port: int) -> subprocess.Popen[str]:
    cache = next(parent for parent in runtime.jars[0].parents if parent.name == "jars").parent
    return subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder), str(cache), str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def brokers(parent: int) -> list[psutil.Process]:
    """The children of a process that are brokers by now (and no longer about to become Java)."""
    found = []
    for child in psutil.Process(parent).children():
        with suppress(psutil.Error):  # one that has just ended has no command line
            if "kafka.Kafka" in child.cmdline():
                found.append(child)
    return found


@pytest.mark.kafka
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_stops_cleanly(
    kafka_runtime: Runtime, tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    with run(tmp_path / "[kept]", kafka_runtime, port) as process:
        assert process.stdout is not None
        where, how = process.stdout.readline(), process.stdout.readline()
        java = brokers(process.pid)

        process.send_signal(number)
        rest, errors = process.communicate(timeout=30)

    assert where.startswith(f"Apache Kafka serves on 127.0.0.1:{port}; its data and log are in ")
    assert how == f"Use it: export ANSLAGSVAKT_BOOTSTRAP_SERVERS=127.0.0.1:{port}. Stop it: Ctrl-C.\n"
    assert (rest, errors, process.returncode) == ("", "", 0)
    assert len(java) == 1
    assert not java[0].is_running()
    assert (tmp_path / "[kept]" / "data" / ".kafka_cleanshutdown").exists()
    assert "App info kafka.server for 1 unregistered" in (tmp_path / "[kept]" / "kafka.log").read_text()


@pytest.mark.kafka
def test_stopped_while_it_starts_it_leaves_no_broker(kafka_runtime: Runtime, tmp_path: Path) -> None:
    with run(tmp_path / "[kept]", kafka_runtime, free_port()) as process:
        while not (java := brokers(process.pid)):
            time.sleep(0.02)

        process.terminate()
        said, errors = process.communicate(timeout=30)

    assert (said, errors, process.returncode) == ("", "", 0)
    assert not java[0].is_running()


@pytest.mark.kafka
def test_a_taken_port_is_one_line(kafka_runtime: Runtime, tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server((HOST, port)), run(tmp_path / "[kept]", kafka_runtime, port) as process:
        said, errors = process.communicate(timeout=30)

    assert said == ""
    assert errors.startswith(f"stopped: port {port} on 127.0.0.1 (PLAINTEXT) is taken")
    assert errors.count("\n") == 1
    assert process.returncode == 1
