"""Alerts, dashboard and Prometheus name only metrics and targets that the code has, and every alert can fire."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import promql_parser as promql
import pytest
import yaml
from faust.sensors.prometheus import FaustMetrics
from prometheus_client import CollectorRegistry

from agents.metrics import Metrics, Stage, Step
from agents.settings import Process
from pipeline.message import Result
from pipeline.route import State
from tests.parts import PROMTOOL
from tests.watch import ALERTS, DASHBOARD, DEPLOY, PANELS, expression

TARGET_LABELS = {"job", "instance"}
"""What Prometheus itself adds to every series."""

VALUES: dict[tuple[str, str], set[str]] = {
    ("anslagsvakt_orders_total", "result"): {*Result},
    ("anslagsvakt_events_total", "state"): {*State},
    ("anslagsvakt_exposure_seconds_bucket", "step"): {*Step},
    ("anslagsvakt_processing_seconds_bucket", "stage"): {*Stage},
    ("up", "job"): {*Process},
}
"""Labels whose values are an enumeration: a query that names another value finds nothing, for ever."""


def _series() -> dict[str, set[str]]:
    """Every series that our processes show, with its labels."""
    registry = CollectorRegistry()
    ours, faust = Metrics(registry), FaustMetrics.create(registry, "faust")
    found = {"up": set[str](), "ALERTS": {"alertname", "alertstate", "severity"}}
    for metric in [*vars(ours).values(), *faust]:
        if not hasattr(metric, "_labelnames"):
            continue
        labels = set(metric._labelnames)
        for suffix in {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(metric._type, [""]):
            found[metric._name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


SERIES = _series()


def _expressions() -> Iterator[tuple[str, str]]:
    for rule in ALERTS:
        yield f"alert {rule['alert']}", rule["expr"]
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], expression(target["expr"])
    for annotation in DASHBOARD["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]


EXPRESSIONS = list(_expressions())


def _nodes(text: str) -> list[promql.Expr]:
    nodes: list[promql.Expr] = []
    promql.walk(promql.parse(text), nodes.append)
    return nodes


def _selectors(text: str) -> list[promql.VectorSelector]:
    # A range such as x[5m] holds its selector, and the walk does not step into it.
    selectors = [n.vector_selector if isinstance(n, promql.MatrixSelector) else n for n in _nodes(text)]
    return [selector for selector in selectors if isinstance(selector, promql.VectorSelector)]


@pytest.mark.parametrize(("where", "text"), EXPRESSIONS, ids=[f"{w}: {t[:30]}" for w, t in EXPRESSIONS])
def test_a_query_names_only_what_there_is(where: str, text: str) -> None:
    selectors = _selectors(text)
    assert selectors, where
    for selector in selectors:
        assert selector.name is not None
        assert selector.name in SERIES
        for matcher in selector.matchers.matchers:
            assert matcher.name in SERIES[selector.name] | TARGET_LABELS
            known = VALUES.get((selector.name, matcher.name))
            if known:
                assert set(matcher.value.split("|")) <= known
    shown = {label for selector in selectors for label in SERIES[selector.name or ""]} | TARGET_LABELS
    for node in _nodes(text):
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            assert set(node.modifier.labels) <= shown


def test_every_metric_of_ours_is_watched() -> None:
    """What is measured and never looked at helps nobody."""
    watched = {selector.name for _, text in EXPRESSIONS for selector in _selectors(text)}
    families = {name for name in SERIES if name.startswith("anslagsvakt_") and not name.endswith(("_sum", "_count"))}
    assert families - watched == set()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: f"{rule['alert']} {rule['labels'].get('process', '')}")
def test_an_alert_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "action"}


def test_prometheus_reads_every_process_where_it_shows_its_metrics() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    targets = {job["job_name"]: job["dns_sd_configs"] for job in config["scrape_configs"]}
    assert {job: [(found["names"], found["port"]) for found in configs] for job, configs in targets.items()} == {
        process: [([process], process.default_port)] for process in Process
    }
    assert config["rule_files"] == ["alerts.yml"]


def test_panels_have_numbers_places_and_a_source_of_their_own() -> None:
    provisioned = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())
    assert {panel["datasource"]["uid"] for panel in PANELS} == {source["uid"] for source in provisioned["datasources"]}
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(numbers) == len(set(numbers))
    for one, other in combinations((panel["gridPos"] for panel in DASHBOARD["panels"]), 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in DASHBOARD["panels"])


def test_every_alert_is_tried() -> None:
    """Each is named in `alerts.test.yml` where all is well, and where it must fire."""
    tests = yaml.safe_load((DEPLOY / "prometheus/alerts.test.yml").read_text())["tests"]
    silent = {case["alertname"] for test in tests for case in test.get("alert_rule_test", [])}
    loud = "".join(str(test.get("promql_expr_test", "")) for test in tests)
    names = {rule["alert"] for rule in ALERTS}
    assert silent == names
    assert {name for name in names if name in loud} == names


@pytest.mark.parametrize(
    "arguments",
    [("check", "config", "prometheus.yml"), ("test", "rules", "alerts.test.yml")],
    ids=["configuration", "alerts"],
)
def test_prometheus_itself_agrees(arguments: tuple[str, ...]) -> None:
    """Prometheus reads the configuration, and every alert fires when it should and only then."""
    promtool = PROMTOOL.found()
    done = subprocess.run(
        [promtool, *arguments], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
