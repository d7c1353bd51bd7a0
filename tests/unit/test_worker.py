"""What ends a consumer process that no longer does anything."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from functools import partial
from types import SimpleNamespace
from typing import cast

import faust
import pytest
from prometheus_client import CollectorRegistry

from agents.health import Health
from agents.metrics import Metrics
from agents.screen.process import _watch

_LOOP = """
import time
from agents.worker import ended_if_stuck
def stands_still(seconds): time.sleep(seconds)
with ended_if_stuck(1) as alive:
    for seconds in {turns}:
        alive()
        stands_still(seconds)
print("well")
"""


@pytest.mark.parametrize(
    ("turns", "code", "said", "where"),
    [
        pytest.param([0.4] * 5, 0, "well\n", "", id="each turn in time"),
        pytest.param([0.1, 60], 1, "", "in stands_still", id="stuck"),
    ],
)
def test_a_loop_that_is_stuck_ends_the_process(turns: list[float], code: int, said: str, where: str) -> None:
    ran = _run(_LOOP.format(turns=turns))
    assert (ran.returncode, ran.stdout) == (code, said)
    assert where in ran.stderr


_DRAIN = """
import threading, time
from prometheus_client import CollectorRegistry
from agents import worker
from agents.consume import Role
from agents.health import Health
from agents.metrics import Metrics

def stands_still(): time.sleep({seconds})
stop = threading.Event()
stop.set()
role, meter, health = Role("takedown", "group"), Metrics(CollectorRegistry()), Health()
code = worker.run(
    role, [], None, client={{}}, meter=meter, health=health, stop=stop, drain=stands_still, stuck=1
)
print("well", code)
"""


@pytest.mark.parametrize(
    ("seconds", "code", "said", "where"),
    [pytest.param(0, 0, "well 0\n", "", id="in time"), pytest.param(60, 1, "", "in stands_still", id="stuck")],
)
def test_a_drain_that_is_stuck_ends_the_process(seconds: int, code: int, said: str, where: str) -> None:
    ran = _run(_DRAIN.format(seconds=seconds))
    assert (ran.returncode, ran.stdout) == (code, said)
    assert where in ran.stderr


def test_a_screen_that_waits_is_alive_and_one_in_a_turn_must_end_it() -> None:
    """Nobody has written anything for hours: that is no reason to end."""
    calls: list[float] = []
    no_broker = cast("faust.App", SimpleNamespace(consumer=None, consumer_generation_id=0, rebalancing=False))

    async def run() -> tuple[int, int]:
        busy = asyncio.Lock()
        alive = partial(calls.append, 0.0)
        watching = asyncio.ensure_future(_watch(no_broker, Health(), Metrics(CollectorRegistry()), busy, alive))
        await asyncio.sleep(0.6)
        await busy.acquire()
        waited = len(calls)
        await asyncio.sleep(0.6)
        watching.cancel()
        return waited, len(calls)

    waited, worked = asyncio.run(run())
    assert waited >= 2
    assert worked == waited


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=50)
