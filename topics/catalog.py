"""Every topic: who writes it, who reads it, how it is keyed and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass

RAW = "social.raw.v1"
ARCHIVE = "social.archive.v1"
RECEIPT = "social.receipt.v1"
TAKEDOWN = "social.takedown.v1"
REVIEW = "social.review.v1"
OUTCOME = "social.outcome.v1"
DEAD_LETTER = "social.dead-letter.v1"

SCREEN_GROUP = "anslagsvakt-screen"
ARCHIVE_GROUP = "anslagsvakt-archive"
TAKEDOWN_GROUP = "anslagsvakt-takedown"

MAX_MESSAGE_BYTES = 20 * 1024 * 1024
"""A raw event with a text of ten megabytes must pass: broker, topics, producers and consumers share this limit."""

_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """What we promise about one topic. `retention_ms` is Kafka's own; the records live in the retention store."""

    name: str
    title: str
    key: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    schema: str
    partitions: int = 12
    retention_ms: int = 30 * _DAY_MS
    cleanup_policy: str = "delete"
    min_insync_replicas: int = 2
    sealed: bool = False

    def config(self, replication: int) -> dict[str, str]:
        """The topic's settings in Kafka's names, for a cluster with this replication factor."""
        return {
            "cleanup.policy": self.cleanup_policy,
            "retention.ms": str(self.retention_ms),
            "min.insync.replicas": str(min(self.min_insync_replicas, max(1, replication - 1))),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            # A producer's wrong clock must neither expire a record at once nor keep it for ever.
            "message.timestamp.type": "LogAppendTime",
        }


_THREAD = "{platform}:{root_id}, so that one thread stays in order"

TOPICS: tuple[Topic, ...] = (
    Topic(
        RAW,
        "Every social event as it came in",
        _THREAD,
        ("connectors",),
        ("screen",),
        "raw-event.v1.json",
        retention_ms=7 * _DAY_MS,
        sealed=True,
    ),
    Topic(
        ARCHIVE,
        "The same bytes, key and headers, untouched, before anything else is done",
        "as on the raw topic",
        ("screen",),
        ("archive",),
        "raw-event.v1.json",
        sealed=True,
    ),
    Topic(
        RECEIPT,
        "The retention store has confirmed a record",
        "as on the raw topic",
        ("archive",),
        ("takedown",),
        "receipt.v1.json",
    ),
    Topic(
        TAKEDOWN,
        "Orders to hide or remove an item, and their withdrawals",
        _THREAD,
        ("screen",),
        ("takedown",),
        "takedown.v1.json",
    ),
    Topic(
        REVIEW,
        "Items that people must look at",
        _THREAD,
        ("screen", "takedown"),
        ("people",),
        "review-item.v1.json",
    ),
    Topic(
        OUTCOME,
        "How each order ended",
        _THREAD,
        ("takedown",),
        ("people",),
        "outcome.v1.json",
    ),
    Topic(
        DEAD_LETTER,
        "What could not be handled: coordinates, stage and error class, nothing else",
        "{topic}:{partition} of the message",
        ("screen", "archive", "takedown"),
        ("people",),
        "dead-letter.v1.json",
    ),
)
