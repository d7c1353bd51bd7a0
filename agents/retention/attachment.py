"""How an attachment of a record looks as an object, and how the word that one could not be had.

Both stand below `media/`, named by their record and a hash of place and content: `media/ab/cd/RECORD.HASH`. The first
line is JSON about it, the rest the bytes as they were fetched, so `tail -n +2 OBJECT | sha256sum` gives their hash with
no tool of ours. An attachment belongs to one record and goes when that goes: a picture in two records stands twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from agents.retention.store import Damaged
from pipeline.record import content_hash

FOLDER = "media"
_MISSING = "x"
_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Attachment:
    """What was fetched for one place in a record (`/media/0`), or in `missing` the code for why nothing was."""

    record: str  # SHA-256 of its bytes
    field: str
    at: datetime
    content: bytes = dataclasses.field(repr=False, default=b"")
    mime: str | None = None
    missing: str | None = None
    sha256: str | None = None

    @classmethod
    def fetched(cls, record: str, place: str, at: datetime, content: bytes, mime: str | None) -> Attachment:
        """One that was fetched."""
        return cls(record, place, at, content, mime, sha256=content_hash(content))

    @property
    def object_key(self) -> str:
        """Where it stands: the same content for the same place always has the same name."""
        told = hashlib.sha256(_encoder.encode([self.field, self.sha256])).hexdigest()
        short = told[:_HASH_DIGITS] if self.missing is None else f"{_MISSING}{told[: _HASH_DIGITS - 1]}"
        return f"{FOLDER}/{self.record[:2]}/{self.record[2:4]}/{self.record}.{short}"


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    anslagsvakt: Literal["attachment"] = "attachment"
    version: Literal[1] = 1
    record: str
    field: str
    at: datetime
    mime: str | None = None
    missing: str | None = None
    sha256: str | None = None
    size: int = 0


_decoder = msgspec.json.Decoder(_Line)
_encoder = msgspec.json.Encoder(order="deterministic")


def is_attachment(name: str) -> bool:
    """Whether an object's name is that of an attachment, or of the word that there is none."""
    return name.startswith(f"{FOLDER}/")


def is_missing(name: str) -> bool:
    """Whether the name is that of the word that an attachment could not be had."""
    return is_attachment(name) and name.rpartition(".")[2].startswith(_MISSING)


def record_of(name: str) -> str:
    """The object key of the record that an attachment belongs to."""
    return f"records/{name.removeprefix(f'{FOLDER}/').rpartition('.')[0]}"


def write(attachment: Attachment) -> bytes:
    """The object of an attachment."""
    line = _Line(
        record=attachment.record,
        field=attachment.field,
        at=attachment.at,
        mime=attachment.mime,
        missing=attachment.missing,
        sha256=attachment.sha256,
        size=len(attachment.content),
    )
    return _encoder.encode(line) + b"\n" + attachment.content


def read(name: str, content: bytes) -> Attachment:
    """Read an object and check everything that can be checked of it alone; raises Damaged."""
    head, newline, body = content.partition(b"\n")
    try:
        line = _decoder.decode(head)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Damaged(name, "its first line is not an attachment's") from None
    found = Attachment(line.record, line.field, line.at, body, line.mime, line.missing, line.sha256)
    if not newline or len(body) != line.size or found.object_key != name:
        raise Damaged(name, "it is no attachment in its place")
    if line.missing is None and content_hash(body) != line.sha256:
        raise Damaged(name, "its bytes do not have the hash that it names")
    return found
