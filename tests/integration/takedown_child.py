"""The takedown process as the tests start and kill it: real journal, real Kafka, the simulator as every platform."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry

from agents import worker
from agents.health import Health
from agents.metrics import Metrics
from agents.platforms.http import SimulatorPlatform
from agents.takedown.brake import Caps
from agents.takedown.run import owner, run
from agents.takedown.turn import Terms


def main(bootstrap: str, journal: str, url: str, token: str) -> int:
    platform = SimulatorPlatform(url, token, timeout=httpx.Timeout(1.0))
    terms = Terms(owner=owner(), caps=Caps(per_account=10_000, per_rule=10_000), lease=timedelta(seconds=3))
    with worker.told_to_stop() as stop:
        return run(
            Path(journal),
            {"facebook": platform},
            terms,
            client={"bootstrap_servers": bootstrap},
            meter=Metrics(CollectorRegistry()),
            health=Health(),
            stop=stop,
        )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
