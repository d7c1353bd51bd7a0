"""Carries out blows: to processes, brokers, the store, the platform and the connections between them."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from types import TracebackType
from typing import Self

import httpx

from agents.platforms.simulated import Action, Fault, FaultKind, SimulatedPlatform
from deploy.local.kafka import Kafka
from tests.chaos.clock import Clocks
from tests.chaos.installation import add
from tests.chaos.keeper import Keeper
from tests.chaos.plan import Blow, Harm
from tests.chaos.proxy import Proxy

_AT_WORK_S = 30.0
_JUMP_S = (30, 3 * 3600)
_ALL = resource.RLIM_INFINITY
_RETRIES = re.compile(r"^anslagsvakt_retries_total\{.*\} (\S+)$", re.MULTILINE)


class Striker:
    """What lasts is undone by timers, so that blows overlap; when the block ends, all is whole again."""

    def __init__(
        self,
        keeper: Keeper,
        brokers: Sequence[Kafka],
        platform: SimulatedPlatform,
        proxies: Sequence[Proxy] = (),
        *,
        seed: int,
        clocks: Clocks | None = None,
    ) -> None:
        self._clocks = clocks
        self._keeper = keeper
        self._brokers = brokers
        self._platform = platform
        self._proxies = proxies
        self._random = Random(seed)
        self._timers: list[threading.Timer] = []
        self.struck: Counter[str] = Counter()
        self.felt = 0.0
        self._harms = {
            Harm.KILL: self._kill,
            Harm.FREEZE: self._freeze,
            Harm.BROKER: self._kill_broker,
            Harm.BROKER_FREEZE: self._freeze_broker,
            Harm.FULL: self._fill,
            Harm.PLATFORM: self._trouble,
            Harm.STORM: self._storm,
            Harm.CUT: self._cut,
            Harm.SLOW: self._slow,
            Harm.CLOCK: self._jump,
        }

    def strike(self, blow: Blow) -> None:
        """Wait as the blow says, and do it."""
        if blow.at_work and blow.victim in self._keeper.pids():
            self._keeper.await_ready([blow.victim], _AT_WORK_S)
        time.sleep(blow.pause)
        self._harms[blow.harm](blow)
        self.struck[f"{blow.harm} {blow.victim}".strip()] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._mend()
        for proxy in self._proxies:
            proxy.delay = 0.0

    def _mend(self) -> None:
        for timer in self._timers:
            timer.join()
        self._timers.clear()
        for broker in self._brokers:
            if broker.pid is None:
                broker.start()
            broker.await_ready()

    def _after(self, seconds: float, do: object, *arguments: object) -> None:
        timer = threading.Timer(seconds, do, arguments)  # type: ignore[arg-type]  # whatever is to be done
        timer.start()
        self._timers.append(timer)

    def _kill(self, blow: Blow) -> None:
        self._keeper.kill(blow.victim)

    def _freeze(self, blow: Blow) -> None:
        """Stop it for so long that its group may give it up; it then wakes up and believes that nothing happened."""
        pid = self._keeper.pids().get(blow.victim)
        if pid is not None:
            _signal(pid, signal.SIGSTOP)
            self._after(blow.seconds, _signal, pid, signal.SIGCONT)

    def _kill_broker(self, blow: Blow) -> None:
        self._mend()  # one broker at a time: two of three are needed
        broker = self._brokers[int(blow.victim)]
        broker.kill()
        self._after(blow.seconds, broker.start)

    def _freeze_broker(self, blow: Blow) -> None:
        self._mend()
        pid = self._brokers[int(blow.victim)].pid
        if pid is not None:
            _signal(pid, signal.SIGSTOP)
            self._after(blow.seconds, _signal, pid, signal.SIGCONT)

    def _fill(self, blow: Blow) -> None:
        """No file may grow any more (RLIMIT_FSIZE, as a quota): what a full disk does, without root and a disk.

        Its log is a file too and stays silent meanwhile, so its own count of retries tells that it was felt.
        """
        pid = self._keeper.pids().get(blow.victim)
        if pid is not None:
            _limit_files(pid, 0)
            self._after(blow.seconds, self._empty, blow.victim, pid)

    def _empty(self, victim: str, pid: int) -> None:
        with contextlib.suppress(httpx.TransportError):
            page = httpx.get(self._keeper.metrics()[victim], timeout=5, trust_env=False).text
            self.felt += sum(map(float, _RETRIES.findall(page)))
        _limit_files(pid, _ALL)

    def _trouble(self, blow: Blow) -> None:
        kinds = (FaultKind.TOO_MANY, FaultKind.BROKEN, FaultKind.UNAVAILABLE, FaultKind.SLOW, FaultKind.CUT)
        actions = (Action.READ, Action.HIDE, Action.DELETE)
        random = self._random
        faults = [Fault(random.choice(kinds), random.choice(actions), seconds=blow.seconds / 2) for _ in range(6)]
        # A platform that lies too often of the same item is given up, rightly: so these are few.
        faults += [Fault(kind, random.choice(actions[1:])) for kind in (FaultKind.LIE, FaultKind.TIMEOUT_AFTER_SUCCESS)]
        self._platform.plan(faults)

    def _storm(self, blow: Blow) -> None:
        """One more worker joins its group and leaves it again, half started perhaps."""
        name = f"{blow.victim}-storm-{len(self._timers)}"
        add(self._keeper, name)
        self._after(blow.seconds, self._keeper.remove, name)

    def _cut(self, blow: Blow) -> None:
        del blow
        for proxy in self._proxies:
            proxy.cut()

    def _slow(self, blow: Blow) -> None:
        for proxy in self._proxies:
            proxy.delay = 0.2
            self._after(blow.seconds, setattr, proxy, "delay", 0.0)

    def _jump(self, blow: Blow) -> None:
        if self._clocks:
            self._clocks.jump(blow.victim, self._random.choice((-1, 1)) * self._random.randint(*_JUMP_S))
            self._after(blow.seconds, self._clocks.jump, blow.victim, 0)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _limit_files(pid: int, size: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
