"""The proof that nothing was taken out or changed: a Merkle tree as in RFC 9162 (and 6962), section 2.1.

A tree of n leaves is kept as its complete subtrees: `node(level, index)` is the hash over leaves
`index << level` up to `(index + 1) << level`. They never change once they are there, so they can be appended to a file:
`position` says where each stands when they are written in the order in which they are completed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Node = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf; its prefix keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def computed(leaf: Callable[[int], bytes]) -> Node:
    """The complete subtrees of these leaves, none of them kept."""

    def node(level: int, index: int) -> bytes:
        tree = Growing()
        for number in range(index << level, (index + 1) << level):
            tree.add(leaf(number))
        return tree.root()

    return node


def nodes_of(size: int) -> int:
    """How many complete subtrees a tree of so many leaves has, the leaves among them."""
    return 2 * size - size.bit_count()


def position(level: int, index: int) -> int:
    """Where a complete subtree stands when they are written in the order of completion."""
    last = ((index + 1) << level) - 1
    return nodes_of(last) + level


def root(size: int, node: Node) -> bytes:
    """The root over the first `size` leaves."""
    return _range(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The path that leads from a leaf to the root of a tree of `size` leaves (RFC 9162, 2.1.3.1)."""
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high, node))
            high = middle
        else:
            path.append(_range(low, middle, node))
            low = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """What shows that the tree of `old` leaves is the beginning of that of `new` (RFC 9162, 2.1.4.1)."""
    proof: list[bytes] = []
    low, high, whole = 0, new, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(_range(middle, high, node))
            high = middle
        else:
            proof.append(_range(low, middle, node))
            low, whole = middle, False
    return ([] if whole or old == 0 else [_range(low, high, node)]) + proof[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether the path leads from the leaf to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the older tree is the beginning of the newer (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new:
        return old == 0 and not proof and old_root == EMPTY
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found_old = found_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found_new = node_hash(found_new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and (found_old, found_new) == (old_root, new_root)


class Growing:
    """A tree that only grows, and remembers no more than its root takes: a hash for each bit of its size."""

    def __init__(self, size: int = 0, node: Node | None = None) -> None:
        """Begin with the tree of `size` leaves whose complete subtrees `node` tells, or with an empty one."""
        self.size = size
        self._edge: list[bytes] = []
        if node is None:
            return
        for level in range(size.bit_length()):
            if size >> level & 1:
                self._edge.insert(0, node(level, (size >> level) - 1))

    def add(self, leaf: bytes) -> list[bytes]:
        """Add a leaf; the subtrees that it completed, in the order to write them."""
        made = [leaf]
        size = self.size
        while size & 1:
            made.append(node_hash(self._edge.pop(), made[-1]))
            size >>= 1
        self._edge.append(made[-1])
        self.size += 1
        return made

    def root(self) -> bytes:
        """The root over what was added so far."""
        found = self._edge[-1] if self._edge else EMPTY
        for left in self._edge[-2::-1]:
            found = node_hash(left, found)
        return found


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _range(low: int, high: int, node: Node) -> bytes:
    size = high - low
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, low >> level)
    middle = low + _split(size)
    return node_hash(_range(low, middle, node), _range(middle, high, node))
