"""The key that closes the keys: kept in a file here, or in a key service (KMS) behind the same port.

The file has a line for each key, `NAME BASE64`, the newest last; `#` begins a comment. Older keys open what they once
closed, until everything is closed anew and their lines are removed.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from datetime import date
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.errors import BadConfiguration

_KEY_BYTES = 32
_NONCE_BYTES = 12


class WrongKey(BadConfiguration):
    """A key does not open what it is said to have closed: it is another key, or what was closed is not what it was."""


class Wrapper(Protocol):
    """Closes the keys of objects; a key service fits."""

    @property
    def current(self) -> str:
        """The name of the key that closes from now on."""
        ...

    def wrap(self, key: bytes, name: str) -> bytes:
        """Close a key for the object of this name with the current key."""
        ...

    def unwrap(self, wrapped: bytes, name: str, by: str) -> bytes:
        """Open it again; raises BadConfiguration when the key `by` is not at hand or does not fit."""
        ...


class KeyFile:
    """Keys from a file; AES-256-GCM with the object's name as associated data, so that no key serves another object."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = _read(path)

    @property
    def current(self) -> str:
        """See `Wrapper`."""
        return next(reversed(self._keys))

    def wrap(self, key: bytes, name: str) -> bytes:
        """See `Wrapper`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._keys[self.current]).encrypt(nonce, key, name.encode())

    def unwrap(self, wrapped: bytes, name: str, by: str) -> bytes:
        """See `Wrapper`."""
        if by not in self._keys:
            raise BadConfiguration(f"{self._path}: key {by!r} is missing and still closes records: put it back")
        try:
            cipher = AESGCM(self._keys[by])
            return cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], name.encode())
        except InvalidTag:
            raise WrongKey(f"{self._path}: key {by!r} is not the one that closed {name}: restore it") from None


def add_key(path: Path, today: date) -> str:
    """Append a new key to the file, making the file (for us alone) if there is none; returns the key's name."""
    known = _read(path) if path.exists() else {}
    name = next(each for n in range(1, 10_000) if (each := f"{today.isoformat()}-{n}") not in known)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(f"{name} {base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}\n".encode())
        file.flush()
        os.fsync(handle)
    return name


def _read(path: Path) -> dict[str, bytes]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadConfiguration(f"{path}: the key file cannot be read: check the path and its rights") from None
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        name, _, encoded = line.partition("#")[0].strip().partition(" ")
        if not name:
            continue
        try:
            keys[name] = base64.b64decode(encoded.strip(), validate=True)
        except binascii.Error:
            keys[name] = b""
        if len(keys[name]) != _KEY_BYTES:
            raise BadConfiguration(f"{path}:{number}: key {name!r} is not {_KEY_BYTES} bytes in base64: mend the line")
    if not keys:
        raise BadConfiguration(f"{path}: holds no key: make one with `anslagsvakt records new-key`")
    return keys
