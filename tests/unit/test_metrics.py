"""What is measured: the right series, labels with few values only, and no exposure before creation."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from agents.metrics import Fetching, Metrics, Stage, Step

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)

BOUNDED = {
    "account": "the register of accounts, or unregistered, or unknown",
    "action": "the actions of the platform port",
    "department": "the register of accounts",
    "error": "our classes of errors",
    "mode": "the modes of a rule",
    "partition": "the partitions of a topic",
    "policy": "the policy in force",
    "reason": "our codes for what was not analysed",
    "result": "an enumeration",
    "rule": "the rules of the policy",
    "stage": "an enumeration",
    "state": "the four states, or what came of a notice",
    "step": "an enumeration",
    "topic": "the catalogue",
    "type": "entities and concerns",
    "version": "ours",
}
"""Every label that may be, and what its values come from: never an item, a person or a text."""


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


def measure_everything(metrics: Metrics) -> None:
    """Call every verb once, so that every series exists."""
    metrics.runs("1.0", "ab")
    metrics.ended("facebook/eslovskommun", "passed", 3)
    metrics.expects(["facebook/eslovskola"], ["passed"])
    metrics.taken_in("facebook/eslovskommun", T0)
    metrics.checked("facebook/eslovskommun", T0)
    metrics.took(Stage.ARCHIVE, 0.02)
    metrics.exposed(Step.SEEN, T0, T0)
    metrics.found("HEALTH")
    metrics.author_told("sent")
    metrics.reposted("SE_PERSONNUMMER")
    metrics.known_values(lambda: 7)
    metrics.rule_hit("health", "review", "school")
    metrics.not_analysed("timeout")
    metrics.dead_letter("decode", "Undecodable")
    metrics.order_ended("removed")
    metrics.may_end(["hidden"])
    metrics.open_orders(2)
    metrics.standing(1, 40.0)
    metrics.hid(3.0)
    metrics.taken_back("identity-number")
    metrics.disk(lambda: 0.5)
    metrics.verified(lambda: 0.0)
    metrics.platform_called("delete", "done")
    metrics.receipt_came(1.5)
    metrics.batch(10)
    metrics.lag({("social.raw.v1", 0): 5})
    metrics.stored(new=2, repeated=1, size=900)
    metrics.media(Fetching.STORED)
    metrics.fetches()
    metrics.media_pending(2, 30.0)
    metrics.retried("store")


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_every_label_has_few_values(metrics: Metrics) -> None:
    measure_everything(metrics)
    page = generate_latest(metrics.registry).decode()
    labels = {
        label for family in text_string_to_metric_families(page) for sample in family.samples for label in sample.labels
    }
    assert labels - {"le"} <= set(BOUNDED)


def test_every_verb_is_called_above(metrics: Metrics) -> None:
    """So that a new metric is seen by the test of labels."""
    measure_everything(metrics)
    families = list(metrics.registry.collect())
    assert len(families) >= 15
    assert [family.name for family in families if not family.samples] == []


def test_names_follow_the_conventions(metrics: Metrics) -> None:
    measure_everything(metrics)
    for family in metrics.registry.collect():
        assert family.name.startswith("anslagsvakt_")
        assert family.documentation
        if family.type == "counter":
            assert {sample.name for sample in family.samples} <= {f"{family.name}_total", f"{family.name}_created"}


@pytest.mark.parametrize(
    ("seconds", "expected"), [(30.0, 30.0), (0.0, 0.0), (-5.0, 0.0)], ids=["past", "now", "future"]
)
def test_exposure_never_counts_backwards(metrics: Metrics, seconds: float, expected: float) -> None:
    """A platform's clock may run ahead of ours: a negative second would make the sum a lie."""
    metrics.exposed(Step.ORDERED, T0, T0 + timedelta(seconds=seconds))
    assert value(metrics, "anslagsvakt_exposure_seconds_sum", step="ordered") == expected
    assert value(metrics, "anslagsvakt_exposure_seconds_count", step="ordered") == 1


def test_a_wait_never_counts_backwards(metrics: Metrics) -> None:
    metrics.receipt_came(-3)
    assert value(metrics, "anslagsvakt_receipt_wait_seconds_sum") == 0


def test_states_are_counted_for_each_account(metrics: Metrics) -> None:
    metrics.ended("a", "passed", 3)
    metrics.ended("a", "takedown")
    metrics.ended("b", "passed")
    found = [
        value(metrics, "anslagsvakt_events_total", account=account, state=state)
        for account, state in (("a", "passed"), ("a", "takedown"), ("b", "passed"), ("b", "takedown"))
    ]
    assert found == [3, 1, 1, None]


def test_lag_of_a_lost_partition_goes_away(metrics: Metrics) -> None:
    """Else the last figure of a partition that another worker has now would stand for ever."""
    metrics.lag({("t", 0): 5, ("t", 1): 7})
    metrics.lag({("t", 1): 0})
    found = [value(metrics, "anslagsvakt_consumer_lag", topic="t", partition=each) for each in ("0", "1")]
    assert found == [None, 0]


def test_stored_records_tell_new_from_repeated(metrics: Metrics) -> None:
    metrics.stored(new=2, repeated=1, size=900)
    assert value(metrics, "anslagsvakt_records_total", result="new") == 2
    assert value(metrics, "anslagsvakt_records_total", result="repeated") == 1
    assert value(metrics, "anslagsvakt_record_bytes_total") == 900


def test_two_sets_of_metrics_do_not_meet(metrics: Metrics) -> None:
    metrics.found("HEALTH")
    metrics.reposted("SE_PERSONNUMMER")
    metrics.known_values(lambda: 7)
    assert value(Metrics(CollectorRegistry()), "anslagsvakt_findings_total", type="HEALTH") is None


def test_a_silent_account_shows_as_nought(metrics: Metrics) -> None:
    metrics.expects(["a"], ["passed", "takedown"])
    metrics.ended("a", "passed")
    found = [value(metrics, "anslagsvakt_events_total", account="a", state=each) for each in ("passed", "takedown")]
    assert found == [1, 0]


def test_free_disk_is_asked_for_anew_each_time(metrics: Metrics) -> None:
    shares = iter((0.5, 0.25))
    metrics.disk(lambda: next(shares))
    found = [value(metrics, "anslagsvakt_disk_free_ratio") for _ in range(2)]
    assert found == [0.5, 0.25]


def test_a_process_that_keeps_no_data_has_no_full_disk(metrics: Metrics) -> None:
    found = value(metrics, "anslagsvakt_disk_free_ratio")
    assert found is not None
    assert math.isnan(found)
