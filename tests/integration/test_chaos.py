"""A short chaos: three brokers, and everything that can go wrong does so once; `make chaos` is the long one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.local.runtime import Runtime
from tests import parts
from tests.chaos.brokers import proxied_cluster
from tests.chaos.clock import Clocks
from tests.chaos.plan import every_harm
from tests.chaos.run import PROCESSES, run, stream

EVENTS = 6_000
SEED = int(os.environ.get("SEED", "7"))


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_after_everything_that_can_go_wrong_it_all_adds_up(kafka_runtime: Runtime, tmp_path: Path) -> None:
    clocks = Clocks(tmp_path / "clocks", Path(parts.FAKETIME.found()))
    blows = every_harm(SEED, 1, PROCESSES)
    with proxied_cluster(tmp_path / "kafka", kafka_runtime) as kafkas:
        ran = run(
            tmp_path / "installation",
            kafkas,
            stream(EVENTS, SEED),
            blows,
            seed=SEED,
            per_second=120,
            clocks=clocks,
            say=print,
        )
    assert ran.faults == (), f"seed {SEED}: {ran}"
    assert sum(ran.struck.values()) == len(blows)
