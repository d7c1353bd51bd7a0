"""The figures of a run as one picture: a panel for each benchmark, bars by ratio where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
    panels = [(benchmark.title, *_comparable(benchmark)) for benchmark in found]
    heights = [len(values) + 2 for _, _, values in panels]
    figure, axes = plt.subplots(
        len(panels),
        1,
        figsize=(8, sum(heights) * _BAR_INCHES),
        squeeze=False,
        height_ratios=heights,
        layout="constrained",
    )
    for each, (title, unit, values) in zip(axes[:, 0], panels, strict=True):
        _panel(each, f"{title} ({unit})", values)
    figure.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(figure)


def _comparable(benchmark: Benchmark) -> tuple[str, dict[str, float]]:
    """What can stand on one axis: the ratios to the first baseline, or else the figures of the commonest unit."""
    for by in benchmark.baselines():
        return by, {figure.what: figure.ratios[by] for figure in benchmark.figures if by in figure.ratios}
    unit = Counter(figure.unit for figure in benchmark.figures).most_common(1)[0][0]
    return unit, {figure.what: figure.value for figure in benchmark.figures if figure.unit == unit}


def _panel(axes: Axes, title: str, values: Mapping[str, float]) -> None:
    bars = axes.barh(list(values), list(values.values()), color=_BLUE)
    axes.bar_label(bars, [f"{value:.3g}" for value in values.values()], padding=3, fontsize=7)
    axes.invert_yaxis()
    axes.set_title(title, loc="left", fontsize=9)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
