"""What is told of an item beside its records: those that were disposed of, and our own takedowns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agents.handout.history import Trace, Version
from agents.retention.index import RecordIndex
from agents.retention.records import RecordStore
from agents.retention.store import Missing
from agents.retention.wanted import Hit
from pipeline.errors import DeadLetter
from pipeline.mask import Piece
from pipeline.message import Outcome
from pipeline.record import content_hash
from topics import wire

DISPOSED = "disposed"
_US = "pipeline"


def of_disposed(hits: Iterable[Hit]) -> Iterator[Trace]:
    """Each record that is no more, with its certificate instead of what it said."""
    for hit in hits:
        if hit.disposed:
            certificate = (Piece(hit.disposed),)
            version = Version(
                hit.object_key,
                hit.object_key.rpartition("/")[2],
                hit.archived_at,
                hit.time,
                DISPOSED,
                {"/certificate": certificate},
                None,
            )
            yield Trace(
                hit.platform or "", hit.account or "", hit.kind or "", hit.item or "", hit.thread or "", version
            )


def of_takedowns(index: RecordIndex, store: RecordStore, items: Iterable[tuple[str, str]]) -> Iterator[Trace]:
    """What we did to these items (platform and id), as the outcomes in the store tell."""
    for name in index.outcomes(items):
        try:
            content = store.content(name)
            outcome = wire.decode_outcome(content)
        except (Missing, DeadLetter):
            continue  # for `verify` to name
        about = outcome.subject
        yield Trace(
            about.platform,
            about.account_id,
            about.object_kind,
            about.object_id,
            about.root_id,
            _version(name, content, outcome),
        )


def _version(name: str, content: bytes, outcome: Outcome) -> Version:
    why = "; ".join(f"{rule.id}: {rule.legal_basis}" for rule in outcome.rules)
    shown = {"/rules": (Piece(why),)} if why else {}
    return Version(
        name, content_hash(content), outcome.at, outcome.at, f"takedown-{outcome.result}", shown, content, (), _US
    )
