"""The key of the tokens that stand for values, authors and words: made at first need, readable by us alone."""

from __future__ import annotations

import secrets
from pathlib import Path

from agents.key_file import read_or_make
from pipeline.errors import BadConfiguration

_KEY_BYTES = 32


def token_key(path: Path) -> bytes:
    """The key of the value tokens; made (readable by us alone) if there is none yet.

    Raises:
        BadConfiguration: the file cannot be read or made, or is too short to keep a secret.
    """
    key = read_or_make(path, "token key", lambda: secrets.token_bytes(_KEY_BYTES))
    if len(key) < _KEY_BYTES:
        raise BadConfiguration(f"{path}: token key has {len(key)} bytes, it needs {_KEY_BYTES}: make a new one")
    return key
