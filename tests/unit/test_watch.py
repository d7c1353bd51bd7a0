"""Alerts, dashboards and Prometheus name only metrics and targets that the code has, and every alert can fire."""

from __future__ import annotations

import subprocess
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
from tests.watching import ALERTS, DASHBOARDS, DEPLOY, RECORDED, Asked, by_panels, by_rules, nodes, selectors

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
    found: dict[str, set[str]] = {rule["record"]: set() for rule in RECORDED}
    found |= {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}
    for metric in [*vars(ours).values(), *faust]:
        if not hasattr(metric, "_labelnames"):
            continue
        labels = set(metric._labelnames)
        for suffix in {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(metric._type, [""]):
            found[metric._name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


SERIES = _series()


ASKED = [*by_rules(), *by_panels(), Asked("annotation", 'ALERTS{alertstate="firing"}')]


@pytest.mark.parametrize("asked", ASKED, ids=[f"{each.where}: {each.promql[:30]}" for each in ASKED])
def test_a_query_names_only_what_there_is(asked: Asked) -> None:
    named = selectors(asked.plain)
    assert named
    for selector in named:
        assert selector.name is not None
        assert selector.name in SERIES
        for matcher in selector.matchers.matchers:
            assert matcher.name in SERIES[selector.name] | TARGET_LABELS
            known = VALUES.get((selector.name, matcher.name))
            if known:
                assert set(matcher.value.split("|")) <= known
    shown = {label for selector in named for label in SERIES[selector.name or ""]} | TARGET_LABELS
    for node in nodes(asked.plain):
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            assert set(node.modifier.labels) <= shown


def test_every_metric_of_ours_is_watched() -> None:
    """What is measured and never looked at helps nobody."""
    watched = {selector.name for asked in ASKED for selector in selectors(asked.plain)}
    families = {name for name in SERIES if name.startswith("anslagsvakt_") and not name.endswith(("_sum", "_count"))}
    assert families - watched == set()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: f"{rule['alert']} {rule['labels'].get('process', '')}")
def test_an_alert_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "action", "runbook"}


def test_prometheus_reads_every_process_where_it_shows_its_metrics() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    targets = {job["job_name"]: job["dns_sd_configs"] for job in config["scrape_configs"]}
    assert {job: [(found["names"], found["port"]) for found in configs] for job, configs in targets.items()} == {
        process: [([process], process.default_port)] for process in Process
    }
    assert config["rule_files"] == ["alerts.yml"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_have_numbers_places_and_a_source_of_their_own(name: str) -> None:
    provisioned = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())
    panels = DASHBOARDS[name]["panels"]
    known = {source["uid"] for source in provisioned["datasources"]}
    assert {panel["datasource"]["uid"] for panel in panels if panel["type"] != "text"} <= known
    numbers = [panel["id"] for panel in panels]
    assert len(numbers) == len(set(numbers))
    for one, other in combinations((panel["gridPos"] for panel in panels), 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


def test_every_alert_is_tried() -> None:
    """Each is named in the files of promtool where all is well, and where it must fire."""
    files = (DEPLOY / "prometheus").glob("*.test.yml")
    tests = [test for file in files for test in yaml.safe_load(file.read_text())["tests"]]
    silent = {case["alertname"] for test in tests for case in test.get("alert_rule_test", [])}
    loud = "".join(str(test.get("promql_expr_test", "")) for test in tests)
    names = {rule["alert"] for rule in ALERTS}
    assert silent == names
    assert {name for name in names if name in loud} == names


@pytest.mark.parametrize(
    "arguments",
    [("check", "config", "prometheus.yml"), ("test", "rules", "alerts.test.yml", "silence.test.yml")],
    ids=["configuration", "alerts"],
)
def test_prometheus_itself_agrees(arguments: tuple[str, ...]) -> None:
    """Prometheus reads the configuration, and every alert fires when it should and only then."""
    promtool = PROMTOOL.found()
    done = subprocess.run(
        [promtool, *arguments], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
