"""Keeps processes running: each is started again as soon as it has ended, as a service manager would."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from deploy.local.process import KeptProcess

_LOOK_S = 0.05
_PAUSE_S = 0.5
_DRAIN_S = 60.0


@dataclass(slots=True)
class _Kept:
    arguments: Sequence[str]
    ready: str
    environment: Mapping[str, str]
    process: KeptProcess | None = None
    again_at: float = 0.0
    exit_codes: list[int | None] = field(default_factory=list)


class Keeper:
    """Runs `python arguments` under a name; `kill`, `stop` and the block's end may come from one thread only."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._environment = dict(environment)
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper")

    def add(self, name: str, arguments: Sequence[str], ready: str, **environment: str) -> None:
        """Keep one more process, from now on; `ready` is the address that answers 200 when it can work."""
        with self._lock:
            self._kept[name] = _Kept(arguments, ready, self._environment | environment)

    def kill(self, name: str) -> None:
        """SIGKILL, as soon as it runs; it is started again at once."""
        while not (process := self._running().get(name)):
            time.sleep(_LOOK_S)
        process.kill()

    def await_ready(self, names: Iterable[str], seconds: float) -> bool:
        """Wait until these can work; says whether they could within that time."""
        until = time.monotonic() + seconds
        with httpx.Client(timeout=2, trust_env=False) as client:
            for name in names:
                while not _answers(client, self._kept[name].ready):
                    if time.monotonic() > until:
                        return False
                    time.sleep(_LOOK_S)
        return True

    def remove(self, name: str) -> int | None:
        """SIGTERM, and do not start it again; returns the exit code, None if it was not running just then."""
        with self._lock:
            kept = self._kept.pop(name)
        if kept.process is None:
            return None
        kept.process.stop(_DRAIN_S)
        return kept.process.exit_code

    def metrics(self) -> dict[str, str]:
        """Where each shows its metrics."""
        with self._lock:
            return {name: kept.ready.replace("/readyz", "/metrics") for name, kept in self._kept.items()}

    def pids(self) -> dict[str, int]:
        """The process ids of those that run now."""
        return {name: process.pid for name, process in self._running().items()}

    def ends(self) -> dict[str, Counter[int | None]]:
        """How often each has ended with which exit code, of those that were started again."""
        with self._lock:
            return {name: Counter(kept.exit_codes) for name, kept in self._kept.items()}

    def stop(self) -> dict[str, int | None]:
        """SIGTERM to all at once, and keep nothing any more; returns the exit codes."""
        self._over.set()
        self._thread.join()
        running = {name: kept.process for name, kept in self._kept.items() if kept.process}
        if running:
            with ThreadPoolExecutor(len(running)) as pool:
                list(pool.map(lambda process: process.stop(_DRAIN_S), running.values()))
        return {name: process.exit_code for name, process in running.items()}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if not self._over.is_set():
            self._over.set()
            self._thread.join()
        for kept in self._kept.values():
            if kept.process:
                kept.process.kill()

    def _running(self) -> dict[str, KeptProcess]:
        with self._lock:
            found = {name: kept.process for name, kept in self._kept.items()}
        return {name: process for name, process in found.items() if process and process.exit_code is None}

    def _keep(self) -> None:
        while not self._over.wait(_LOOK_S):
            with self._lock:
                for name, kept in self._kept.items():
                    self._look_after(name, kept)

    def _look_after(self, name: str, kept: _Kept) -> None:
        now = time.monotonic()
        if kept.process is not None:
            if kept.process.exit_code is None:
                return
            kept.exit_codes.append(kept.process.exit_code)
            kept.process, kept.again_at = None, now + _PAUSE_S
        if now >= kept.again_at:
            log = self._logs / f"{name}.log"
            kept.process = KeptProcess([sys.executable, *kept.arguments], log, kept.environment)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.TransportError:
        return False
