"""SIGKILL of every process, several times, and of the broker: nothing is lost, nothing is done twice (invariant 2)."""

import os
import time
from pathlib import Path

import pytest

from agents.demo.kept import read_back
from agents.demo.load import events
from agents.platforms import simulator
from tests.chaos.audit import Findings, faults
from tests.chaos.feed import Feed
from tests.chaos.installation import Installation, add
from tests.chaos.plan import timetable
from tests.chaos.tape import await_settled, read
from tests.integration.conftest import FreshBroker

EVENTS = 20_000
SEED = int(os.environ.get("SEED", "20261123"))
PROCESSES = ("screen-1", "screen-2", "archive", "takedown")
KILLS = 3
BROKER_KILLS = 2
SECONDS = 30.0
SETTLE_S = 150.0


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(420)
@pytest.mark.parametrize("seed", [SEED])
def test_whatever_is_killed_every_event_is_kept_once_and_every_order_done_once(
    fresh_broker: FreshBroker, tmp_path: Path, seed: int
) -> None:
    broker = fresh_broker()
    samples = tuple(events(EVENTS, seed))
    with simulator.running() as server:
        installation = Installation(tmp_path / "installation", broker.bootstrap, server.url)
        installation.make_topics()
        with installation.keeper() as keeper:
            for name in PROCESSES:
                add(keeper, name)
            with Feed(broker.bootstrap, server.platform, samples, per_second=EVENTS / SECONDS) as feed:
                start = time.monotonic()
                for blow in timetable(
                    seed, SECONDS, dict.fromkeys(PROCESSES, KILLS) | {"broker": BROKER_KILLS}, down=2.0
                ):
                    time.sleep(max(0.0, start + blow.at - time.monotonic()))
                    if blow.victim != "broker":
                        keeper.kill(blow.victim)
                        continue
                    broker.kill()
                    time.sleep(blow.seconds)
                    broker.start()
                while not feed.done:
                    time.sleep(0.1)
            unsettled = await_settled(broker.bootstrap, SETTLE_S)
            print("settled after", time.monotonic() - start, keeper.ends())
            exit_codes = keeper.stop()
        tape = read(broker.bootstrap)
        found = Findings(
            samples,
            tape,
            read_back(installation.store),
            server.platform.items(),
            server.platform.calls,
            exit_codes,
            unsettled,
        )
    assert faults(found) == (), f"seed {seed}"
