"""`anslagsvakt topics`: brings a cluster's topics to what the catalogue promises, and shows where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, Protocol

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError
from rich.console import Console
from rich.table import Column, Table

from pipeline.errors import Stop
from topics.catalog import TOPICS, Topic
from topics.drift import Deviation, Kind, Observed, deviations, partitions

MOST_REPLICAS = 3
"""Three copies let one broker be down while another is restarted; more only cost."""

_SIGHT_S = 10.0
_PAUSE_S = 0.1


class Admin(Protocol):
    """What is used of kafka-python's `KafkaAdminClient`, with its shapes of arguments and answers."""

    def describe_cluster(self) -> dict[str, Any]:
        """The brokers, among other things."""
        ...

    def list_topics(self) -> list[str]:
        """The names of all topics."""
        ...

    def describe_topics(self, topics: list[str]) -> list[dict[str, Any]]:
        """Partitions and copies."""
        ...

    def describe_configs(self, config_resources: list[ConfigResource], *, config_filter: str) -> dict[str, Any]:
        """The settings in force."""
        ...

    def create_topics(self, new_topics: dict[str, Any], *, wait_for_metadata: bool) -> dict[str, Any]:
        """Create, and wait until every partition has a leader."""
        ...

    def create_partitions(self, topic_partitions: dict[str, int]) -> object:
        """Raise to these totals."""
        ...

    def alter_configs(self, config_resources: list[ConfigResource]) -> dict[str, Any]:
        """Set, leaving other settings as they are; the answer tells `OK` or what is wrong for each topic."""
        ...


def apply(
    admin: Admin,
    *,
    replication: int | None = None,
    raise_partitions: bool = False,
    topics: Sequence[Topic] = TOPICS,
) -> tuple[Deviation, ...]:
    """Create missing topics and correct their configuration; return what was mended. Idempotent.

    `replication` defaults to as many copies as the cluster affords, at most three. Partitions are raised only when
    asked, since from then on a key may stand on another partition than before. Nothing is ever shrunk or deleted.

    Raises:
        Stop: Kafka refuses or cannot be reached; the message names what and why.
    """
    replicas = replication or affordable(admin)
    observed = observe(admin, topics)
    mendable = {Kind.MISSING, Kind.CONFIG} | ({Kind.PARTITIONS} if raise_partitions else set())
    mended = tuple(d for d in deviations(topics, observed, replicas) if d.kind in mendable)
    missing = {d.topic for d in mended if d.kind is Kind.MISSING}
    for topic in topics:
        if topic.name in missing:
            _create(admin, topic, partitions(topic, topics, observed), replicas)
    _raise(admin, {d.topic: int(d.wanted) for d in mended if d.kind is Kind.PARTITIONS})
    _configure(admin, [d for d in mended if d.kind is Kind.CONFIG])
    _await_sight(admin, mended, topics, replicas)
    return mended


def drift(admin: Admin, *, replication: int | None = None, topics: Sequence[Topic] = TOPICS) -> tuple[Deviation, ...]:
    """Every difference between the cluster and the catalogue; changes nothing. Raises as `apply`."""
    return deviations(topics, observe(admin, topics), replication or affordable(admin))


def affordable(admin: Admin) -> int:
    """As many copies as the cluster has brokers for, at most three."""
    with _said_plainly("asking for the brokers"):
        return min(MOST_REPLICAS, len(admin.describe_cluster()["brokers"]))


def observe(admin: Admin, topics: Sequence[Topic] = TOPICS) -> dict[str, Observed]:
    """The catalogue's topics as they are in the cluster; those that are missing there are missing here."""
    with _said_plainly("reading the topics"):
        names = sorted({topic.name for topic in topics} & set(admin.list_topics()))
        if not names:
            return {}
        # A broker that has only just heard of a topic knows no partitions of it: not seen yet.
        described = {each["name"]: each["partitions"] for each in admin.describe_topics(names) if each["partitions"]}
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in described]
        configs = admin.describe_configs(resources, config_filter="all")["topic"] if resources else {}
    return {
        name: Observed(
            partitions=len(described[name]),
            replication=min(len(partition["replica_nodes"]) for partition in described[name]),
            config={setting: entry["value"] for setting, entry in configs[name].items()},
        )
        for name in described
    }


def run_apply(
    admin: Admin,
    console: Console,
    *,
    replication: int | None = None,
    raise_partitions: bool = False,
    topics: Sequence[Topic] = TOPICS,
) -> int:
    """`topics apply`: a line for each thing mended or left; returns the exit code, 1 if anything is left."""
    for done in apply(admin, replication=replication, raise_partitions=raise_partitions, topics=topics):
        console.print(f"{done.topic}: {_mended(done)}", highlight=False)
    left = drift(admin, replication=replication, topics=topics)
    for deviation in left:
        console.print(f"{deviation.topic}: {_difference(deviation)}; {_remedy(deviation)}", highlight=False)
    if not left:
        console.print(f"all {len(topics)} topics are as the catalogue says", highlight=False)
    return 1 if left else 0


def run_show(
    admin: Admin, console: Console, *, replication: int | None = None, topics: Sequence[Topic] = TOPICS
) -> int:
    """`topics show`: the catalogue beside the cluster; returns the exit code, 1 if they differ."""
    observed = observe(admin, topics)
    found = deviations(topics, observed, replication or affordable(admin))
    console.print(table(topics, observed, found))
    return 1 if found else 0


def table(topics: Sequence[Topic], observed: Mapping[str, Observed], found: Iterable[Deviation]) -> Table:
    """One row for each topic: what is, what it is for, and where it differs."""
    differences: dict[str, list[str]] = {}
    for deviation in found:
        differences.setdefault(deviation.topic, []).append(f"{_difference(deviation)}; {_remedy(deviation)}")
    rows = Table(
        Column("Topic", no_wrap=True), "Partitions", "Copies", "Kept", "Written by", "Read by", "Drift", title="Topics"
    )
    for topic in topics:
        now = observed.get(topic.name)
        rows.add_row(
            topic.name,
            str(now.partitions) if now else "-",
            str(now.replication) if now else "-",
            f"{topic.retention_days} days",
            ", ".join(topic.writers),
            ", ".join(topic.readers),
            "\n".join(differences.get(topic.name, ["none"])),
        )
    return rows


def _create(admin: Admin, topic: Topic, count: int, replication: int) -> None:
    wanted = {"num_partitions": count, "replication_factor": replication, "configs": topic.config(replication)}
    # Two installations may apply at once: the other one's topic is as good as ours.
    with _said_plainly(f"creating {topic.name}", unless=TopicAlreadyExistsError):
        admin.create_topics({topic.name: wanted}, wait_for_metadata=True)


def _raise(admin: Admin, counts: dict[str, int]) -> None:
    for name, count in counts.items():
        with _said_plainly(f"raising the partitions of {name}"):
            admin.create_partitions({name: count})


def _configure(admin: Admin, wrong: Sequence[Deviation]) -> None:
    for name in dict.fromkeys(deviation.topic for deviation in wrong):
        settings = {deviation.setting: deviation.wanted for deviation in wrong if deviation.topic == name}
        with _said_plainly(f"configuring {name}"):
            answer = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, settings)])
        if answer["topic"][name] != "OK":
            raise Stop(f"Kafka refused configuring {name}: {answer['topic'][name]}")


def _await_sight(admin: Admin, mended: Sequence[Deviation], topics: Sequence[Topic], replication: int) -> None:
    """Wait until what was mended is seen so: a broker learns a little later than the controller has it."""
    deadline = monotonic() + _SIGHT_S
    while set(mended) & set(drift(admin, replication=replication, topics=topics)) and monotonic() < deadline:
        sleep(_PAUSE_S)


def _mended(deviation: Deviation) -> str:
    if deviation.kind is Kind.MISSING:
        return f"created with {deviation.wanted}"
    return f"{deviation.setting} set to {deviation.wanted} (was {deviation.actual})"


def _difference(deviation: Deviation) -> str:
    if deviation.kind is Kind.MISSING:
        return "does not exist"
    return f"{deviation.setting} is {deviation.actual}, not {deviation.wanted}"


def _remedy(deviation: Deviation) -> str:
    match deviation.kind:
        case Kind.MISSING | Kind.CONFIG:
            return "run `anslagsvakt topics apply`"
        case Kind.PARTITIONS:
            return "run `anslagsvakt topics apply --raise-partitions`"
        case Kind.REPLICATION:
            return "add copies with Kafka's own kafka-reassign-partitions"


@contextmanager
def _said_plainly(doing: str, *, unless: type[KafkaError] | None = None) -> Iterator[None]:
    """Turn Kafka's errors into one line that says what was being done; `unless` is passed over."""
    try:
        yield
    except KafkaError as error:
        if unless and isinstance(error, unless):
            return
        raise Stop(f"{doing} failed: {type(error).__name__}") from error
