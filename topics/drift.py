"""How the topics of a cluster differ from the catalogue, and which differences may be mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from topics.catalog import Topic


class Kind(StrEnum):
    """What differs. Only the first three are ever mended, partitions only when asked; nothing is shrunk or deleted."""

    MISSING = "missing"
    CONFIG = "config"
    PARTITIONS = "partitions"
    REPLICATION = "replication"


@dataclass(frozen=True, slots=True)
class Observed:
    """A topic as it is: `replication` is the least of its partitions."""

    partitions: int
    replication: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One difference; `setting` is a name of Kafka's, `actual` is None where there is nothing."""

    topic: str
    kind: Kind
    setting: str
    wanted: str
    actual: str | None


def deviations(topics: Sequence[Topic], observed: Mapping[str, Observed], replication: int) -> tuple[Deviation, ...]:
    """Every difference, in the catalogue's order.

    More partitions than the catalogue asks for are as good, except where topics go together: then those with fewer
    differ, since a message could be meant for a partition that they do not have.
    """
    found: list[Deviation] = []
    for topic in topics:
        wanted = partitions(topic, topics, observed)
        actual = observed.get(topic.name)
        if actual is None:
            found.append(Deviation(topic.name, Kind.MISSING, "topic", f"{wanted} partitions", None))
            continue
        if actual.partitions < wanted:
            found.append(_numbers(topic, Kind.PARTITIONS, wanted, actual.partitions))
        if actual.replication < replication:
            found.append(_numbers(topic, Kind.REPLICATION, replication, actual.replication))
        # The in-sync minimum follows what the topic has: two of one replica would refuse every write.
        for setting, value in topic.config(min(replication, actual.replication)).items():
            now = actual.config.get(setting)
            if now != value:
                found.append(Deviation(topic.name, Kind.CONFIG, setting, value, now))
    return tuple(found)


def partitions(topic: Topic, topics: Sequence[Topic], observed: Mapping[str, Observed]) -> int:
    """How many partitions the topic must have: the catalogue's number, or that of the largest it goes together with."""
    if not topic.together:
        return topic.partitions
    group = [other.name for other in topics if other.together and other.name in observed]
    return max([topic.partitions, *(observed[name].partitions for name in group)])


def _numbers(topic: Topic, kind: Kind, wanted: int, actual: int) -> Deviation:
    return Deviation(topic.name, kind, str(kind), str(wanted), str(actual))
