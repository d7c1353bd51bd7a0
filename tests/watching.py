"""All that is asked of Prometheus: by alerts, by recording rules and by every panel of the dashboards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser as promql
import yaml

from deploy.grafana.pages import PAGES

DEPLOY = Path(__file__).parents[1] / "deploy"
_RULES = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS: list[dict[str, Any]] = [rule for rule in _RULES if "alert" in rule]
RECORDED: list[dict[str, Any]] = [rule for rule in _RULES if "record" in rule]
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression and where it stands; `rare` may find nothing while all is well."""

    where: str
    promql: str
    rare: bool = False

    @property
    def plain(self) -> str:
        """As Prometheus gets it when Grafana has put in the account (all) and the interval."""
        return self.promql.replace("$__rate_interval", "1m").replace("$account", ".*")


def by_panels() -> Iterator[Asked]:
    """What every panel asks, from the code; that the files say the same is another test's concern."""
    for page in PAGES:
        for panel in page.panels:
            for query in panel.queries:
                yield Asked(f"{page.title}: {panel.question}", query.promql, query.rare)


def by_rules() -> Iterator[Asked]:
    """What every alert and recording rule asks."""
    for rule in _RULES:
        yield Asked(rule.get("alert") or rule["record"], rule["expr"])


def nodes(text: str) -> list[promql.Expr]:
    """Every part of an expression."""
    found: list[promql.Expr] = []
    promql.walk(promql.parse(text), found.append)
    return found


def selectors(text: str) -> list[promql.VectorSelector]:
    """Every selector, those within ranges such as x[5m] among them, into which the walk does not step."""
    found = [node.vector_selector if isinstance(node, promql.MatrixSelector) else node for node in nodes(text)]
    return [each for each in found if isinstance(each, promql.VectorSelector)]
