"""Who proposed a disposal and who approved it: documents in the store and its log, not words in a file passed on.

A proposal stands there as it was made, under its own hash; an approval names that hash. Whoever may only edit the file
can neither change what was approved nor who did so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from agents.retention import documents
from agents.retention.disposal import Proposal
from agents.retention.store import Missing
from pipeline.errors import Stop


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """One person's word that a proposal, by its digest, may be executed."""

    anslagsvakt: Literal["approval"] = "approval"
    version: Literal[1] = 1
    proposal: str
    by: str
    at: datetime


class Filing(Protocol):
    """What is asked of a store; `RecordStore` fits."""

    def certify(self, name: str, content: bytes) -> None:
        """Store and log a document; returns when both are safe. Idempotent."""
        ...

    def content(self, object_key: str) -> bytes:
        """The bytes of an object; raises `Missing`."""
        ...

    def documents(self, folder: str) -> Iterator[str]:
        """The names of all documents of a kind."""
        ...


_encoder = msgspec.json.Encoder(order="deterministic")


def propose(store: Filing, proposal: Proposal) -> None:
    """File a proposal."""
    store.certify(f"{documents.PROPOSALS}/{proposal.digest()}", proposal.encoded())


def approve(store: Filing, logged: Mapping[str, str] | None, proposal: Proposal, by: str, at: datetime) -> None:
    """File an approval.

    Raises:
        Stop: the proposal was not filed as it stands, or by the person who approves it, as two are needed.
    """
    _filed(store, logged, proposal)
    if by == proposal.made_by:
        raise Stop(f"{by} made this proposal: another person must approve it")
    content = _encoder.encode(Approval(proposal=proposal.digest(), by=by, at=at)) + b"\n"
    store.certify(documents.name_of(documents.APPROVALS, content), content)


def approved(store: Filing, logged: Mapping[str, str] | None, proposal: Proposal) -> str:
    """Who approved a proposal first; `logged` maps names to hashes in the log, None for a store that has no log.

    Raises:
        Stop: nobody has, or the proposal is not what was filed.
    """
    _filed(store, logged, proposal)
    found = []
    for name in store.documents(documents.APPROVALS):
        content = store.content(name)
        try:
            approval = msgspec.json.decode(content, type=Approval)
        except msgspec.DecodeError:
            continue
        if (approval.proposal, approval.by == proposal.made_by) == (proposal.digest(), False) and _stands(
            logged, name, content
        ):
            found.append((approval.at, approval.by))
    if not found:
        raise Stop("the proposal is not approved by a second person: see `records dispose approve`")
    return min(found)[1]


def _filed(store: Filing, logged: Mapping[str, str] | None, proposal: Proposal) -> None:
    name = f"{documents.PROPOSALS}/{proposal.digest()}"
    try:
        content = store.content(name)
    except Missing:
        content = b""
    if content != proposal.encoded() or not _stands(logged, name, content):
        raise Stop("this is no proposal as it was made here, or it was changed since: propose anew")


def _stands(logged: Mapping[str, str] | None, name: str, content: bytes) -> bool:
    return logged is None or logged.get(name) == hashlib.sha256(content).hexdigest()
