"""A real Prometheus beside a real run of all processes: tests ask it, and the pictures in docs are drawn from it."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import httpx
import yaml
from kafka.admin import KafkaAdminClient

from agents import topics
from agents.demo.children import Children, inherited
from agents.demo.folder import demo_folder
from agents.demo.platform import DemoPlatform
from agents.demo.play import Player
from agents.demo.run import SEED, _start
from agents.demo.stream import sample_stream
from agents.demo.watch import Watch
from agents.demo.written import with_pictures_at
from agents.settings import Process
from deploy.local.kafka import kept_kafka
from deploy.local.ports import HOST, free_port
from deploy.local.process import KeptProcess
from deploy.local.runtime import Runtime
from tests.parts import PROMETHEUS
from tests.watching import DEPLOY

_SETTLED_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its labels, and its values by seconds before now."""

    labels: Mapping[str, str]
    values: list[tuple[float, float]]


class Prometheus:
    """A running Prometheus, asked over its API."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def ready(self) -> bool:
        try:
            return self._client.get("/-/ready").is_success
        except httpx.TransportError:
            return False

    def ask(self, promql: str) -> list[float]:
        """The values that an expression has now; what is not a number is no answer."""
        answer = self._client.get("/api/v1/query", params={"query": promql})
        assert answer.is_success, answer.text
        result = answer.json()["data"]["result"]
        values = [float(series["value"][1]) for series in result]
        return [value for value in values if not math.isnan(value)]

    def history(self, promql: str, seconds: float, step: float) -> list[Series]:
        """The values that an expression had, every `step` seconds until now."""
        now = time.time()
        about: dict[str, str | float] = {"query": promql, "start": now - seconds, "end": now, "step": step}
        answer = self._client.get("/api/v1/query_range", params=about)
        assert answer.is_success, answer.text
        return [
            Series(each["metric"], [(at - now, float(value)) for at, value in each["values"]])
            for each in answer.json()["data"]["result"]
        ]


def _configuration(metrics: Mapping[str, str]) -> str:
    """The committed rules and job names, on this machine's addresses and at the pace of a test."""
    targets = {process.value: re.sub(r"^http://|/metrics$", "", metrics[process]) for process in Process}
    jobs = [{"job_name": name, "static_configs": [{"targets": [target]}]} for name, target in targets.items()]
    pace = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    rules = [str(DEPLOY / "prometheus/alerts.yml")]
    return yaml.safe_dump({"global": pace, "rule_files": rules, "scrape_configs": jobs})


@contextmanager
def _prometheus(folder: Path, metrics: Mapping[str, str]) -> Iterator[Prometheus]:
    folder.mkdir()
    (folder / "prometheus.yml").write_text(_configuration(metrics), encoding="utf-8")
    address = f"{HOST}:{free_port()}"
    command = [
        PROMETHEUS.found(),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    process = KeptProcess(command, folder / "prometheus.log", {})
    try:
        with closing(Prometheus(f"http://{address}")) as prometheus:
            _wait_until(prometheus.ready)
            yield prometheus
    finally:
        process.stop(5)


def _wait_until(true: Callable[[], bool], within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def watched_run(
    root: Path, runtime: Runtime, seconds: float, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Prometheus]:
    """A Prometheus that watched the demo's stream from its first event until all was dealt with; all still runs.

    The processes keep their data in `demo/data` below `root`.
    """
    with (
        demo_folder(root / "demo") as folder,
        kept_kafka(folder.kafka, runtime) as kafka,
        Children(folder.logs, inherited(os.environ) | {**settings}) as children,
    ):
        with closing(KafkaAdminClient(bootstrap_servers=[kafka.bootstrap])) as admin:
            topics.apply(admin)
        started = _start(children, kafka.bootstrap, folder)
        with _prometheus(root / "prometheus", started.metrics) as running:
            _wait_until(lambda: len(running.ask("up == 1")) == len(Process))
            with (
                DemoPlatform(started.platform, started.token) as platform,
                Watch(kafka.bootstrap, started.metrics) as watch,
            ):
                pictures = f"{started.platform}/media"
                samples = [with_pictures_at(each, pictures) for each in sample_stream(SEED, datetime.now(UTC), seconds)]
                platform.plan_faults(samples)
                with Player(kafka.bootstrap, platform, samples) as player:
                    deadline = time.monotonic() + seconds + _SETTLED_WITHIN_S
                    while player.playing or not watch.settled(player.sent):
                        children.check()
                        watch.look()
                        assert time.monotonic() < deadline
            time.sleep(3)  # so that the last figures have been scraped, and the rules evaluated after that
            yield running
