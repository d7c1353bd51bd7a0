"""Which bucket of S3 holds the records, and how they are locked there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class LockMode(StrEnum):
    """How S3 guards an object: governance yields to those with the right of bypass, compliance to nobody."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


@dataclass(frozen=True, slots=True)
class Lock:
    """How new objects are locked, and for how long."""

    mode: LockMode
    period: timedelta


@dataclass(frozen=True, slots=True)
class Guard:
    """How one object is guarded: locked or not, and whether a legal hold keeps it whatever its lock."""

    lock: Lock | None
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """Which bucket, and where; `endpoint` None is Amazon's own."""

    name: str
    endpoint: str | None = None
    region: str | None = None
