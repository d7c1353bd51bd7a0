"""What a retention store really holds: every record read back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from agents.retention import place
from agents.retention.form import is_addendum
from pipeline.record import content_hash


def read_back(store: Path) -> dict[str, str]:
    """By the hash that each record in this folder is named after: the hash of the bytes that it holds."""
    with place.for_reading(place.Place(store), lambda: datetime.now(UTC)) as opened:
        records = [opened.read(key) for key in opened.object_keys() if not is_addendum(key)]
    return {record.object_key.rpartition("/")[2]: content_hash(record.raw.value) for record in records}
