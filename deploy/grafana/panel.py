"""What is a panel: a question, what answers it, in which unit, and which section of the runbook says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ACCOUNT = 'account=~"$account"'
"""Narrows a query to the accounts chosen at the top of the page."""


class Shape(StrEnum):
    """How an answer is shown: one figure, lines over time, or a table of what is true now."""

    FIGURE = "figure"
    LINES = "lines"
    TABLE = "table"


class Unit(StrEnum):
    """Units, in Grafana's names."""

    COUNT = "short"
    SECONDS = "s"
    BYTES = "bytes"
    BYTES_A_SECOND = "Bps"
    SHARE = "percentunit"
    EACH_SECOND = "cps"
    EACH_MINUTE = "cpm"


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL, and how each of its series is called; `rare` may find nothing while all is well."""

    promql: str
    legend: str = ""
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One answer. From `worry` on it is orange and from `alarm` on red; `less_is_worse` turns that around."""

    question: str
    runbook: str
    unit: Unit
    queries: tuple[Query, ...]
    shape: Shape = Shape.LINES
    note: str = ""
    width: int = 12
    height: int = 8
    worry: float | None = None
    alarm: float | None = None
    less_is_worse: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One dashboard; `by_account` puts a choice of accounts on top of it."""

    uid: str
    title: str
    about: str
    panels: tuple[Panel, ...]
    by_account: bool = False


def figure(
    question: str,
    runbook: str,
    unit: Unit,
    promql: str,
    *,
    note: str = "",
    worry: float | None = None,
    alarm: float | None = None,
    less_is_worse: bool = False,
    rare: bool = False,
) -> Panel:
    """One figure, a sixth of the page wide."""
    return Panel(
        question,
        runbook,
        unit,
        (Query(promql, rare=rare),),
        Shape.FIGURE,
        note,
        width=4,
        height=5,
        worry=worry,
        alarm=alarm,
        less_is_worse=less_is_worse,
    )


def most_take(metric: str, by: str = "", share: float = 0.95) -> str:
    """PromQL: within how many seconds (or of what size) so many in a hundred are, by a label or in all."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))"
