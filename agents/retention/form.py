"""How one record looks as one object: a line of JSON about it, then the raw bytes untouched.

So `tail -n +2 OBJECT | sha256sum` gives the record's own name, with no tool of ours. The same bytes with another Kafka
key or other headers become an *addendum*: the line alone, named by the record and by a hash of key and headers.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

import msgspec

from agents.retention.store import Damaged, KeptRecord, Raw
from pipeline.record import Coordinates, object_key

_Kind = Literal["record", "addendum"]


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    anslagsvakt: _Kind
    version: Literal[1] = 1
    sha256: str
    size: int
    is_null: bool
    raw: Coordinates
    timestamp: int
    key: bytes | None  # msgspec writes bytes as base64
    headers: tuple[tuple[str, bytes], ...]
    archived_at: datetime


_decoder = msgspec.json.Decoder(_Line)
_encoder = msgspec.json.Encoder(order="deterministic")


def write_record(raw: Raw, archived_at: datetime) -> bytes:
    """The object of a record."""
    return _encoder.encode(_line("record", raw, archived_at)) + b"\n" + (raw.value or b"")


def write_addendum(raw: Raw, archived_at: datetime) -> bytes:
    """The object that keeps another key and other headers for bytes already kept."""
    return _encoder.encode(_line("addendum", raw, archived_at)) + b"\n"


def addendum_key(raw: Raw) -> str:
    """Where the addendum stands: the same bytes, key and headers always give the same name."""
    told = _encoder.encode([raw.value is None, raw.key, raw.headers])
    return f"{raw.object_key}.{hashlib.sha256(told).hexdigest()[:16]}"


def is_addendum(key: str) -> bool:
    """Whether the object key is that of an addendum."""
    return "." in key.rpartition("/")[2]


def read(key: str, content: bytes) -> KeptRecord:
    """Read an object and check everything that can be checked of it alone; raises Damaged."""
    head, newline, body = content.partition(b"\n")
    try:
        line = _decoder.decode(head)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Damaged(key, "its first line is not a record header") from None
    if not newline:
        raise Damaged(key, "it ends within its first line")
    raw = Raw(line.raw, line.timestamp, line.key, None if line.is_null else body, line.headers)
    if line.anslagsvakt == "record":
        _check_record(key, line, body)
    elif body or key != f"{object_key(line.sha256)}.{key.rpartition('.')[2]}" or not is_addendum(key):
        raise Damaged(key, "it is an addendum out of its place")
    return KeptRecord(key, line.sha256, raw, line.archived_at)


def same_origin(kept: KeptRecord, raw: Raw) -> bool:
    """Whether key, headers and null-ness agree; coordinates may differ, a repeated message is the same record."""
    told = kept.raw
    return (told.key, told.headers, told.value is None) == (raw.key, raw.headers, raw.value is None)


def _line(kind: _Kind, raw: Raw, archived_at: datetime) -> _Line:
    return _Line(
        anslagsvakt=kind,
        sha256=raw.sha256,
        size=len(raw.value or b""),
        is_null=raw.value is None,
        raw=raw.at,
        timestamp=raw.timestamp,
        key=raw.key,
        headers=raw.headers,
        archived_at=archived_at,
    )


def _check_record(key: str, line: _Line, body: bytes) -> None:
    found = hashlib.sha256(body).hexdigest()
    if object_key(found) != key:
        raise Damaged(key, f"its {len(body)} bytes have the hash {found[:16]}…, not that of its name")
    if (line.sha256, line.size) != (found, len(body)) or (line.is_null and body):
        raise Damaged(key, "its header does not fit its bytes")
