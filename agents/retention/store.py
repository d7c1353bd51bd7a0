"""What every retention store promises, and what is given to it and got back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pipeline.record import Coordinates, content_hash, object_key


@dataclass(frozen=True, slots=True)
class Raw:
    """One raw event as it came: where it stood, when (milliseconds), its bytes (out of `repr`) and their hash."""

    at: Coordinates
    timestamp: int
    key: bytes | None = field(repr=False)
    value: bytes | None = field(repr=False)
    headers: tuple[tuple[str, bytes], ...] = field(repr=False, default=())
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", content_hash(self.value))

    @property
    def object_key(self) -> str:
        """Where the record stands."""
        return object_key(self.sha256)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """The store's word that the record can be read back; `new` is false when these bytes were here already."""

    object_key: str
    sha256: str
    size: int
    new: bool


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record as read back from a store."""

    object_key: str
    sha256: str
    raw: Raw
    archived_at: datetime


class Store(Protocol):
    """Keeps records under their content hash, once each, never changed."""

    def put_many(self, records: Sequence[Raw]) -> tuple[StoredRecord, ...]:
        """Return, in order, when every record is on stable storage and can be read back.

        Idempotent: bytes that are here already get the same answer. Bytes that come again with another Kafka key or
        other headers get an addendum beside the record, so that nothing is lost.

        Raises:
            RetryLater: the storage is full or away; records of the batch may have been kept, none is promised.
            Stop: the storage holds something else where one of the records belongs, or cannot be written to.
        """
        ...

    def keep_documents(self, named: Mapping[str, bytes]) -> None:
        """Return when these documents of our own are stored and logged. Idempotent; raises as `put_many`."""
        ...

    def read(self, object_key: str) -> KeptRecord:
        """Read a record back and check it against its hash; raises `Damaged` or `Missing`."""
        ...

    def object_keys(self) -> Iterator[str]:
        """Every object's key in lexical order, addenda included."""
        ...


class Faulty(Exception):
    """Something is wrong with one object in the store; names the key and the fault, no content."""

    def __init__(self, object_key: str, fault: str) -> None:
        super().__init__(f"{object_key}: {fault}")
        self.object_key = object_key
        self.fault = fault


class Missing(Faulty):
    """There is no such record."""


class Damaged(Faulty):
    """The object is not what was stored."""


class Disposed(Faulty):
    """The record was disposed of: its key was destroyed, and what it said with it."""
