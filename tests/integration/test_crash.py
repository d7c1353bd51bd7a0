"""SIGKILL of every process, several times, and of the broker: nothing is lost, nothing is done twice (invariant 2)."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from agents.demo.load import events
from tests.chaos.brokers import Kafkas
from tests.chaos.plan import Harm, Wanted, blows
from tests.chaos.run import PROCESSES, run
from tests.integration.conftest import FreshBroker

EVENTS = 20_000
PER_SECOND = 333
SEED = int(os.environ.get("SEED", "20261123"))
KILLS = 3
BLOWS = (*(Wanted(Harm.KILL, (name,), KILLS) for name in PROCESSES), Wanted(Harm.BROKER, ("0",), 2))


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_is_killed_every_event_is_kept_once_and_every_order_done_once(
    fresh_broker: FreshBroker, tmp_path: Path
) -> None:
    """Two workers, an archive and a takedown process, each killed several times, and the only broker twice."""
    broker = fresh_broker()
    kafkas = Kafkas((broker,), broker.bootstrap)
    samples = tuple(events(EVENTS, SEED))
    ran = run(tmp_path / "installation", kafkas, samples, blows(SEED, BLOWS), seed=SEED, per_second=PER_SECOND)
    assert ran.faults == (), f"seed {SEED}: {ran}"
    killed = {name: ran.ends[name][-signal.SIGKILL] for name in PROCESSES}
    assert killed == dict.fromkeys(PROCESSES, KILLS)
