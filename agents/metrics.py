"""Every metric, declared once on an injected registry; one verb for each thing that is measured.

Base units (seconds, bytes), `_total` for counters, and labels with few values only: accounts and rules come from the
configuration, everything else from an enumeration. Outcomes are counted after they have happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_EXPOSURE = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 86400.0)


class Step(StrEnum):
    """The steps that exposure is measured to, each counted from the post's creation."""

    SEEN = "seen"
    ARCHIVED = "archived"
    ORDERED = "ordered"
    HIDDEN = "hidden"
    REMOVED = "removed"


class Stage(StrEnum):
    """The parts of a process that take time, and where a message may die."""

    ARCHIVE = "archive"
    DECODE = "decode"
    JUDGE = "judge"
    PUBLISH = "publish"
    STORE = "store"
    PLATFORM = "platform"


class Metrics:
    """All that Anslagsvakt measures; `registry` also takes Faust's own sensors."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._events = Counter(
            "anslagsvakt_events", "Raw events by the one state each ended in", ("account", "state"), registry=registry
        )
        self._processing = Histogram(
            "anslagsvakt_processing_seconds",
            "Time spent on a batch, by stage",
            ("stage",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._exposure = Histogram(
            "anslagsvakt_exposure_seconds",
            "From the creation of an item to each step",
            ("step",),
            buckets=_EXPOSURE,
            registry=registry,
        )
        self._findings = Counter(
            "anslagsvakt_findings", "Values and concerns found, by type", ("type",), registry=registry
        )
        self._rule_hits = Counter(
            "anslagsvakt_rule_hits",
            "Rules that spoke, with the mode they have in the department",
            ("rule", "mode", "department"),
            registry=registry,
        )
        self._gaps = Counter(
            "anslagsvakt_not_analysed",
            "Events that could not be analysed in full, by reason",
            ("reason",),
            registry=registry,
        )
        self._dead_letters = Counter(
            "anslagsvakt_dead_letters",
            "Messages set aside, by stage and class of error",
            ("stage", "error"),
            registry=registry,
        )
        self._orders = Counter("anslagsvakt_orders", "Takedown orders by outcome", ("result",), registry=registry)
        self._open_orders = Gauge("anslagsvakt_open_orders", "Takedown orders not yet ended", registry=registry)
        self._platform_calls = Counter(
            "anslagsvakt_platform_calls",
            "Calls of platform APIs, by action and result",
            ("action", "result"),
            registry=registry,
        )
        self._receipt_wait = Histogram(
            "anslagsvakt_receipt_wait_seconds",
            "From an order to the receipt that a removal waits for",
            buckets=_EXPOSURE,
            registry=registry,
        )
        self._batch_size = Histogram(
            "anslagsvakt_batch_size",
            "Messages that shared a turn",
            buckets=(1, 5, 10, 50, 100, 250, 500, 1000, 5000),
            registry=registry,
        )
        self._lag = Gauge(
            "anslagsvakt_consumer_lag", "Messages not yet handled", ("topic", "partition"), registry=registry
        )
        self._records = Counter(
            "anslagsvakt_records", "Records confirmed by the retention store", ("result",), registry=registry
        )
        self._record_bytes = Counter("anslagsvakt_record_bytes", "Bytes of the records newly stored", registry=registry)
        self._retries = Counter(
            "anslagsvakt_retries",
            "Times that a passing fault made a process try again, by stage",
            ("stage",),
            registry=registry,
        )
        self._info = Gauge(
            "anslagsvakt_build_info",
            "Always 1; says which version and policy run",
            ("version", "policy"),
            registry=registry,
        )

    def runs(self, version: str, policy: str) -> None:
        """This version runs with this policy."""
        self._info.labels(version, policy).set(1)

    def ended(self, account: str, state: str, count: int = 1) -> None:
        """Events of an account ended in a state."""
        self._events.labels(account, state).inc(count)

    def took(self, stage: Stage, seconds: float) -> None:
        """A stage took this long for a batch."""
        self._processing.labels(stage).observe(seconds)

    def exposed(self, step: Step, created_at: datetime, now: datetime) -> None:
        """An item reached a step; one from the future counts as not exposed at all."""
        self._exposure.labels(step).observe(max(0.0, (now - created_at).total_seconds()))

    def found(self, kind: str) -> None:
        """A value or a concern was found."""
        self._findings.labels(kind).inc()

    def rule_hit(self, rule: str, mode: str, department: str) -> None:
        """A rule spoke."""
        self._rule_hits.labels(rule, mode, department).inc()

    def not_analysed(self, reason: str) -> None:
        """An event could not be analysed in full."""
        self._gaps.labels(reason).inc()

    def dead_letter(self, stage: str, error: str) -> None:
        """A message was set aside."""
        self._dead_letters.labels(stage, error).inc()

    def order_ended(self, result: str) -> None:
        """A takedown order ended, or people were alarmed about it."""
        self._orders.labels(result).inc()

    def open_orders(self, count: int) -> None:
        """So many takedown orders are open."""
        self._open_orders.set(count)

    def platform_called(self, action: str, result: str) -> None:
        """A platform answered, or did not."""
        self._platform_calls.labels(action, result).inc()

    def receipt_came(self, seconds: float) -> None:
        """A removal could go on after this wait."""
        self._receipt_wait.observe(max(0.0, seconds))

    def batch(self, size: int) -> None:
        """A turn handled this many messages."""
        self._batch_size.observe(size)

    def lag(self, lags: Mapping[tuple[str, int], int]) -> None:
        """How far behind we are, for each topic and partition that is ours now."""
        self._lag.clear()
        for (topic, partition), behind in lags.items():
            self._lag.labels(topic, str(partition)).set(behind)

    def stored(self, *, new: int, repeated: int, size: int) -> None:
        """The store confirmed records: so many new ones of so many bytes, and so many that it had already."""
        self._records.labels("new").inc(new)
        self._records.labels("repeated").inc(repeated)
        self._record_bytes.inc(size)

    def retried(self, stage: str) -> None:
        """A passing fault made a process try again."""
        self._retries.labels(stage).inc()
