"""`python -m tests.chaos`: chaos on three brokers, or a soak; exits 1 if anything does not add up, 2 on bad usage."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.local.jars import cache_folder
from deploy.local.runtime import SHORT_LIVED, embedded_runtime
from tests import parts
from tests.chaos.brokers import proxied_cluster
from tests.chaos.clock import Clocks
from tests.chaos.plan import every_harm
from tests.chaos.run import PROCESSES, Ran, run, stream

_PER_SECOND = 450.0  # so that the feed lasts about as long as the blows
_ROUND_S = 45.0
_SOAK_ROUND_S = 240.0
_TOLD = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, say what happened, return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.chaos", description="Breaks an installation on purpose.")
    parser.add_argument("--seed", type=int, default=1, help="decides the stream and the blows")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, help="soak: so long, with pauses in which processes could grow")
    options = parser.parse_args(arguments)
    length = options.minutes * 60 if options.minutes else options.events / _PER_SECOND
    rounds = max(1, round(length / (_SOAK_ROUND_S if options.minutes else _ROUND_S)))
    blows = every_harm(options.seed, rounds, PROCESSES, length=length if options.minutes else None)
    start = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - start:6.1f} s  {line}", flush=True)  # noqa: T201 - this is a command

    say(f"seed {options.seed}: {options.events} events, {len(blows)} blows, at least {length:.0f} s")
    parts.fetch_debian(parts.FAKETIME)
    if parts.FAKETIME.path is None:
        say(f"no clock will jump: {parts.FAKETIME.file} is missing (apt-get install {parts.FAKETIME.package})")
    cache = Path(os.environ.get("ANSLAGSVAKT_CACHE_DIR") or cache_folder(os.environ, Path.home()))
    runtime = embedded_runtime(cache, heap="384m", options=SHORT_LIVED)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, proxied_cluster(Path(folder), runtime) as kafkas:
        ran = run(
            Path(folder) / "installation",
            kafkas,
            stream(options.events, options.seed),
            blows,
            seed=options.seed,
            per_second=options.events / length,
            clocks=Clocks(Path(folder) / "clocks", Path(parts.FAKETIME.path)) if parts.FAKETIME.path else None,
            say=say,
        )
        for line in told(ran):
            say(line)
    return 1 if ran.faults else 0


def told(ran: Ran) -> Iterator[str]:
    """The ledger, line by line, and the verdict."""
    for name, figure in ran.figures.items():
        yield f"{name + ':':26}{figure}"
    yield f"{'blows:':26}{', '.join(f'{count} {what}' for what, count in sorted(ran.struck.items()))}"
    for name, codes in ran.ends.items():
        ends = ", ".join(f"{count} with {code}" for code, count in codes.items())
        yield f"{name + ' ended:':26}{ends or 'never'}"
    for words, count in ran.words.items():
        yield f"{f'said as it ended, {count}x:':26}{words}"
    yield f"{'most memory, MiB:':26}{', '.join(f'{name} {size}' for name, size in ran.most.items())}"
    for each in ran.grown:
        yield f"{each.name + ' in MiB:':26}{each.before:.0f}, then {each.after:.0f} after {each.seconds:.0f} s"
    for fault in ran.faults[:_TOLD]:
        yield f"FAULT: {fault}"
    if len(ran.faults) > _TOLD:
        yield f"and {len(ran.faults) - _TOLD} faults more"
    yield "something does not add up" if ran.faults else "everything adds up"


if __name__ == "__main__":
    sys.exit(main())
