"""What counts as a difference between a cluster and the catalogue, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from agents.topics import table
from topics.catalog import ARCHIVE, RAW, RECEIPT, REVIEW, TAKEDOWN, TOPICS
from topics.drift import Kind, Observed, deviations

RIGHT = {topic.name: Observed(topic.partitions, 3, topic.config(3)) for topic in TOPICS}


def _with(name: str, seen: Observed | None) -> dict[str, Observed]:
    changed = {**RIGHT, name: seen}
    return {topic: observed for topic, observed in changed.items() if observed is not None}


def test_a_cluster_as_the_catalogue_says_has_no_drift() -> None:
    assert deviations(TOPICS, RIGHT, 3) == ()


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (_with(REVIEW, None), [(REVIEW, Kind.MISSING, "topic", None)]),
        (_with(REVIEW, replace(RIGHT[REVIEW], partitions=11)), [(REVIEW, Kind.PARTITIONS, "partitions", "11")]),
        (_with(REVIEW, replace(RIGHT[REVIEW], partitions=13)), []),
        (
            _with(RAW, replace(RIGHT[RAW], partitions=13)),
            [(name, Kind.PARTITIONS, "partitions", "12") for name in (ARCHIVE, RECEIPT, TAKEDOWN)],
        ),
        (
            _with(REVIEW, replace(RIGHT[REVIEW], config={**RIGHT[REVIEW].config, "cleanup.policy": "compact"})),
            [(REVIEW, Kind.CONFIG, "cleanup.policy", "compact")],
        ),
        (
            _with(REVIEW, Observed(12, 1, RIGHT[REVIEW].config)),
            [(REVIEW, Kind.REPLICATION, "replication", "1"), (REVIEW, Kind.CONFIG, "min.insync.replicas", "2")],
        ),
        (_with(REVIEW, replace(RIGHT[REVIEW], replication=5)), []),
        (_with(REVIEW, replace(RIGHT[REVIEW], config={**RIGHT[REVIEW].config, "segment.ms": "1"})), []),
    ],
    ids=["missing", "fewer", "more", "more of one that goes with others", "config", "one copy", "more copies", "other"],
)
def test_differences(observed: dict[str, Observed], expected: list[tuple[str, Kind, str, str | None]]) -> None:
    assert [(d.topic, d.kind, d.setting, d.actual) for d in deviations(TOPICS, observed, 3)] == expected


def test_no_name_is_cut_in_a_narrow_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Though the remedies beside it are long: social.re… are two topics."""
    missing = {name: seen for name, seen in RIGHT.items() if name != RECEIPT}
    Console(width=80).print(table(TOPICS, missing, deviations(TOPICS, missing, 3)))
    shown = capsys.readouterr().out
    assert [topic.name for topic in TOPICS if topic.name not in shown] == []
