"""Which jars make up the embedded Apache Kafka, and what must each of them hash to?

`jars.lock` has a line for each jar: its Maven coordinate and its SHA-256. It names no address: where a jar comes from
does not matter, only what it is. `python -m deploy.local.relock` writes it anew for another version.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from deploy.local.errors import BrokerUnavailable


@dataclass(frozen=True, slots=True)
class LockedJar:
    """A jar by its Maven coordinate (`group:artifact:version`) and the SHA-256 it must have, in hex."""

    coordinate: str
    sha256: str

    @property
    def artifact(self) -> str:
        """The middle part of the coordinate."""
        return self.coordinate.split(":")[1]

    @property
    def version(self) -> str:
        """The last part of the coordinate."""
        return self.coordinate.split(":")[2]


def committed_lock() -> tuple[LockedJar, ...]:
    """The lock of this release."""
    return parse_lock(files("deploy.local").joinpath("jars.lock").read_text(encoding="utf-8"))


def parse_lock(text: str) -> tuple[LockedJar, ...]:
    """Read a lock; a line that is not a coordinate and a SHA-256 is refused, as it would lock nothing."""
    return tuple(
        _parse_line(number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line and not line.startswith("#")
    )


def _parse_line(number: int, line: str) -> LockedJar:
    coordinate, _, digest = line.partition(" ")
    if coordinate.count(":") != 2 or len(digest) != 64 or set(digest) - set("0123456789abcdef"):  # noqa: PLR2004  the shape of a coordinate and of a SHA-256
        raise BrokerUnavailable(f"jars.lock line {number}: expected 'group:artifact:version sha256'")
    return LockedJar(coordinate, digest)


def kafka_version(lock: tuple[LockedJar, ...]) -> str:
    """The version of Apache Kafka that a lock holds."""
    return next(jar.version for jar in lock if jar.artifact.startswith("kafka_"))


def is_locked(path: Path, jar: LockedJar) -> bool:
    """Whether the file is there and is, byte for byte, the one the lock names."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except FileNotFoundError:
        return False
