"""A real Prometheus scrapes a real run of all processes, and every question of alerts and dashboards gets an answer."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
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
from agents.settings import Process
from deploy.local.kafka import kept_kafka
from deploy.local.ports import HOST, free_port
from deploy.local.process import KeptProcess
from deploy.local.runtime import Runtime
from tests.parts import PROMETHEUS
from tests.watching import ALERTS, DEPLOY, Asked, by_panels, by_rules, selectors

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

_SECONDS = 8.0
_SETTLED_WITHIN_S = 60.0
_RARE_METRICS = {"anslagsvakt_not_analysed_total", "anslagsvakt_retries_total"}
"""What has no series before there is trouble."""


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


def configuration(metrics: Mapping[str, str]) -> str:
    """The committed rules and job names, on this machine's addresses and at the pace of a test."""
    targets = {process.value: re.sub(r"^http://|/metrics$", "", metrics[process]) for process in Process}
    jobs = [{"job_name": name, "static_configs": [{"targets": [target]}]} for name, target in targets.items()]
    pace = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    rules = [str(DEPLOY / "prometheus/alerts.yml")]
    return yaml.safe_dump({"global": pace, "rule_files": rules, "scrape_configs": jobs})


@contextmanager
def running_prometheus(folder: Path, metrics: Mapping[str, str]) -> Iterator[Prometheus]:
    folder.mkdir()
    (folder / "prometheus.yml").write_text(configuration(metrics), encoding="utf-8")
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
            wait_until(prometheus.ready)
            yield prometheus
    finally:
        process.stop(5)


def wait_until(true: Callable[[], bool], within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def prometheus(kafka_runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Has watched a short demo from before its first event until everything was dealt with; all of it still runs."""
    PROMETHEUS.found()
    root = tmp_path_factory.mktemp("watching")
    with (
        demo_folder(root / "demo") as folder,
        kept_kafka(folder.kafka, kafka_runtime) as kafka,
        Children(folder.logs, inherited(os.environ)) as children,
    ):
        with closing(KafkaAdminClient(bootstrap_servers=[kafka.bootstrap])) as admin:
            topics.apply(admin)
        started = _start(children, kafka.bootstrap, folder)
        with running_prometheus(root / "prometheus", started.metrics) as running:
            wait_until(lambda: len(running.ask("up == 1")) == len(Process))
            with (
                DemoPlatform(started.platform, started.token) as platform,
                Watch(kafka.bootstrap, started.metrics) as watch,
            ):
                samples = sample_stream(SEED, datetime.now(UTC), _SECONDS)
                platform.plan_faults(samples)
                with Player(kafka.bootstrap, platform, samples) as player:
                    deadline = time.monotonic() + _SECONDS + _SETTLED_WITHIN_S
                    while player.playing or not watch.settled(player.sent):
                        children.check()
                        watch.look()
                        assert time.monotonic() < deadline
            time.sleep(3)  # so that the last figures have been scraped, and the rules evaluated after that
            yield running


@pytest.mark.xdist_group("watching")
def test_every_panel_gets_an_answer(prometheus: Prometheus) -> None:
    unanswered = [asked for asked in by_panels() if not prometheus.ask(asked.plain) and not asked.rare]
    assert unanswered == []


@pytest.mark.xdist_group("watching")
def test_every_rule_is_accepted_and_finds_the_series_that_it_is_about(prometheus: Prometheus) -> None:
    missing = {
        (asked.where, promql)
        for asked in by_rules()
        for promql in _series(asked)
        if not prometheus.ask(promql) and not any(rare in promql for rare in _RARE_METRICS)
    }
    assert missing == set()
    for asked in by_rules():
        prometheus.ask(asked.promql)


@pytest.mark.xdist_group("watching")
def test_a_healthy_run_wakes_nobody(prometheus: Prometheus) -> None:
    """The demo plants overdue, refused and held orders: only alerts about those may fire."""
    planted = {"DeadLetter", "OrderOverdue", "RightsLost", "BrakeHolds", "RemovalFailed"}
    names = {rule["alert"] for rule in ALERTS}
    firing = {name for name in names if prometheus.ask(f'ALERTS{{alertname="{name}", alertstate="firing"}}')}
    assert firing - planted == set()


def _series(asked: Asked) -> Iterator[str]:
    """What an expression reads, now: without the range or the offset that a young Prometheus cannot have."""
    for selector in selectors(asked.plain):
        yield re.sub(r" offset \S+", "", selector.prettify()).strip()
