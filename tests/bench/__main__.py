"""`make bench`: runs every benchmark and writes what it found to docs/performance/, ratios first."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.bench import contest, detect, picture, records, screen
from tests.bench.figure import Benchmark, lines, markdown

FOLDER = Path(__file__).parents[2] / "docs" / "performance"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run those asked for, print each as it ends, and write all when none was left out."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"these alone, and write nothing: {', '.join(_BENCHMARKS)}")
    parser.add_argument("--events", type=int, default=100_000, help="raw events for each contestant (default: 100000)")
    parser.add_argument("--backlog", type=int, default=1_000_000, help="events that wait for the workers")
    parser.add_argument("--rows", type=int, default=1_000_000, help="records of the largest index")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.only) - set(_BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: choose from {', '.join(_BENCHMARKS)}")
    found: list[Benchmark] = []
    for name in asked.only or _BENCHMARKS:
        sys.stdout.write(f"{name} ...\n")
        for benchmark in _BENCHMARKS[name](asked):
            found.append(benchmark)
            sys.stdout.write("\n".join(lines(benchmark)) + "\n\n")
            sys.stdout.flush()
    if not asked.only:
        write(found, machine(), FOLDER)
        sys.stdout.write(f"written to {FOLDER}\n")


def _screen(asked: argparse.Namespace) -> Sequence[Benchmark]:
    with contest.broker() as bootstrap:
        return (screen.throughput(bootstrap, asked.events, max(500, asked.events // 40)), screen.latency(bootstrap))


def _backlog(asked: argparse.Namespace) -> Sequence[Benchmark]:
    with contest.broker() as bootstrap:
        return (screen.backlog(bootstrap, asked.backlog),)


_BENCHMARKS: dict[str, Callable[[argparse.Namespace], Iterable[Benchmark]]] = {
    "screen": _screen,
    "backlog": _backlog,
    "detect": lambda _: (detect.measure(),),
    "records": lambda asked: records.measure(rows=asked.rows),
}


def machine() -> str:
    """The machine that the figures are true of."""
    info = Path("/proc/cpuinfo")
    told = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} cores ({model}), {platform.system()}, Python {platform.python_version()}"


def write(found: Sequence[Benchmark], machine: str, folder: Path) -> None:
    """The same figures three times: for a program, for a reader, for the eye."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"machine": machine, "benchmarks": [asdict(each) for each in found]}
    (folder / "figures.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    told = "\n".join(markdown(each) for each in found)
    (folder / "figures.md").write_text(
        f"# Figures of one run\n\n{machine}. Made by `make bench`.\n\n{told}", encoding="utf-8"
    )
    picture.draw(found, folder / "figures.png")


if __name__ == "__main__":
    main()
