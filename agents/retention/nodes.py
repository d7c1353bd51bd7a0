"""The file of the log's Merkle tree: what was computed once, so that a proof or the next root reads a few hashes alone.

It is made from the entries and made anew from them where it is away or wrong. `verify` computes every hash itself, and
names a file that tells others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pipeline import merkle

_HASH = 32


def node(file: BinaryIO) -> merkle.Node:
    """The hashes in the file; none at all where it ends before."""

    def at(level: int, index: int) -> bytes:
        file.seek(merkle.position(level, index) * _HASH)
        return file.read(_HASH)

    return at


def tree(file: BinaryIO, size: int, root: str, leaves: Callable[[], Iterator[bytes]]) -> merkle.Growing | None:
    """The tree of so many leaves with this root, to go on from; None if that is not what the `leaves` give.

    What a crash left after it is cut off. A file that leads to another root is written anew.
    """
    found = merkle.Growing(size, node(file))
    if found.root().hex() == root:
        file.truncate(merkle.nodes_of(size) * _HASH)
        return found
    found = merkle.Growing()
    for leaf in leaves():
        found.add(leaf)
    if found.root().hex() != root:
        return None
    file.truncate(0)
    again = merkle.Growing()
    for leaf in leaves():
        file.write(b"".join(again.add(leaf)))
    file.flush()
    os.fsync(file.fileno())
    return found
