"""A real Prometheus with our configuration reads what our processes show, and answers every query we ask of it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import httpx
import pytest
import yaml
from faust.sensors.prometheus import FaustMetrics
from prometheus_client import CollectorRegistry

from agents.health import Health, serve
from agents.metrics import Metrics, Stage, Step
from agents.settings import Process
from deploy.local.ports import free_port
from deploy.local.process import KeptProcess
from pipeline.message import Result
from pipeline.route import State
from tests.parts import PROMETHEUS
from tests.watch import ALERTS, DEPLOY, PANELS, expression

PATIENCE_S = 60.0
T = TypeVar("T")


def _work(metrics: Metrics) -> None:
    """One of everything that is measured."""
    created = datetime.now(UTC) - timedelta(seconds=3)
    metrics.runs("1", "policy")
    for state in State:
        metrics.ended("facebook/eslovskommun", state)
    for stage in Stage:
        metrics.took(stage, 0.01)
        metrics.retried(stage)
    for step in Step:
        metrics.exposed(step, created, datetime.now(UTC))
    for result in Result:
        metrics.order_ended(result)
    metrics.found("SE_PERSONNUMMER")
    metrics.rule_hit("identity-number", "hide", "kultur")
    metrics.not_analysed("TimeoutError")
    metrics.dead_letter("decode", "Undecodable")
    metrics.open_orders(2)
    metrics.platform_called("hide", "done")
    metrics.receipt_came(0.5)
    metrics.batch(20)
    metrics.lag({("social.raw.v1", 0): 5})
    metrics.stored(new=3, repeated=1, size=2000)


@pytest.fixture
def targets() -> Iterator[dict[str, int]]:
    """Every process as Prometheus sees it: a page of metrics that moves, by job."""
    stop = threading.Event()
    shown: list[Metrics] = []
    ports: dict[str, int] = {}
    with ExitStack() as stack:
        for process in Process:
            metrics = Metrics(CollectorRegistry())
            FaustMetrics.create(metrics.registry, "faust")
            ports[process] = stack.enter_context(serve(metrics.registry, Health(), "127.0.0.1", 0))
            shown.append(metrics)

        def move() -> None:
            while not stop.wait(0.1):
                for metrics in shown:
                    _work(metrics)

        thread = threading.Thread(target=move)
        thread.start()
        yield ports
        stop.set()
        thread.join()


@pytest.fixture
def prometheus(targets: dict[str, int], tmp_path: Path) -> Iterator[httpx.Client]:
    """Prometheus with our own configuration, but targets on this machine and a scrape every half second."""
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    config["global"] |= {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
    config["rule_files"] = [str(DEPLOY / "prometheus" / name) for name in config["rule_files"]]
    for job in config["scrape_configs"]:
        del job["dns_sd_configs"]
        job["static_configs"] = [{"targets": [f"127.0.0.1:{targets[job['job_name']]}"]}]
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    arguments = [
        PROMETHEUS.found(),
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    process = KeptProcess(arguments, tmp_path / "prometheus.log", {})
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            _until(lambda: client.get("/-/ready").is_success)
            yield client
    finally:
        process.stop(10)


def _until(asked: Callable[[], T]) -> T:
    """What `asked` gives as soon as that is anything; connection refused is nothing yet."""
    deadline = monotonic() + PATIENCE_S
    while monotonic() < deadline:
        try:
            if answer := asked():
                return answer
        except httpx.TransportError:
            pass
        sleep(0.2)
    raise AssertionError(f"nothing within {PATIENCE_S:g} s")


def test_prometheus_finds_every_process_and_answers_every_query(prometheus: httpx.Client) -> None:
    """Each panel of the dashboard shows something, and each alert rule is evaluated without a fault."""

    def query(text: str) -> list[dict[str, Any]]:
        answer = prometheus.get("/api/v1/query", params={"query": text}).json()
        assert answer["status"] == "success", (text, answer)
        found: list[dict[str, Any]] = answer["data"]["result"]
        return [sample for sample in found if not math.isnan(float(sample["value"][1]))]

    def all_up() -> set[str]:
        jobs = {sample["metric"]["job"] for sample in query("up == 1")}
        return jobs if jobs >= {*Process} else set()

    assert _until(all_up) == {*Process}
    for panel in PANELS:
        for target in panel["targets"]:
            assert _until(partial(query, expression(target["expr"]))), panel["title"]

    def rules() -> list[dict[str, Any]]:
        groups = prometheus.get("/api/v1/rules").json()["data"]["groups"]
        found = [rule for group in groups for rule in group["rules"]]
        return [] if any(rule["health"] == "unknown" for rule in found) else found

    evaluated = _until(rules)
    assert sorted(rule["name"] for rule in evaluated) == sorted(alert["alert"] for alert in ALERTS)
    assert {rule["health"] for rule in evaluated} == {"ok"}
