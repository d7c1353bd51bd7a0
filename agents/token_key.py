"""The key of the tokens that stand for values, authors and words: made at first need, readable by us alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pipeline.errors import BadConfiguration

_KEY_BYTES = 32


def token_key(path: Path) -> bytes:
    """The key of the value tokens; made (readable by us alone) if there is none yet.

    Raises:
        BadConfiguration: the file cannot be read or made, or is too short to keep a secret.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = secrets.token_bytes(_KEY_BYTES)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
    except OSError as error:
        raise BadConfiguration(f"{path}: token key cannot be used ({error.strerror}): check the path") from None
    if len(key) < _KEY_BYTES:
        raise BadConfiguration(f"{path}: token key has {len(key)} bytes, it needs {_KEY_BYTES}: make a new one")
    return key
