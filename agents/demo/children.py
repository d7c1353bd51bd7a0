"""The processes that a demo runs, each with a log file of its own, none of which may outlive it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

import agents
from deploy.local.process import KeptProcess
from pipeline.errors import Stop

_GRACE_S = 15.0
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Child:
    """A running process of the demo; `ready` is the address that answers 200 when it can work."""

    name: str
    process: KeptProcess
    ready: str
    log: Path


class Children:
    """Starts processes and ends them all when the block ends, however it ends."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._children: list[Child] = []

    def start(self, name: str, arguments: Sequence[str], ready: str, **environment: str) -> None:
        """Start `python arguments` with our environment and these variables on top; it is not waited for."""
        log = self._logs / f"{name}.log"
        process = KeptProcess([sys.executable, *arguments], log, self._environment | environment)
        self._children.append(Child(name, process, ready, log))

    def await_ready(self, timeout: float) -> None:
        """Wait until each answers that it is ready; raises Stop if one ends first or the time is up."""
        deadline = time.monotonic() + timeout
        with httpx.Client(timeout=2, trust_env=False) as client:
            for child in self._children:
                while not _answers(client, child.ready):
                    self.check()
                    if time.monotonic() > deadline:
                        raise Stop(f"{child.name} was not ready within {timeout:.0f} s: see {child.log}")
                    time.sleep(_PAUSE_S)

    def check(self) -> None:
        """Raise Stop if a process has ended that should run."""
        for child in self._children:
            if child.process.exit_code is not None:
                raise Stop(f"{child.name} ended with exit code {child.process.exit_code}: see {child.log}")

    def stop(self) -> dict[str, int | None]:
        """SIGTERM to all, SIGKILL to those that do not end in time; returns the exit codes. Idempotent."""
        if not self._children:
            return {}
        with ThreadPoolExecutor(len(self._children)) as pool:
            list(pool.map(lambda child: child.process.stop(_GRACE_S), self._children))
        return {child.name: child.process.exit_code for child in self._children}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """What the processes get of our environment: all but settings meant for a real installation; and our own code."""
    ours = {name: value for name, value in environment.items() if not name.startswith("ANSLAGSVAKT_")}
    code = str(Path(agents.__file__).resolve().parents[1])
    return ours | {"PYTHONPATH": os.pathsep.join(filter(None, (code, environment.get("PYTHONPATH"))))}


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.TransportError:
        return False
