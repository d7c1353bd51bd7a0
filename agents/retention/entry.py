"""How an entry of the log looks: a line of fixed width, an object's name and the SHA-256 of its bytes as stored."""

from __future__ import annotations

from typing import BinaryIO

from pipeline import merkle

_NAME_WIDTH = 96
WIDTH = _NAME_WIDTH + 64 + 1


def line(name: str, sha256: str) -> bytes:
    """The line of an entry; names are ASCII."""
    return f"{name:<{_NAME_WIDTH}}{sha256}\n".encode()


def leaf(name: str, sha256: str) -> bytes:
    """The hash of an entry; the padding of its line is not part of it."""
    return merkle.leaf_hash(f"{name} {sha256}".encode())


def at(file: BinaryIO, number: int) -> tuple[str, str] | None:
    """The entry of this number; None where there is no whole line."""
    file.seek(number * WIDTH)
    return read(file)


def read(file: BinaryIO) -> tuple[str, str] | None:
    """The next entry; None where there is no whole line."""
    found = file.read(WIDTH)
    if len(found) < WIDTH:
        return None
    text = found.decode("ascii", "replace")
    return text[:_NAME_WIDTH].rstrip(), text[_NAME_WIDTH:-1]
