"""A cluster in memory behind the part of kafka-python's admin client that `agents.topics` uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kafka.admin import ConfigResource
from kafka.errors import InvalidReplicationFactorError, TopicAlreadyExistsError

_DEFAULTS = {"cleanup.policy": "delete", "retention.ms": "604800000", "segment.ms": "604800000"}


@dataclass
class _Topic:
    partitions: int
    replication: int
    config: dict[str, str]


class FakeAdmin:
    """Answers in kafka-python's shapes; like a broker it refuses to shrink, and does nothing unasked."""

    def __init__(self, brokers: int = 1) -> None:
        self._brokers = brokers
        self._topics: dict[str, _Topic] = {}

    def describe_cluster(self) -> dict[str, Any]:
        """So many brokers."""
        return {"brokers": [{"broker_id": i} for i in range(self._brokers)]}

    def list_topics(self) -> list[str]:
        """The names of all topics."""
        return list(self._topics)

    def describe_topics(self, topics: list[str]) -> list[dict[str, Any]]:
        """Partitions and copies."""
        return [
            {
                "name": name,
                "partitions": [
                    {"partition_index": i, "replica_nodes": list(range(self._topics[name].replication))}
                    for i in range(self._topics[name].partitions)
                ],
            }
            for name in topics
        ]

    def describe_configs(self, config_resources: list[ConfigResource], *, config_filter: str) -> dict[str, Any]:
        """The settings in force, defaults among them."""
        assert config_filter == "all"
        configs = {resource.name: _DEFAULTS | self._topics[resource.name].config for resource in config_resources}
        return {"topic": {name: {k: {"value": v} for k, v in config.items()} for name, config in configs.items()}}

    def create_topics(self, new_topics: dict[str, Any], *, wait_for_metadata: bool) -> dict[str, Any]:
        """Create them all, or raise at the first that cannot be."""
        assert wait_for_metadata
        for name, options in new_topics.items():
            if name in self._topics:
                raise TopicAlreadyExistsError
            if options["replication_factor"] > self._brokers:
                raise InvalidReplicationFactorError
            self._topics[name] = _Topic(
                options["num_partitions"], options["replication_factor"], dict(options.get("configs", {}))
            )
        return {}

    def create_partitions(self, topic_partitions: dict[str, int]) -> object:
        """Raise to these totals."""
        for name, count in topic_partitions.items():
            assert count > self._topics[name].partitions, "a broker would refuse"
            self._topics[name].partitions = count
        return None

    def alter_configs(self, config_resources: list[ConfigResource]) -> dict[str, Any]:
        """Set, leaving other settings as they are."""
        for resource in config_resources:
            self._topics[resource.name].config |= resource.configs
        return {"topic": {resource.name: "OK" for resource in config_resources}}
