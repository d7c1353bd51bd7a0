"""Tokens: a value, however it is spelled, has one keyed token, from which nobody can get the value back."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass, field

from pipeline.detect.finding import Entity

_LEAST_DIGITS = 6
_PERSON_NUMBERS = frozenset({Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER})


@dataclass(frozen=True, slots=True)
class Tokeniser:
    """Makes tokens (HMAC-SHA256, RFC 2104) with a secret key of at least 16 bytes."""

    key: bytes = field(repr=False)

    def token(self, kind: Entity, value: str) -> str:
        """The token of a value of this kind: 32 hexadecimal digits."""
        return hmac.digest(self.key, f"{kind}\n{_canonical(kind, value)}".encode(), "sha256").hex()[:32]


def _canonical(kind: Entity, value: str) -> str:
    folded = unicodedata.normalize("NFKC", value).casefold()
    digits = "".join(str(unicodedata.decimal(c)) for c in folded if c.isdecimal())
    if kind in _PERSON_NUMBERS and len(digits) >= 10:  # noqa: PLR2004 - ÅÅMMDDNNNK, with or without the century
        return digits[-10:]
    if len(digits) >= _LEAST_DIGITS:
        return digits
    return "".join(c for c in folded if c.isalnum())
