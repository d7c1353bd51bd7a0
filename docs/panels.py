"""Draws the dashboards as they look after a run of the demo: `python -m docs.panels` writes docs/dashboards/*.png.

Not Grafana: the same files, queries, units and thresholds, asked of a real Prometheus and drawn plainly.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from subprocess import PIPE
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.gridspec import GridSpec

from agents.demo.children import inherited
from deploy.local.jars import cache_folder
from deploy.local.runtime import SHORT_LIVED, Runtime, embedded_runtime
from tests.watched_run import Prometheus, Series, watched_run
from tests.watching import DASHBOARDS, DEPLOY, Asked

_FOLDER = Path(__file__).parent / "dashboards"
_STREAM_S, _SHOWN_S = 60.0, 90.0
_UNITS = {"s": " s", "percentunit": " %", "bytes": " B", "Bps": " B/s", "cps": "/s", "cpm": "/min", "short": ""}
_COLOURS = {"green": "#4a9e5c", "orange": "#d98324", "red": "#c4373c"}
_MOST_LINES = 12
_STALE_S = 2.0
_CALLED_OFF, _SCRAPED_S = 2, 4.0


def main() -> None:
    """Run, ask and draw."""
    mpl.use("Agg")
    plt.rcParams.update({"font.size": 7, "axes.titlesize": 8, "axes.spines.top": False, "axes.spines.right": False})
    runtime = embedded_runtime(cache_folder(os.environ, Path.home()), heap="512m", options=SHORT_LIVED)
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / "policy.toml"
        policy.write_text(_hiding((DEPLOY / "config/policy.toml").read_text("utf-8")), "utf-8")
        _draw_all(Path(folder), runtime, {"ANSLAGSVAKT_POLICY_FILE": str(policy)})


def _hiding(policy: str) -> str:
    """The policy as shipped, but that one rule only hides, so that people can take back what it did, and tells why."""
    return re.sub(r'(id = "payment"\n.*\n)mode = "delete"', r'\1mode = "hide"\nnotice = "people"', policy)


def _draw_all(folder: Path, runtime: Runtime, settings: dict[str, str]) -> None:
    with watched_run(folder, runtime, _STREAM_S, settings) as prometheus:
        _people(settings | {"ANSLAGSVAKT_DATA_DIR": str(folder / "demo/data")})
        for name, dashboard in DASHBOARDS.items():
            if name != "runbook":
                _draw(dashboard, prometheus, _FOLDER / f"{name}.png")
                sys.stdout.write(f"{name}\n")


def _people(settings: dict[str, str]) -> None:
    """Do what people do: call off some orders, one after the other, and have the store verified."""

    def anslagsvakt(*command: str) -> str:
        whole = [sys.executable, "-m", "agents.cli", *command]
        return subprocess.run(whole, env=inherited(os.environ) | settings, text=True, stdout=PIPE, check=True).stdout

    anslagsvakt("records", "verify")
    orders = [json.loads(line) for line in anslagsvakt("takedown", "orders").splitlines()]
    for order in [each["order_id"] for each in orders if each["ended"] == "hidden"][:_CALLED_OFF]:
        anslagsvakt("takedown", "restore", order)
        time.sleep(_SCRAPED_S)


def _draw(dashboard: dict[str, Any], prometheus: Prometheus, path: Path) -> None:
    panels = dashboard["panels"]
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = plt.figure(figsize=(14, rows * 0.36))
    figure.suptitle(dashboard["title"], x=0.02, y=1 - 0.3 / rows, ha="left", fontsize=12, weight="bold")
    grid = GridSpec(
        rows, 24, figure=figure, left=0.035, right=0.985, top=1 - 1.6 / rows, bottom=0.02, wspace=4, hspace=6
    )
    for panel in panels:
        at = panel["gridPos"]
        axes = figure.add_subplot(grid[at["y"] + 1 : at["y"] + at["h"], at["x"] : at["x"] + at["w"]])
        axes.set_title(fill(panel["title"], at["w"] * 7), loc="left")
        {"stat": _figure, "table": _table, "timeseries": _lines}[panel["type"]](axes, panel, prometheus)
    figure.savefig(path, dpi=80)
    plt.close(figure)


def _asked(panel: dict[str, Any], prometheus: Prometheus) -> list[tuple[str, Series]]:
    """Every series of a panel with its name as Grafana would write it."""
    found = []
    for target in panel["targets"]:
        for series in prometheus.history(Asked("", target["expr"]).plain, _SHOWN_S, 1.0):
            labels = series.labels
            found.append((re.sub(r"\{\{(\w+)\}\}", lambda m: labels.get(m[1], ""), target["legendFormat"]), series))  # noqa: B023
    return found


def _figure(axes: Axes, panel: dict[str, Any], prometheus: Prometheus) -> None:
    axes.axis("off")
    found = _asked(panel, prometheus)
    value = found[0][1].values[-1][1] if found else None
    told = "no data" if value is None else _told(value, panel)
    axes.text(0, 0.4, told, fontsize=17, color=_colour(value, panel), transform=axes.transAxes)


def _table(axes: Axes, panel: dict[str, Any], prometheus: Prometheus) -> None:
    axes.axis("off")
    now = [
        (series.values[-1][1], name) for name, series in _asked(panel, prometheus) if series.values[-1][0] > -_STALE_S
    ]
    for line, (value, name) in enumerate(sorted(now, reverse=True)[:_MOST_LINES]):
        axes.text(0.0, 0.92 - line * 0.085, name, transform=axes.transAxes)
        axes.text(0.98, 0.92 - line * 0.085, _told(value, panel), ha="right", transform=axes.transAxes)
    if not now:
        axes.text(0, 0.5, "none", color=_COLOURS["green"], transform=axes.transAxes)


def _lines(axes: Axes, panel: dict[str, Any], prometheus: Prometheus) -> None:
    for name, series in _asked(panel, prometheus):
        axes.plot([at for at, _ in series.values], [value for _, value in series.values], label=name, linewidth=1)
    axes.set_xlim(-_SHOWN_S, 0)
    names = axes.get_legend_handles_labels()[1]
    top = max(axes.get_ylim()[1], 0.0) * (1.05 + 0.03 * len(names))  # the names stand above the lines
    axes.set_ylim(-0.02 * top, top)  # so that a line of noughts does not hide behind the axis
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if step["value"] is not None and step["value"] <= top:
            axes.axhline(step["value"], color=_COLOURS[step["color"]], linestyle="--", linewidth=0.8)
    axes.yaxis.set_major_formatter(lambda value, _: _told(value, panel))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f} s")
    if names:
        axes.legend(loc="upper left", fontsize=6, frameon=False, ncols=2)
    else:
        axes.text(0.02, 0.5, "none", color=_COLOURS["green"], transform=axes.transAxes)


def _told(value: float, panel: dict[str, Any]) -> str:
    defaults = panel["fieldConfig"]["defaults"]
    unit = defaults["unit"]
    if defaults.get("decimals") == 0:
        return f"{value:.0f}"
    if unit == "percentunit":
        value *= 100
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {letter}{_UNITS[unit].strip()}"
    return f"{value:.3g}{_UNITS[unit]}"


def _colour(value: float | None, panel: dict[str, Any]) -> str:
    colour = "grey"
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if value is not None and (step["value"] is None or value >= step["value"]):
            colour = _COLOURS[step["color"]]
    return colour


if __name__ == "__main__":
    main()
