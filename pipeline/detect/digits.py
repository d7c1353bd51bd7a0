"""Which digits in a text belong together: groups of digits, and chains of groups held together by separators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_DIGITS = re.compile(r"[0-9]+")
_APART = re.compile(r"[^\W_]")
_COMMON_GAPS = frozenset({" ", "-", ".", ",", ", ", "/", ":"})
_FURTHEST = 5
DATE = 6  # digits, without a sign between, in a date of birth as it is mostly written
TIGHT, LOOSE, FAR = 3, 2, 1


class Chain(NamedTuple):
    """Groups of digits with nothing but a few signs (`seps`) between them.

    `spans` are the places of the groups, `size` the number of digits, `bonds` how tightly each separator binds.
    """

    spans: tuple[tuple[int, int], ...]
    groups: tuple[str, ...]
    seps: tuple[str, ...]
    size: int
    bonds: tuple[int, ...]

    def windows(self, sizes: frozenset[int], most: int) -> Iterator[Window]:
        """Every row of neighbouring groups that has one of the sizes, at most `most` groups long."""
        limit = max(sizes)
        lengths = tuple(map(len, self.groups))
        count = len(lengths)
        for first in range(count):
            total = 0
            for last in range(first, min(first + most, count)):
                total += lengths[last]
                if total > limit:
                    break
                if total in sizes:
                    yield Window(self, first, last + 1)


class Window(NamedTuple):
    """Some neighbouring groups of a chain, read as one number."""

    chain: Chain
    first: int
    after: int

    @property
    def digits(self) -> str:
        """The number without its separators."""
        return "".join(self.chain.groups[self.first : self.after])

    @property
    def layout(self) -> tuple[int, ...]:
        """How long each group is."""
        return tuple(map(len, self.chain.groups[self.first : self.after]))

    @property
    def seps(self) -> tuple[str, ...]:
        """What stands between the groups."""
        return self.chain.seps[self.first : self.after - 1]

    @property
    def start(self) -> int:
        """Where it begins in the reading."""
        return self.chain.spans[self.first][0]

    @property
    def end(self) -> int:
        """Where it ends in the reading."""
        return self.chain.spans[self.after - 1][1]

    @property
    def outer(self) -> int:
        """How tightly its closest outer neighbour is bound to it; 0 when there is none."""
        bonds = self.chain.bonds
        left = bonds[self.first - 1] if self.first else 0
        right = bonds[self.after - 1] if self.after <= len(bonds) else 0
        return max(left, right)

    @property
    def inner(self) -> int:
        """How tightly the loosest of its own separators binds."""
        return min(self.chain.bonds[self.first : self.after - 1], default=TIGHT + 1)


@lru_cache(maxsize=1024)
def strength(sep: str) -> int:
    """How tightly a separator binds: a sign alone, a sign or a space with spaces, anything more."""
    if len(sep) == 1 and not sep.isspace() and sep != ",":
        return TIGHT
    return LOOSE if sep.strip() in ("", "-", "+", "/", ".") and "\n" not in sep else FAR


def chains(text: str) -> tuple[Chain, ...]:
    """The chains of a text, from left to right."""
    spans = [match.span() for match in _DIGITS.finditer(text)]
    if not spans:
        return ()
    breaks = [0]
    for index, (left, right) in enumerate(pairwise(spans), 1):
        gap = text[left[1] : right[0]]
        if len(gap) > _FURTHEST or (gap not in _COMMON_GAPS and _APART.search(gap)):
            breaks.append(index)
    breaks.append(len(spans))
    return tuple(_chain(text, spans[first:after]) for first, after in pairwise(breaks))


def joints(found: tuple[Chain, ...]) -> frozenset[tuple[int, str, int]]:
    """How long two neighbouring groups are and what stands between them, for all of some chains."""
    every: set[tuple[int, str, int]] = set()
    for chain in found:
        if chain.seps:
            sizes = tuple(map(len, chain.groups))
            every.update(zip(sizes, chain.seps, sizes[1:], strict=False))
    return frozenset(every)


def _chain(text: str, spans: list[tuple[int, int]]) -> Chain:
    groups = tuple(text[start:end] for start, end in spans)
    seps = tuple(text[left[1] : right[0]] for left, right in pairwise(spans))
    return Chain(tuple(spans), groups, seps, sum(map(len, groups)), tuple(map(strength, seps)))
