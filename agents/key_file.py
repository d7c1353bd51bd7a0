"""A file that holds a key: read, or made at first need, readable by us alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import BadConfiguration


def read_or_make(path: Path, what: str, make: Callable[[], bytes]) -> bytes:
    """What the file holds; if there is none, what `make` gives, written first. Of two that make it, one wins.

    Raises:
        BadConfiguration: the file cannot be read or made; the message names it as `what`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        content = make()
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError as error:
        raise BadConfiguration(f"{path}: {what} cannot be used ({error.strerror}): check the path") from None
    return content
