"""The headers of an archived message: where its raw event stood. All others are the raw event's own, untouched."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipeline.record import RAW_HEADER_PREFIX, Coordinates
from topics.outgoing import Headers

TOPIC, PARTITION, OFFSET, TIMESTAMP = (
    f"{RAW_HEADER_PREFIX}{name}" for name in ("topic", "partition", "offset", "timestamp")
)
"""Last among the headers: one of the same name further ahead is the raw event's own, whoever wrote it."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Appended to the raw event's own headers, which stand first, untouched; the last of a name counts.",
    "properties": {
        TOPIC: {"type": "string", "description": "The raw event's topic."},
        PARTITION: {"type": "string", "pattern": "^[0-9]+$", "description": "Its partition, in decimal digits."},
        OFFSET: {"type": "string", "pattern": "^[0-9]+$", "description": "Its offset, in decimal digits."},
        TIMESTAMP: {
            "type": "string",
            "pattern": "^-?[0-9]+$",
            "description": "Kafka's timestamp of it: milliseconds since 1970, in decimal digits; -1 where it has none.",
        },
    },
    "required": [TOPIC, PARTITION, OFFSET, TIMESTAMP],
}
"""JSON Schema of the headers, each value as ASCII."""


def stamp(at: Coordinates, timestamp: int) -> Headers:
    """The headers to append; `timestamp` is Kafka's, in milliseconds since 1970."""
    return (*_place(at.topic, at.partition), (OFFSET, b"%d" % at.offset), (TIMESTAMP, b"%d" % timestamp))


@lru_cache
def _place(topic: str, partition: int) -> Headers:
    """What is the same for all that stands there."""
    return ((TOPIC, topic.encode("ascii")), (PARTITION, b"%d" % partition))
