"""Tokens: a value, however it is spelled, has one keyed token, from which nobody can get the value back."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from pipeline.canonical import canonical
from pipeline.detect.finding import Entity


@dataclass(frozen=True, slots=True)
class Tokeniser:
    """Makes tokens (HMAC-SHA256, RFC 2104) with a secret key of at least 16 bytes."""

    key: bytes = field(repr=False)

    def token(self, kind: Entity, value: str) -> str:
        """The token of a value of this kind: 32 hexadecimal digits."""
        return hmac.digest(self.key, f"{kind}\n{canonical(kind, value)}".encode(), "sha256").hex()[:32]
