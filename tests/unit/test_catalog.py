"""The catalogue keeps its own promises: what must go together does, and nothing in it can lose a message."""

from __future__ import annotations

import pytest

from topics import catalog
from topics.catalog import TOPICS, Topic
from topics.schema import PARTS, schemas

PROCESSES = {"screen", "archive", "takedown"}
OUTSIDE = {"connectors", "people"}


def test_every_named_topic_is_in_the_catalogue_once() -> None:
    named = [value for name, value in vars(catalog).items() if name.isupper() and str(value).startswith("social.")]
    assert sorted(topic.name for topic in TOPICS) == sorted(named)


def test_every_schema_is_of_a_topic() -> None:
    assert {name for topic in TOPICS for name in topic.messages} == set(schemas()) - {PARTS}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_writers_and_readers_are_known(topic: Topic) -> None:
    assert topic.writers
    assert topic.readers
    assert {*topic.writers, *topic.readers} <= PROCESSES | OUTSIDE


def test_what_people_wrote_stands_on_sealed_topics_only() -> None:
    """Invariant 4: the sealed zone is raw, archive and the retention store."""
    assert {topic.name for topic in TOPICS if topic.sealed} == {catalog.RAW, catalog.ARCHIVE}
    assert {name for topic in TOPICS if topic.sealed for name in topic.messages} == {"raw-event.v1"}


def test_topics_that_share_partition_numbers_have_equally_many() -> None:
    together = [topic for topic in TOPICS if topic.together]
    assert {topic.name for topic in together} == {catalog.RAW, catalog.ARCHIVE, catalog.RECEIPT, catalog.TAKEDOWN}
    assert {topic.partitions for topic in together} == {catalog.PARTITIONS}


@pytest.mark.parametrize(("replication", "minimum"), [(1, "1"), (2, "1"), (3, "2"), (5, "2")])
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_write_is_confirmed_by_as_many_as_the_cluster_affords(topic: Topic, replication: int, minimum: str) -> None:
    """One broker may be down for a restart and writers still go on, where there is more than one."""
    assert topic.config(replication)["min.insync.replicas"] == minimum


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_nothing_is_expired_early_or_lost_in_an_election(topic: Topic) -> None:
    config = topic.config(3)
    assert config["cleanup.policy"] == ("compact,delete" if topic.table else "delete")
    assert int(config["retention.ms"]) >= 7 * 24 * 3600 * 1000
    assert config["message.timestamp.type"] == "LogAppendTime"
    assert config["unclean.leader.election.enable"] == "false"
    assert config["max.message.bytes"] == str(catalog.MAX_MESSAGE_BYTES)


def test_only_what_is_looked_up_by_key_is_compacted() -> None:
    """A second message with the same key would make the first vanish: right for a table, a loss anywhere else."""
    assert [topic.name for topic in TOPICS if topic.table] == [catalog.FINGERPRINT]


def test_an_order_outlives_the_event_it_is_about() -> None:
    """What follows from a raw event is kept at least as long, so that a process that was down for days finds it."""
    kept = {topic.name: topic.retention_ms for topic in TOPICS}
    assert all(kept[name] >= kept[catalog.RAW] for name in kept)
    assert kept[catalog.RECEIPT] >= kept[catalog.TAKEDOWN]
