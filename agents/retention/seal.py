"""How objects are closed to those without the key: each encrypted with a key of its own, kept apart from it.

A sealed object is a line of JSON, what may be known of it in clear, then the whole plain object under AES-256-GCM
with that line as associated data: neither can be changed or moved to another name without being found out. Destroying
the object's key disposes of the record, wherever copies of the object may be; the object still proves what was there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agents.retention.about import Told
from agents.retention.store import Damaged
from pipeline.errors import Stop

_NONCE_BYTES = 12


class Seal(Protocol):
    """Closes objects and opens them again."""

    def close(self, plain: Mapping[str, bytes], told: Mapping[str, Told]) -> dict[str, bytes]:
        """The objects as they are to be stored; `told` is what of each may be known in clear.

        Those that were disposed of are left out: their key is gone, and they are not to come back.
        """
        ...

    def open(self, name: str, content: bytes) -> bytes:
        """The plain object; raises `Damaged` or `Disposed`."""
        ...

    def destroy(self, names: Iterable[str], decision: str) -> int:
        """Destroy the keys of sealed objects for good; how many there were."""
        ...


class ObjectKeys(Protocol):
    """Keeps the key of every object."""

    def make(self, names: Iterable[str]) -> dict[str, bytes]:
        """A key for each name, safe on stable storage, the one it has if there is one; none where it was destroyed."""
        ...

    def destroy(self, names: Iterable[str], decision: str) -> int:
        """Destroy keys for good, on a decision; how many there were."""
        ...

    def get(self, name: str) -> bytes:
        """The key of an object; raises `Disposed` if it was destroyed, `Damaged` if there never was one."""
        ...


class Open:
    """No seal: objects are stored as they are, but what was sealed is not taken for plain."""

    def close(self, plain: Mapping[str, bytes], told: Mapping[str, Told]) -> dict[str, bytes]:
        """See `Seal`."""
        del told
        return dict(plain)

    def open(self, name: str, content: bytes) -> bytes:
        """See `Seal`."""
        if is_sealed(content):
            raise Damaged(name, "it is sealed and no key file is set (ANSLAGSVAKT_STORE_KEY_FILE)")
        return content

    def destroy(self, names: Iterable[str], decision: str) -> int:
        """See `Seal`; without keys at hand nothing sealed can be disposed of."""
        del decision
        if list(names):
            raise Stop("sealed records can only be disposed of where their keys are: set ANSLAGSVAKT_STORE_KEY_FILE")
        return 0


class _Clear(msgspec.Struct, frozen=True, kw_only=True):
    anslagsvakt: Literal["sealed"] = "sealed"
    version: Literal[1] = 1
    name: str
    nonce: bytes
    told: Told


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Clear)


class Sealed:
    """AES-256-GCM with a key for each object."""

    def __init__(self, keys: ObjectKeys) -> None:
        self._keys = keys

    def close(self, plain: Mapping[str, bytes], told: Mapping[str, Told]) -> dict[str, bytes]:
        """See `Seal`. Every closing has a new nonce, as a repeated one after a crash would give two texts away."""
        keys = self._keys.make(plain)
        return {name: _close(name, plain[name], key, told[name]) for name, key in keys.items()}

    def open(self, name: str, content: bytes) -> bytes:
        """See `Seal`; what was stored before sealing began is still read."""
        if not is_sealed(content):
            return content
        head, _, body = content.partition(b"\n")
        try:
            clear = _decoder.decode(head)
            if clear.name == name:
                return AESGCM(self._keys.get(name)).decrypt(clear.nonce, body, head)
        except (msgspec.DecodeError, InvalidTag, ValueError):
            pass
        raise Damaged(name, "its seal is broken: the bytes are not those that were sealed")

    def destroy(self, names: Iterable[str], decision: str) -> int:
        """See `Seal`."""
        return self._keys.destroy(names, decision)


def is_sealed(content: bytes) -> bool:
    """Whether an object is sealed, by how its first line begins."""
    return content.startswith(b'{"anslagsvakt":"sealed"')


def told_in_clear(name: str, content: bytes) -> Told:
    """What a sealed object says of itself without a key; unproved until it is opened. Raises `Damaged`."""
    try:
        return _decoder.decode(content.partition(b"\n")[0]).told
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Damaged(name, "its first line is not that of a sealed object") from None


def _close(name: str, content: bytes, key: bytes, told: Told) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    head = _encoder.encode(_Clear(name=name, nonce=nonce, told=told))
    return head + b"\n" + AESGCM(key).encrypt(nonce, content, head)
