"""What operations look at: the alerts of Prometheus and the panels of the dashboard, as the files say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[1] / "deploy"
ALERTS = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana/dashboards/watch.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expression(text: str) -> str:
    """A panel's query as Prometheus gets it: Grafana puts its variables in first."""
    return text.replace("$__rate_interval", "1m").replace("$account", ".*")
