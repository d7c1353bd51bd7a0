"""Every metric, declared once on an injected registry; one verb for each thing that is measured.

Base units (seconds, bytes), `_total` for counters, and labels with few values only: accounts and rules come from the
configuration, everything else from an enumeration. Outcomes are counted after they have happened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
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


class Fetching(StrEnum):
    """What can come of trying to fetch an attachment."""

    STORED = "stored"
    GIVEN_UP = "given_up"
    PUT_OFF = "put_off"


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
        self._hiding = Histogram(
            "anslagsvakt_hiding_seconds",
            "From the sighting of an event that led to an order until its item was read back out of sight",
            buckets=_EXPOSURE,
            registry=registry,
        )
        self._last_event = Gauge(
            "anslagsvakt_last_event_timestamp_seconds",
            "When an event of the account was last taken in, seconds since 1970",
            ("account",),
            registry=registry,
        )
        self._last_check = Gauge(
            "anslagsvakt_last_check_timestamp_seconds",
            "When a connector last said that it had checked the account and found nothing new, seconds since 1970",
            ("account",),
            registry=registry,
        )
        self._findings = Counter(
            "anslagsvakt_findings", "Values and concerns found, by type", ("type",), registry=registry
        )
        self._reposts = Counter(
            "anslagsvakt_reposts", "Values found that had been removed before, by type", ("type",), registry=registry
        )
        self._known_values = Gauge(
            "anslagsvakt_known_values", "Removed values that are known when they are posted again", registry=registry
        )
        self._known_values.set(math.nan)  # a process that does not screen says nothing of it
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
        self._notices = Counter(
            "anslagsvakt_notices",
            "Notices to authors of hidden or removed items, by what came of them",
            ("state",),
            registry=registry,
        )
        self._open_orders = Gauge("anslagsvakt_open_orders", "Takedown orders not yet ended", registry=registry)
        self._standing = Gauge(
            "anslagsvakt_standing_orders",
            "Open orders whose item has not been read back out of sight",
            registry=registry,
        )
        self._standing_for = Gauge(
            "anslagsvakt_standing_oldest_seconds", "How long the oldest of these has been known", registry=registry
        )
        self._taken_back = Counter(
            "anslagsvakt_taken_back",
            "Orders that people called off, by each rule behind them",
            ("rule",),
            registry=registry,
        )
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
        self._disk = Gauge(
            "anslagsvakt_disk_free_ratio", "Free share of the disk that this process keeps data on", registry=registry
        )
        self._disk.set(math.nan)  # nought would be an alarm: not every process keeps data
        self._verified = Gauge(
            "anslagsvakt_last_verified_timestamp_seconds",
            "When the whole retention store was last verified without a fault, seconds since 1970, 0 for never",
            registry=registry,
        )
        self._verified.set(math.nan)  # a process that has no store says nothing of it
        self._media = Counter(
            "anslagsvakt_media", "Attachments by what came of fetching them", ("result",), registry=registry
        )
        self._media_pending = Gauge(
            "anslagsvakt_media_pending", "Attachments that are still to be fetched", registry=registry
        )
        self._media_oldest = Gauge(
            "anslagsvakt_media_oldest_seconds", "How long the oldest of these has been asked for", registry=registry
        )
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

    def expects(self, accounts: Iterable[str], states: Iterable[str]) -> None:
        """These accounts exist: a silent one shows as nought, and Prometheus sees the first event of each."""
        for account in accounts:
            for state in states:
                self._events.labels(account, state)

    def taken_in(self, account: str, at: datetime) -> None:
        """An event of an account was taken in."""
        self._last_event.labels(account).set(at.timestamp())

    def checked(self, account: str, at: datetime) -> None:
        """An account was checked, and nothing new was there."""
        self._last_check.labels(account).set(at.timestamp())

    def took(self, stage: Stage, seconds: float) -> None:
        """A stage took this long for a batch."""
        self._processing.labels(stage).observe(seconds)

    def exposed(self, step: Step, created_at: datetime, now: datetime) -> None:
        """An item reached a step; one from the future counts as not exposed at all."""
        self.all_exposed(step, (created_at,), now)

    def all_exposed(self, step: Step, created: Iterable[datetime], now: datetime) -> None:
        """As `exposed`, for many items that reached it together."""
        observe = self._exposure.labels(step).observe
        for each in created:
            observe(max(0.0, (now - each).total_seconds()))

    def hid(self, seconds: float) -> None:
        """An item was read back out of sight so long after its event was seen."""
        self._hiding.observe(max(0.0, seconds))

    def found(self, kind: str) -> None:
        """A value or a concern was found."""
        self._findings.labels(kind).inc()

    def reposted(self, kind: str) -> None:
        """A value was found that had been removed before."""
        self._reposts.labels(kind).inc()

    def known_values(self, count: Callable[[], int]) -> None:
        """Ask this for how many removed values are known, whenever the metrics are read."""
        self._known_values.set_function(count)

    def rule_hit(self, rule: str, mode: str, department: str) -> None:
        """A rule spoke."""
        self._rule_hits.labels(rule, mode, department).inc()

    def not_analysed(self, reason: str) -> None:
        """An event could not be analysed in full."""
        self._gaps.labels(reason).inc()

    def dead_letter(self, stage: str, error: str) -> None:
        """A message was set aside."""
        self._dead_letters.labels(stage, error).inc()

    def may_end(self, results: Iterable[str]) -> None:
        """Orders can end in these ways: each shows as nought, so that Prometheus sees the first of its kind."""
        for result in results:
            self._orders.labels(result)

    def order_ended(self, result: str) -> None:
        """A takedown order ended, or people were alarmed about it."""
        self._orders.labels(result).inc()

    def taken_back(self, rule: str) -> None:
        """People called off an order that this rule had led to."""
        self._taken_back.labels(rule).inc()

    def author_told(self, state: str) -> None:
        """A notice to an author came to this."""
        self._notices.labels(state).inc()

    def open_orders(self, count: int) -> None:
        """So many takedown orders are open."""
        self._open_orders.set(count)

    def standing(self, count: int, oldest_seconds: float) -> None:
        """The items of so many open orders still stand, the oldest since so long."""
        self._standing.set(count)
        self._standing_for.set(max(0.0, oldest_seconds))

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

    def media(self, result: Fetching, count: int = 1) -> None:
        """So many attachments ended so, or will be tried again."""
        self._media.labels(result).inc(count)

    def fetches(self) -> None:
        """This process fetches attachments: each result shows as nought, so that Prometheus sees the first of it."""
        for result in Fetching:
            self._media.labels(result)

    def media_pending(self, count: int, oldest_seconds: float) -> None:
        """So many attachments are still to be fetched, the oldest since so long."""
        self._media_pending.set(count)
        self._media_oldest.set(max(0.0, oldest_seconds))

    def disk(self, free: Callable[[], float]) -> None:
        """Ask this for the free share of the disk whenever the metrics are read."""
        self._disk.set_function(free)

    def verified(self, last: Callable[[], float]) -> None:
        """Ask this for the time of the last verification whenever the metrics are read."""
        self._verified.set_function(last)

    def retried(self, stage: str) -> None:
        """A passing fault made a process try again."""
        self._retries.labels(stage).inc()
