"""The figures of a run as one picture: a panel for each benchmark, bars by ratio where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from tests.bench.figure import Benchmark

_BAR_INCHES = 0.28
_BLUE = "#2f6f9f"


def draw(found: Sequence[Benchmark], path: Path) -> None:
    """Write the picture; the same figures give the same picture."""
    mpl.use("Agg")
    heights = [len(each.figures) + 2 for each in found]
    figure, panels = plt.subplots(
        len(found),
        1,
        figsize=(8, sum(heights) * _BAR_INCHES),
        squeeze=False,
        height_ratios=heights,
        layout="constrained",
    )
    for axes, benchmark in zip(panels[:, 0], found, strict=True):
        _panel(axes, benchmark)
    figure.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(figure)


def _panel(axes: Axes, benchmark: Benchmark) -> None:
    by = next(iter(benchmark.baselines()), None)
    values = [figure.ratios.get(by, 0.0) if by else figure.value for figure in benchmark.figures]
    bars = axes.barh(range(len(values)), values, color=_BLUE)
    axes.set_yticks(range(len(values)), [figure.what for figure in benchmark.figures])
    axes.bar_label(bars, [f"{value:.3g}" for value in values], padding=3, fontsize=7)
    axes.invert_yaxis()
    axes.set_title(f"{benchmark.title} ({by or benchmark.figures[0].unit})", loc="left", fontsize=9)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
