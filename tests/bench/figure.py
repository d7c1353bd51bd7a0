"""What a benchmark tells: figures, each beside what it is measured against, as lines, a table or data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `ratios` says how many times each named baseline of the same run it is."""

    what: str
    value: float
    unit: str
    ratios: Mapping[str, float] = field(default_factory=dict)
    cpu_us: float | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All figures of one benchmark, in the order to show them, and in a sentence what was done."""

    title: str
    about: str
    figures: tuple[Figure, ...]

    def baselines(self) -> tuple[str, ...]:
        """The names that the figures are compared with, in order of appearance."""
        return tuple(dict.fromkeys(name for figure in self.figures for name in figure.ratios))


def against(figures: Sequence[Figure], baselines: Mapping[str, str]) -> tuple[Figure, ...]:
    """The figures with their ratios to some among them. `baselines`: the name of a ratio to what it is a ratio to."""
    values = {figure.what: figure.value for figure in figures}
    return tuple(
        Figure(
            figure.what,
            figure.value,
            figure.unit,
            {name: figure.value / values[what] for name, what in baselines.items()},
            figure.cpu_us,
        )
        for figure in figures
    )


def lines(benchmark: Benchmark) -> Iterable[str]:
    """For a terminal, ratios first."""
    yield benchmark.title
    names = benchmark.baselines()
    for cells in _cells(benchmark):
        yield "  ".join(
            [
                f"{cells[0]:<44}",
                *(f"{cell:>{max(9, len(name))}}" for cell, name in zip(cells[1:], (*names, "", ""), strict=True)),
            ]
        )


def markdown(benchmark: Benchmark) -> str:
    """For the documentation, ratios first."""
    cells = list(_cells(benchmark))
    rows = [f"| {' | '.join(row)} |" for row in cells]
    rule = "|---|" + "---:|" * (len(cells[0]) - 1)
    return "\n".join([f"## {benchmark.title}", "", benchmark.about, "", rows[0], rule, *rows[1:], ""])


def _cells(benchmark: Benchmark) -> Iterable[tuple[str, ...]]:
    names = benchmark.baselines()
    yield ("what", *names, "measured", "processor")
    for figure in benchmark.figures:
        ratios = (_ratio(figure.ratios.get(name)) for name in names)
        cpu = "" if figure.cpu_us is None else f"{figure.cpu_us:,.0f} µs each"
        yield (figure.what, *ratios, f"{_number(figure.value)} {figure.unit}", cpu)


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
