"""Tree heads: signed words of how many records the log holds and what their root is, each naming the one before.

What is signed is plain text, so that anyone can check it: see `signed_text`.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from agents.key_file import read_or_make
from pipeline.errors import BadConfiguration

FIRST = "0" * 64
"""What the first head names as the one before."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One signed head; `previous` is the SHA-256 of the line of the head before, `key` the public key (base64)."""

    size: int
    root: str
    at: str
    previous: str
    key: str
    signature: str = ""

    def line(self) -> bytes:
        """The head as a line of a file, without the line's end."""
        return _encoder.encode(self)

    def digest(self) -> str:
        """What the next head names it by."""
        return hashlib.sha256(self.line()).hexdigest()


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Head)


class Signer:
    """Signs heads with an Ed25519 key (RFC 8032)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def sign(self, size: int, root: bytes, at: datetime, previous: Head | None) -> Head:
        """The head that follows `previous`."""
        before = previous.digest() if previous else FIRST
        head = Head(size=size, root=root.hex(), at=at.isoformat(), previous=before, key=self.public)
        return msgspec.structs.replace(head, signature=b64encode(self._key.sign(signed_text(head))).decode())


def signed_text(head: Head) -> bytes:
    """The text that the signature is over."""
    return f"anslagsvakt tree head 1\n{head.size}\n{head.root}\n{head.at}\n{head.previous}\n".encode()


def is_signed(head: Head) -> bool:
    """Whether the head was signed with the key that it names; whose key that is, is another question."""
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(head.key)).verify(b64decode(head.signature), signed_text(head))
    except (InvalidSignature, ValueError):
        return False
    return True


def read_head(line: bytes) -> Head | None:
    """A head from its line, or None where the line is none."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def faults_of(heads: Iterable[Head | None], trusted: frozenset[str]) -> Iterator[str]:
    """Everything wrong with a chain of heads in itself; `trusted` are public keys known from elsewhere, if any are."""
    before: Head | None = None
    for number, head in enumerate(heads, 1):
        if head is None:
            yield f"head {number} cannot be read"
            continue
        if not is_signed(head):
            yield f"head {number} has a wrong signature"
        if trusted and head.key not in trusted:
            yield f"head {number} is signed with a key that is not trusted"
        if head.previous != (before.digest() if before else FIRST):
            yield f"head {number} does not follow the one before it"
        if before and (head.size < before.size or head.at < before.at):
            yield f"head {number} goes back, in size or in time"
        before = head


def signer(path: Path) -> Signer:
    """The signer with the key in a PEM file; a new key is made (readable by us alone) if there is no file.

    Raises:
        BadConfiguration: the file cannot be read or made, or holds no Ed25519 key.
    """
    pem = read_or_make(
        path,
        "log key",
        lambda: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadConfiguration(f"{path}: holds no Ed25519 key in PEM: name another file or remove this one")
    return Signer(key)
