"""SIGKILL of every process, several times, and of the broker: nothing is lost, nothing is done twice (invariant 2)."""

import os
import signal
import time
from pathlib import Path

import pytest

from agents.demo.kept import read_back
from agents.demo.load import events
from agents.platforms import simulator
from tests.chaos.audit import Findings, faults
from tests.chaos.feed import Feed
from tests.chaos.installation import Installation, add
from tests.chaos.plan import blows
from tests.chaos.tape import await_settled, read
from tests.integration.conftest import FreshBroker

EVENTS = 20_000
PER_SECOND = 500
SEED = int(os.environ.get("SEED", "20261123"))
PROCESSES = ("screen-1", "screen-2", "archive", "takedown")
BLOWS = dict.fromkeys(PROCESSES, 3) | {"broker": 2}
AT_WORK_S = 30.0
SETTLE_S = 150.0


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(420)
def test_whatever_is_killed_every_event_is_kept_once_and_every_order_done_once(
    fresh_broker: FreshBroker, tmp_path: Path
) -> None:
    broker = fresh_broker()
    samples = tuple(events(EVENTS, SEED))
    with simulator.running() as server:
        installation = Installation(tmp_path / "installation", broker.bootstrap, server.url)
        installation.make_topics()
        with installation.keeper() as keeper:
            for name in PROCESSES:
                add(keeper, name)
            with Feed(broker.bootstrap, server.platform, samples, per_second=PER_SECOND) as feed:
                for blow in blows(SEED, BLOWS):
                    if blow.at_work:
                        keeper.await_ready(PROCESSES if blow.victim == "broker" else [blow.victim], AT_WORK_S)
                    time.sleep(blow.after)
                    if blow.victim != "broker":
                        keeper.kill(blow.victim)
                        continue
                    broker.kill()
                    time.sleep(blow.seconds)
                    broker.start()
                while not feed.done:
                    time.sleep(0.1)
            unsettled = await_settled(broker.bootstrap, SETTLE_S)
            ends, exit_codes = keeper.ends(), keeper.stop()
        tape = read(broker.bootstrap)
        kept, platform = read_back(installation.store), server.platform
    findings = Findings(samples, tape, kept, platform.items(), platform.calls, exit_codes, unsettled)
    assert faults(findings) == (), f"seed {SEED}"
    assert all(ends[name][-signal.SIGKILL] >= BLOWS[name] for name in PROCESSES), f"nobody was killed: {ends}"
