"""How much memory each process takes, and whether that only ever grows."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from types import TracebackType
from typing import Self

import psutil

_EVERY_S = 1.0
_WARM_S = 30.0
_LEAST_S = 120.0
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Grown:
    """A process, how many seconds it lived, and its memory (MiB, medians) in the first and last third of that."""

    name: str
    pid: int
    seconds: float
    before: float
    after: float


@dataclass(slots=True)
class _Life:
    name: str
    samples: list[tuple[float, int]] = field(default_factory=list)


class Memory:
    """Samples the resident memory of processes (`pids` says by name which there are now) while the block lasts."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self._lives: dict[int, _Life] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory")

    def note(self, name: str, pid: int, at: float, size: int) -> None:
        """Note that a process has so many bytes at a moment (in seconds)."""
        self._lives.setdefault(pid, _Life(name)).samples.append((at, size))

    def most(self) -> dict[str, int]:
        """The most that each process ever took, in MiB."""
        found: dict[str, int] = defaultdict(int)
        for life in self._lives.values():
            found[life.name] = max(found[life.name], *(size // _MIB for _, size in life.samples))
        return dict(found)

    def grown(self) -> Iterator[Grown]:
        """What each process that lived two minutes or more had when it was warm, and in the end."""
        for pid, life in self._lives.items():
            start, end = life.samples[0][0], life.samples[-1][0]
            if end - start < _LEAST_S:
                continue
            warm = [size for at, size in life.samples if at >= start + _WARM_S]
            third = len(warm) // 3
            yield Grown(life.name, pid, end - start, median(warm[:third]) / _MIB, median(warm[-third:]) / _MIB)

    def growth(self, *, ratio: float = 1.25, extra: float = 24.0) -> Iterator[str]:
        """Those that ended with much more than they had when they were warm."""
        for each in self.grown():
            if each.after > each.before * ratio + extra:
                yield f"{each.name} (pid {each.pid}) grew from {each.before:.0f} to {each.after:.0f} MiB"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_S):
            for name, pid in self._pids().items():
                with contextlib.suppress(psutil.Error):
                    self.note(name, pid, time.monotonic(), int(psutil.Process(pid).memory_info().rss))
