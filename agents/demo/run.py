"""`anslagsvakt demo`: the whole pipeline on this machine, from an empty folder to a summary that adds up."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rich.console import Console

from agents import topics
from agents.admin import connected
from agents.demo.children import Children, inherited
from agents.demo.folder import Folder, demo_folder
from agents.demo.kept import read_back
from agents.demo.platform import DemoPlatform
from agents.demo.play import Player
from agents.demo.reckon import Evidence, reckon
from agents.demo.stream import SECONDS, sample_stream
from agents.demo.summary import say
from agents.demo.view import Progress, view
from agents.demo.watch import Watch
from agents.demo.written import with_pictures_at
from agents.embedded import shown
from agents.settings import Process
from deploy.local.errors import BrokerUnavailable
from deploy.local.kafka import kept_kafka
from deploy.local.ports import HOST, free_port
from deploy.local.runtime import SHORT_LIVED, embedded_runtime
from pipeline.errors import Stop

INTERRUPTED = 130
SEED = 20261123
_READY_S = 60.0
_SETTLE_S = 45.0
_HEAP = "512m"


def run_demo(
    root: Path, cache: Path, console: Console, environment: Mapping[str, str], *, seconds: float = SECONDS
) -> int:
    """Run the demo in `root`; to be called on the main thread. Returns the exit code.

    0: everything adds up; 1: something does not, and it is said what; 130: interrupted, and all is cleaned up.
    `cache` is where the broker's jars are kept, `environment` what the processes inherit but for our own settings.

    Raises:
        Stop: the broker or a process cannot be started or has ended; one line that names the remedy.
    """
    began = time.monotonic()
    try:
        with _interruptible(), demo_folder(root) as folder:
            evidence = _run(folder, cache, console, environment, seconds)
            reckoning = reckon(evidence)
            say(console, evidence, reckoning, folder, time.monotonic() - began)
            return 1 if reckoning.faults else 0
    except KeyboardInterrupt:
        console.print("Interrupted: everything that the demo had started is stopped.", highlight=False)
        return INTERRUPTED
    except BrokerUnavailable as error:
        raise Stop(str(error)) from error


@contextmanager
def _interruptible() -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) ends the demo; the next ones disturb neither its cleaning up nor its exit."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def once(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, once) for number in numbers}
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is once:
            for number, handler in before.items():
                signal.signal(number, handler)


def _run(folder: Folder, cache: Path, console: Console, environment: Mapping[str, str], seconds: float) -> Evidence:
    _tell(console, f"Anslagsvakt demo in {folder.root}")
    with shown(console) as on_fetched:
        runtime = embedded_runtime(cache, heap=_HEAP, options=SHORT_LIVED, on_fetched=on_fetched)
    _tell(console, "Starting Apache Kafka")
    with kept_kafka(folder.kafka, runtime) as kafka, Children(folder.logs, inherited(environment)) as children:
        with connected({"bootstrap_servers": [kafka.bootstrap]}) as admin:
            topics.apply(admin)
        _tell(console, "Starting screen, archive and takedown, and a simulator of the platforms")
        started = _start(children, kafka.bootstrap, folder)
        _tell(console, f"Playing {seconds:.0f} seconds of a busy day")
        evidence = _play(children, kafka.bootstrap, started, console, seconds)
        for process, page in evidence.scraped.pages.items():
            (folder.logs / f"{process}.prom").write_text(page, encoding="utf-8")
        _tell(console, "Stopping")
        evidence = replace(evidence, exit_codes=children.stop())
    return replace(evidence, kept=read_back(folder.data / "store"))


@dataclass(frozen=True, slots=True)
class _Started:
    """Where the processes are: the simulator with its token, and everyone's metrics."""

    platform: str
    token: str
    metrics: dict[str, str]


def _start(children: Children, bootstrap: str, folder: Folder) -> _Started:
    token, port = secrets.token_hex(16), free_port()
    platform = f"http://{HOST}:{port}"
    simulator = ("-m", "agents.platforms.simulator", "--port", str(port), "--token", token)
    children.start("simulator", simulator, f"{platform}/_control/ready")
    metrics: dict[str, str] = {}
    for process in Process:
        port = free_port()
        children.start(
            process,
            ("-m", "agents.cli", process),
            f"http://{HOST}:{port}/readyz",
            ANSLAGSVAKT_BOOTSTRAP_SERVERS=bootstrap,
            ANSLAGSVAKT_DATA_DIR=str(folder.data),
            ANSLAGSVAKT_LOG_FORMAT="json",
            ANSLAGSVAKT_MEDIA_ALLOW=HOST,
            ANSLAGSVAKT_METRICS_HOST=HOST,
            ANSLAGSVAKT_METRICS_PORT=str(port),
            ANSLAGSVAKT_PLATFORM_URL=platform,
            ANSLAGSVAKT_PLATFORM_TOKEN=token,
        )
        metrics[process] = f"http://{HOST}:{port}/metrics"
    children.await_ready(_READY_S)
    return _Started(platform, token, metrics)


def _play(children: Children, bootstrap: str, started: _Started, console: Console, seconds: float) -> Evidence:
    with (
        DemoPlatform(started.platform, started.token) as platform,
        Watch(bootstrap, started.metrics) as watch,
        view(console) as shows,
    ):
        pictures = f"{started.platform}/media"
        samples = [with_pictures_at(each, pictures) for each in sample_stream(SEED, datetime.now(UTC), seconds)]
        platform.plan_faults(samples)
        with Player(bootstrap, platform, samples) as player:
            deadline = time.monotonic() + seconds + _SETTLE_S
            while player.playing or not watch.settled(player.sent):
                children.check()
                watch.look()
                shows.show(Progress(player.sent, len(samples), watch.ledger, watch.scraped))
                if time.monotonic() > deadline:
                    break
            return Evidence(player.confirmed(), watch.ledger, watch.scraped, {}, platform.states(), {})


def _tell(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)
