"""What `agents.topics` does to a cluster, whether it is the fake one or a real Apache Kafka of one node."""

from __future__ import annotations

import dataclasses
import io
import secrets

import pytest
from kafka.admin import ConfigResource, ConfigResourceType
from rich.console import Console

from agents.topics import Admin, apply, drift, observe, run_apply, run_show
from pipeline.errors import Stop
from topics import catalog
from topics.catalog import TOPICS, Topic
from topics.drift import Kind


class TopicsAdminSuite:
    """A subclass gives the fixture `admin`; every test has topics with names of its own."""

    @pytest.fixture
    def topics(self) -> tuple[Topic, ...]:
        """The catalogue under other names, so that tests can share a cluster."""
        mark = secrets.token_hex(4)
        return tuple(dataclasses.replace(topic, name=f"{mark}.{topic.name}") for topic in TOPICS)

    def test_what_is_missing_is_created_as_the_catalogue_says(self, admin: Admin, topics: tuple[Topic, ...]) -> None:
        assert [d.kind for d in drift(admin, topics=topics)] == [Kind.MISSING] * len(topics)
        mended = apply(admin, topics=topics)
        assert [(d.topic, d.kind) for d in mended] == [(topic.name, Kind.MISSING) for topic in topics]
        observed = observe(admin, topics)
        assert {name: seen.partitions for name, seen in observed.items()} == {t.name: t.partitions for t in topics}
        for topic in topics:
            assert topic.config(1).items() <= dict(observed[topic.name].config).items()
        assert drift(admin, topics=topics) == ()

    def test_applying_again_changes_nothing(self, admin: Admin, topics: tuple[Topic, ...]) -> None:
        apply(admin, topics=topics)
        before = observe(admin, topics)
        assert apply(admin, topics=topics, raise_partitions=True) == ()
        assert observe(admin, topics) == before

    def test_configuration_is_corrected_and_the_operator_s_own_left(
        self, admin: Admin, topics: tuple[Topic, ...]
    ) -> None:
        apply(admin, topics=topics)
        _set(admin, topics[0], {"retention.ms": "1000", "segment.ms": "3600000"})
        assert [(d.topic, d.setting, d.actual) for d in drift(admin, topics=topics)] == [
            (topics[0].name, "retention.ms", "1000")
        ]
        apply(admin, topics=topics)
        config = observe(admin, topics)[topics[0].name].config
        assert (config["retention.ms"], config["segment.ms"]) == (str(topics[0].retention_ms), "3600000")
        assert drift(admin, topics=topics) == ()

    def test_partitions_are_raised_only_when_asked(self, admin: Admin, topics: tuple[Topic, ...]) -> None:
        raw = topics[0]
        admin.create_topics({raw.name: _like(raw, partitions=2)}, wait_for_metadata=True)
        apply(admin, topics=topics)
        assert [(d.kind, d.wanted, d.actual) for d in drift(admin, topics=topics)] == [(Kind.PARTITIONS, "12", "2")]
        apply(admin, topics=topics, raise_partitions=True)
        assert observe(admin, topics)[raw.name].partitions == catalog.PARTITIONS
        assert drift(admin, topics=topics) == ()

    def test_partitions_are_never_shrunk_and_those_who_go_together_follow(
        self, admin: Admin, topics: tuple[Topic, ...]
    ) -> None:
        raw, more = topics[0], catalog.PARTITIONS + 2
        admin.create_topics({raw.name: _like(raw, partitions=more)}, wait_for_metadata=True)
        apply(admin, topics=topics, raise_partitions=True)
        observed = observe(admin, topics)
        assert {t.name: observed[t.name].partitions for t in topics} == {
            t.name: more if t.together else t.partitions for t in topics
        }
        assert drift(admin, topics=topics) == ()

    def test_topics_of_others_are_left_alone(self, admin: Admin, topics: tuple[Topic, ...]) -> None:
        other = f"{topics[0].name}.other"
        admin.create_topics({other: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
        apply(admin, topics=topics, raise_partitions=True)
        assert other in admin.list_topics()
        assert len(admin.describe_topics([other])[0]["partitions"]) == 1

    def test_too_few_copies_are_told_and_left(self, admin: Admin, topics: tuple[Topic, ...]) -> None:
        """More copies need a plan of which broker takes which: that is the operator's."""
        apply(admin, topics=topics)
        found = drift(admin, topics=topics, replication=3)
        assert [(d.kind, d.wanted, d.actual) for d in found] == [(Kind.REPLICATION, "3", "1")] * len(topics)
        assert apply(admin, topics=topics, replication=3) == ()

    def test_more_copies_than_brokers_is_one_plain_line(self, admin: Admin, topics: tuple[Topic, ...]) -> None:
        with pytest.raises(Stop, match=rf"^creating {topics[0].name} failed: InvalidReplicationFactorError$"):
            apply(admin, topics=topics, replication=2)

    def test_commands_say_what_they_did_and_exit_1_while_anything_differs(
        self, admin: Admin, topics: tuple[Topic, ...]
    ) -> None:
        said = Console(file=io.StringIO(), width=200)
        assert run_show(admin, said, topics=topics) == 1
        assert run_apply(admin, said, topics=topics) == 0
        assert run_show(admin, said, topics=topics) == 0
        _set(admin, topics[1], {"retention.ms": "1000"})
        assert run_show(admin, said, topics=topics) == 1
        assert run_apply(admin, said, replication=3, topics=topics) == 1
        text = _text(said)
        assert text.count("does not exist; run `anslagsvakt topics apply`") == len(topics)
        assert f"{topics[1].name}: retention.ms set to {topics[1].retention_ms} (was 1000)" in text
        assert f"all {len(topics)} topics are as the catalogue says" in text
        assert f"{topics[0].name}: replication is 1, not 3; add copies with Kafka's own" in text


def _like(topic: Topic, *, partitions: int) -> dict[str, object]:
    return {"num_partitions": partitions, "replication_factor": 1, "configs": topic.config(1)}


def _set(admin: Admin, topic: Topic, config: dict[str, str]) -> None:
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, config)])


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
