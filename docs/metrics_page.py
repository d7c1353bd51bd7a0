"""The page about the metrics, `docs/metrics.md`, made from `agents/metrics.py`."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.metrics import MetricWrapperBase

from agents.metrics import Metrics

_ABOUT = """\
# Metrics

Made from `agents/metrics.py` by `make docs`; a test fails when it is stale.

Every process serves `/metrics` (Prometheus), `/healthz` (200 while it lives) and `/readyz` (200 while it can take in
work). Times are in seconds, sizes in bytes. Labels have few values: accounts, departments and rules are those of your
own files, everything else is an enumeration; no label holds an item, a person or a text. `screen` shows Faust's own
metrics beside these, with names that begin with `faust_`.

| metric | kind | labels | what it tells |
|---|---|---|---|
"""
_TAIL = """
Every raw event ends in exactly one `state` of `anslagsvakt_events_total`: `passed`, `review`, `takedown` or
`dead-letter`. Their sum is what came in. `anslagsvakt_exposure_seconds` counts from the item's creation on the platform
to each `step`: `seen`, `archived`, `ordered`, `hidden`, `removed`.
"""


def page() -> str:
    """The whole page in Markdown."""
    return _ABOUT + "\n".join(_rows()) + "\n" + _TAIL


def _rows() -> Iterator[str]:
    for metric in declared():
        [family] = metric.describe()
        name = f"{family.name}_total" if isinstance(metric, Counter) else family.name
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001 - no public name
        yield f"| `{name}` | {family.type} | {labels} | {family.documentation} |"


def declared() -> list[MetricWrapperBase]:
    """Every metric that `Metrics` declares, in the order of its file."""
    return [each for each in vars(Metrics(CollectorRegistry())).values() if isinstance(each, MetricWrapperBase)]
