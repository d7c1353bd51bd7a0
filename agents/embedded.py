"""How is the embedded broker's first download shown to whoever waits for it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from deploy.local.jars import Fetched, OnFetched

_LABEL = "Fetching Apache Kafka (once)"
_LINE_EVERY_JARS = 10


@contextmanager
def shown(console: Console) -> Iterator[OnFetched]:
    """Yield what the download reports to: a bar in a terminal, else a line now and then; nothing without a download."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} files, {task.fields[size]}"),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task(_LABEL, total=None, visible=False, size="")

        def tell(fetched: Fetched) -> None:
            done, total = fetched.jars, fetched.jars_in_all
            progress.update(task, visible=True, completed=done, total=total, size=_megabytes(fetched))

        yield tell


class _Lines:
    """Prints a line at the first file, at every tenth and at the last."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: int | None = None

    def __call__(self, fetched: Fetched) -> None:
        due = self._said is None or fetched.jars >= self._said + _LINE_EVERY_JARS or fetched.jars == fetched.jars_in_all
        if due and fetched.jars != self._said:
            self._said = fetched.jars
            self._console.out(
                f"{_LABEL}: {fetched.jars} of {fetched.jars_in_all} files, {_megabytes(fetched)}", highlight=False
            )


def _megabytes(fetched: Fetched) -> str:
    return f"{fetched.bytes / 1_000_000:.1f} MB"
