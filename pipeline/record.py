"""What a record is: the untouched bytes of one raw event, its identity and where it stands in the store."""

from __future__ import annotations

import hashlib

import msgspec

RAW_HEADER_PREFIX = "anslagsvakt-raw-"
"""Headers that the screen agent adds to an archived message start so; all others are the raw event's own."""


class Coordinates(msgspec.Struct, frozen=True, order=True):
    """Where a message stands in Kafka."""

    topic: str
    partition: int
    offset: int


class RawReference(msgspec.Struct, frozen=True):
    """Points at one raw event from an order, a review item or a receipt: coordinates and SHA-256 (hex) of the bytes."""

    topic: str
    partition: int
    offset: int
    sha256: str


def content_hash(value: bytes | None) -> str:
    """SHA-256 (hex) of a raw value; a Kafka null counts as no bytes."""
    return hashlib.sha256(value or b"").hexdigest()


def object_key(sha256: str) -> str:
    """Where the record with this content hash stands: the same bytes, the same key, so writing is idempotent."""
    return f"records/{sha256[:2]}/{sha256[2:4]}/{sha256}"
