"""Where bytes are kept under a name, once and for all: what a store needs of a disk or a cloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from agents.retention.bucket import Guard
from agents.retention.store import Faulty


class Objects(Protocol):
    """Write-once storage. Every method raises RetryLater (full, away) or Stop (may not be used)."""

    def add(self, objects: Mapping[str, bytes], guards: Mapping[str, Guard] = {}) -> frozenset[str]:
        """Return when all of them are on stable storage; the names that were not there before.

        What has a name already is never overwritten, nor compared. Storage that can guard objects guards each as it is
        told, and one that has no guard as usual.
        """
        ...

    @property
    def confirms(self) -> bool:
        """Whether the storage, when it adds an object, vouches by a hash for the bytes that it has stored."""
        ...

    def hold(self, names: Iterable[str], *, on: bool) -> int:
        """Place or lift the storage's own legal hold; on how many. Storage that knows none does nothing."""
        ...

    def get(self, name: str) -> bytes:
        """The bytes under a name; raises `Missing`."""
        ...

    def get_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """The bytes under each name; raises `Missing`."""
        ...

    def names(self, folder: str) -> Iterator[str]:
        """Every name below a folder (`records`), in lexical order, also such as are none of ours."""
        ...

    def remove(self, names: Iterable[str]) -> int:
        """Remove for good, on a lawful disposal; how many there were. Raises Stop where the storage cannot."""
        ...

    def clear(self, names: Iterable[str]) -> int:
        """Remove what nobody can read any more, as far as the storage's lock allows; how many went. Idempotent."""
        ...

    def faults(self, folder: str) -> Iterator[Faulty]:
        """What the storage itself knows to be wrong below a folder, such as deletions that it did not carry out."""
        ...
