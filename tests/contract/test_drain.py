"""A process that is told to stop waits for its calls, but not for a platform that never ends its answer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from agents.platforms.http import SimulatorPlatform
from agents.platforms.simulated import Fault, FaultKind, Item
from agents.platforms.simulator import SimulatorServer, running
from pipeline.message import EndState, Result
from tests.orders import a_subject, an_order
from tests.takedown_world import World

PATIENT = httpx.Timeout(60.0)


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    with running() as server:
        subject = a_subject("1")
        server.platform.seed(Item(subject.object_id, subject.account_id))
        yield server


@pytest.mark.parametrize(
    ("pause", "seconds"),
    [pytest.param(0.001, 30, id="in time"), pytest.param(1, 0.3, id="too late, and read back by the next")],
)
def test_what_trickles_is_left_to_the_next_process(
    server: SimulatorServer, tmp_path: Path, pause: float, seconds: float
) -> None:
    server.platform.plan([Fault(FaultKind.TRICKLE, seconds=pause)])
    with closing(SimulatorPlatform(server.url, server.token, timeout=PATIENT)) as adapter:
        world = World(tmp_path / "journal.sqlite", adapter)
        world.tell(an_order(wanted=EndState.HIDDEN, deadline=10_000))
        world.takedown.tick(world.now())
        began = time.monotonic()
        world.stop(seconds)
        assert time.monotonic() - began < 10
        assert world.metrics.calls.total() == (1 if pause < 1 else 0), "what has not come back is not noted as done"
        world.settle(20)
        assert world.outcomes() == {"order": [(Result.HIDDEN, True)]}
        world.close()
    assert [call.action for call in server.platform.calls] == ["hide", "read"]
    assert len(server.platform.journal) == 1


_HANGS = """
import time
from datetime import UTC, datetime
from agents.takedown.calls import Calls, Planned
from pipeline.platform import Action
from tests.orders import an_order

class Hangs:
    def perform(self, action, subject):
        time.sleep(600)

calls = Calls({"facebook": Hangs()}, lambda: datetime.now(UTC))
calls.make(Planned(1, an_order(), Action.HIDE))
print(calls.drain(0.1))
"""


def test_a_call_that_never_comes_back_keeps_no_process() -> None:
    ran = subprocess.run([sys.executable, "-c", _HANGS], capture_output=True, text=True, check=False, timeout=30)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "1\n", "")
