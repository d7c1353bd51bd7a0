"""Disposal (gallring): proposed by one person, approved by another, executed on what is still due, and certified.

The certificate is stored and logged before anything goes, so that nothing is ever missing without one; executing the
same proposal again finishes what a crash left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

import msgspec

from agents.retention import documents
from agents.retention.holds import Hold
from agents.retention.wanted import Hit
from pipeline.errors import Stop
from pipeline.retention import Schedule

FOLDER = documents.DISPOSALS


class Due(msgspec.Struct, frozen=True):
    """One record that may go, and why."""

    object_key: str
    archived_on: date
    of_class: str
    legal_basis: str
    decision: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What one person proposes; another approves it by its digest: see `approval`."""

    made_at: datetime
    made_by: str
    due: tuple[Due, ...]

    def encoded(self) -> bytes:
        """The proposal as it is filed."""
        return _encoder.encode(self)

    def digest(self) -> str:
        """What an approval is bound to."""
        return hashlib.sha256(self.encoded()).hexdigest()


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """Gallringsbevis: what was disposed of, on what, by whom. It names records by hash and holds nothing of them."""

    anslagsvakt: Literal["disposal"] = "disposal"
    version: Literal[1] = 1
    proposal: str
    made_by: str
    approved_by: str
    executed_by: str
    executed_at: datetime
    records: tuple[Due, ...]


class Disposing(Protocol):
    """What execution asks of a store."""

    def may_dispose(self, names: Sequence[str]) -> None:
        """Raise Stop if records like these cannot be destroyed here, before anything is certified."""
        ...

    def certify(self, name: str, content: bytes) -> None:
        """Store and log a certificate; returns when both are safe. Idempotent."""
        ...

    def dispose(self, names: Sequence[str], decision: str) -> int:
        """Destroy the records and their addenda for good; how many there were to destroy. Idempotent."""
        ...


_encoder = msgspec.json.Encoder(order="deterministic")
DepartmentOf = Callable[[str | None, str | None], str]
"""The department of an account on a platform."""


def due(
    hits: Iterable[Hit], schedule: Schedule, department_of: DepartmentOf, holds: Sequence[Hold], today: date
) -> Iterator[Due]:
    """The records whose time has run out and that no hold covers. What cannot be read is of no class, so it is kept."""
    for hit in hits:
        if hit.account is None or hit.kind is None or any(hold.covers(hit) for hold in holds):
            continue
        of = schedule.class_of(department_of(hit.platform, hit.account), hit.account, hit.kind)
        archived_on = hit.archived_at.date()
        expires = of.expires(archived_on)
        if expires is not None and expires <= today:
            yield Due(hit.object_key, archived_on, of.name, of.legal_basis, of.decision)


def execute(
    proposal: Proposal, still_due: Iterable[Due], store: Disposing, *, approved_by: str, who: str, at: datetime
) -> tuple[Certificate, int]:
    """Certify and destroy what was approved (`approval.approved` says by whom) and is still due.

    Raises:
        Stop: nothing of the proposal is due any more.
    """
    now_due = set(still_due)
    going = tuple(each for each in proposal.due if each in now_due)
    if not going:
        raise Stop("nothing of the proposal is due any more: a hold, or a change of plan, keeps it")
    store.may_dispose([each.object_key for each in going])
    certificate = Certificate(
        proposal=proposal.digest(),
        made_by=proposal.made_by,
        approved_by=approved_by,
        executed_by=who,
        executed_at=at,
        records=going,
    )
    content = _encoder.encode(certificate) + b"\n"
    store.certify(documents.name_of(FOLDER, content), content)
    return certificate, store.dispose([each.object_key for each in going], certificate.proposal)


def certified(content: bytes) -> tuple[Due, ...]:
    """The records that a certificate names; none where the bytes are no certificate."""
    try:
        return msgspec.json.decode(content, type=Certificate).records
    except msgspec.DecodeError:
        return ()


def disposed_of(content: bytes) -> frozenset[str]:
    """The keys of the records that a certificate names."""
    return frozenset(each.object_key for each in certified(content))
