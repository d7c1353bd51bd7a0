"""What a store holds of our own beside records: documents, each named by its kind and the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib

ACCESS = "access"
ADOPTIONS = "adoptions"
APPROVALS = "approvals"
DISPOSALS = "disposals"
OUTCOMES = "outcomes"
PROPOSALS = "proposals"
KINDS = (ACCESS, ADOPTIONS, APPROVALS, DISPOSALS, OUTCOMES, PROPOSALS)


def name_of(kind: str, content: bytes) -> str:
    """The name that a document stands under."""
    return f"{kind}/{hashlib.sha256(content).hexdigest()}"
