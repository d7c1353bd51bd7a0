"""Takes into the log what a store holds that is not in it, as one older than its log does, and says on whose word."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Literal

import msgspec

from agents.retention import attachment, documents
from agents.retention.records import Journal, RecordStore
from agents.retention.store import Faulty

_BATCH = 1000
_encoder = msgspec.json.Encoder(order="deterministic")


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """Whose word stands for that these were in the store before anything could prove it; `objects` is how many."""

    anslagsvakt: Literal["adoption"] = "adoption"
    version: Literal[1] = 1
    by: str
    at: datetime
    why: str
    objects: int
    digest: str  # SHA-256 over their names and hashes, as the log has them, a line each


def adopt(
    store: RecordStore,
    journal: Journal,
    logged: frozenset[str],
    *,
    by: str,
    at: datetime,
    why: str,
    fault: Callable[[Faulty], None],
    progress: Callable[[int], None],
) -> int:
    """Log what is not `logged`, each read and checked first, and then a statement of it; how much there was.

    What is damaged is told as a `fault` and left out. Idempotent: what is in the log by then is not entered again.
    """
    count = 0
    digest = hashlib.sha256()
    found = (name for name in _names(store) if name not in logged)
    while batch := list(islice(found, _BATCH)):
        hashes = {name: sha256 for name in batch if (sha256 := _checked(store, name, fault))}
        journal.add(hashes, frozenset(hashes))
        digest.update("".join(f"{name} {sha256}\n" for name, sha256 in hashes.items()).encode())
        count += len(hashes)
        progress(count)
    if count:
        told = _encoder.encode(Adoption(by=by, at=at, why=why, objects=count, digest=digest.hexdigest())) + b"\n"
        store.certify(documents.name_of(documents.ADOPTIONS, told), told)
    return count


def _names(store: RecordStore) -> Iterator[str]:
    own = (store.documents(kind) for kind in documents.KINDS)
    return chain(store.object_keys(), store.attachment_keys(), *own)


def _checked(store: RecordStore, name: str, fault: Callable[[Faulty], None]) -> str | None:
    try:
        content = store.content(name)
        if name.startswith(("records/", f"{attachment.FOLDER}/")):
            store.check(name, content)
    except Faulty as found:
        fault(found)
        return None
    return hashlib.sha256(content).hexdigest()
