"""The figures of a benchmark: ratios within one run, and the same ones in data, table and picture."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.__main__ import write
from tests.bench.figure import Benchmark, Figure, against, lines, markdown

FOUND = Benchmark(
    "Copying",
    "Two ways.",
    against((Figure("naive", 50, "events/s", {}, 2000.0), Figure("ours", 1250, "events/s")), {"x naive": "naive"}),
)


def test_ratios_are_to_the_named_figure() -> None:
    assert [dict(figure.ratios) for figure in FOUND.figures] == [{"x naive": 1.0}, {"x naive": 25.0}]


def test_ratios_come_first_in_the_table() -> None:
    assert markdown(FOUND).splitlines()[4:] == [
        "| what | x naive | measured | processor |",
        "|---|---:|---:|---:|",
        "| naive | 1.00 | 50 events/s | 2,000 µs each |",
        "| ours | 25.0 | 1,250 events/s |  |",
    ]
    assert [line.split()[:2] for line in lines(FOUND)][1:] == [["what", "x"], ["naive", "1.00"], ["ours", "25.0"]]


def test_all_three_forms_are_written(tmp_path: Path) -> None:
    write([FOUND], "2 cores", tmp_path)
    told = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert told["machine"] == "2 cores"
    assert told["benchmarks"][0]["figures"][1]["ratios"] == {"x naive": 25.0}
    assert "25.0" in (tmp_path / "figures.md").read_text(encoding="utf-8")
    assert (tmp_path / "figures.png").stat().st_size > 1000
