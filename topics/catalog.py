"""Every topic: who writes it, who reads it, how it is keyed and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass

RAW = "social.raw.v1"
ARCHIVE = "social.archive.v1"
RECEIPT = "social.receipt.v1"
TAKEDOWN = "social.takedown.v1"
REVIEW = "social.review.v1"
OUTCOME = "social.outcome.v1"
FINGERPRINT = "social.fingerprint.v1"
DEAD_LETTER = "social.dead-letter.v1"

SCREEN_GROUP = "anslagsvakt-screen"
ARCHIVE_GROUP = "anslagsvakt-archive"
TAKEDOWN_GROUP = "anslagsvakt-takedown"

MAX_MESSAGE_BYTES = 20 * 1024 * 1024
"""A raw event with a text of ten megabytes must pass: broker, topics, producers and consumers share this limit."""

PARTITIONS = 12
"""Partitions of every topic that a thread passes through: at most so many processes of a kind share the work."""

_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """What we promise about one topic. `retention_ms` is Kafka's own; the records live in the retention store.

    `messages` names the schemas of what may stand on it, `stamped` says that the archive headers stand beside it, and
    `sealed` that its values hold what people wrote, so that only the processes named may read them.
    `together` topics have equally many partitions, since a message on one is sent to the partition of another. A
    topic that is a `table` keeps the last message of each key, and every reader reads it whole, in no group.
    """

    name: str
    title: str
    key: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    messages: tuple[str, ...]
    partitions: int = PARTITIONS
    retention_ms: int = 30 * _DAY_MS
    cleanup_policy: str = "delete"
    min_insync_replicas: int = 2
    sealed: bool = False
    stamped: bool = False
    together: bool = False
    table: bool = False

    @property
    def retention_days(self) -> int:
        """How long Kafka keeps a message, in whole days."""
        return self.retention_ms // _DAY_MS

    def config(self, replication: int) -> dict[str, str]:
        """The topic's settings in Kafka's names, for a cluster with this replication factor."""
        return {
            "cleanup.policy": self.cleanup_policy,
            "retention.ms": str(self.retention_ms),
            # One replica fewer than there are, so that one broker can be restarted while writers go on.
            "min.insync.replicas": str(min(self.min_insync_replicas, max(1, replication - 1))),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            # Kafka counts retention from the writer's timestamp, and would delete an imported old post on arrival.
            "message.timestamp.type": "LogAppendTime",
            # A replica that has lagged behind would take confirmed messages with it (invariant 2).
            "unclean.leader.election.enable": "false",
        }


_THREAD = "{platform}:{root_id}, so that one thread stays in order"
_BESIDE = "on the raw event's partition, so that an order meets its receipt"

TOPICS: tuple[Topic, ...] = (
    Topic(
        RAW,
        "Every social event as it came in",
        _THREAD,
        ("connectors",),
        ("screen",),
        ("raw-event.v1",),
        retention_ms=7 * _DAY_MS,
        sealed=True,
        together=True,
    ),
    Topic(
        ARCHIVE,
        "The same bytes, key and headers, untouched, before anything else is done",
        "as the raw event's, and on the same partition",
        ("screen",),
        ("archive",),
        ("raw-event.v1",),
        sealed=True,
        stamped=True,
        together=True,
    ),
    Topic(
        RECEIPT,
        "The retention store has confirmed a record",
        f"as the raw event's, {_BESIDE}",
        ("archive",),
        ("takedown",),
        ("receipt.v1",),
        together=True,
    ),
    Topic(
        TAKEDOWN,
        "Orders to hide or remove an item, and their withdrawals",
        f"{{platform}}:{{root_id}}, {_BESIDE}",
        ("screen",),
        ("takedown",),
        ("order.v1", "withdrawal.v1"),
        together=True,
    ),
    Topic(
        REVIEW,
        "Items that people must look at",
        _THREAD,
        ("screen", "takedown"),
        ("people",),
        ("review-item.v1",),
        retention_ms=90 * _DAY_MS,
    ),
    Topic(
        OUTCOME,
        "How each order ended: the proof that it was carried out",
        _THREAD,
        ("takedown",),
        ("archive", "people"),
        ("outcome.v1",),
        retention_ms=400 * _DAY_MS,
    ),
    Topic(
        FINGERPRINT,
        "Values that were removed, by their keyed tokens, so that they are known when they are posted again",
        "the token",
        ("takedown",),
        ("screen",),
        ("fingerprint.v1",),
        partitions=1,
        retention_ms=400 * _DAY_MS,
        cleanup_policy="compact,delete",
        table=True,
    ),
    Topic(
        DEAD_LETTER,
        "What could not be handled: coordinates, stage and error class, nothing else",
        "{topic}:{partition} of the message",
        ("screen", "archive", "takedown"),
        ("people",),
        ("dead-letter.v1",),
        partitions=1,
        retention_ms=90 * _DAY_MS,
    ),
)
