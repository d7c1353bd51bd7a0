"""The golden examples in `tests/golden`, named `{schema}.{case}.json`, as bytes and by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.event import Event
from pipeline.message import Message
from topics import wire

FOLDER = Path(__file__).parent / "golden"

GOLDENS: dict[str, bytes] = {
    path.name.removesuffix(".json"): path.read_bytes() for path in sorted(FOLDER.glob("*.json"))
}

DECODERS: dict[str, Callable[[bytes | None], Event | Message]] = {
    "raw-event.v1": wire.decode_event,
    "order.v1": wire.decode_takedown,
    "withdrawal.v1": wire.decode_takedown,
    "review-item.v1": wire.decode_review_item,
    "receipt.v1": wire.decode_receipt,
    "outcome.v1": wire.decode_outcome,
    "fingerprint.v1": wire.decode_fingerprint,
    "dead-letter.v1": wire.decode_dead_letter,
}
"""How each schema's messages are read."""


def schema_of(name: str) -> str:
    """The schema that a golden example follows: `order.v1.hide` follows `order.v1`."""
    return ".".join(name.split(".")[:2])


def decode(name: str) -> Any:
    """A golden example, read as its readers read it."""
    return DECODERS[schema_of(name)](GOLDENS[name])
