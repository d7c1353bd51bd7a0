"""How a demo looks while it runs: a table in a terminal, a line now and then elsewhere; no value is ever shown."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agents.demo.ledger import Ledger
from agents.demo.scrape import Exposure, Scraped
from agents.metrics import Step
from pipeline.message import Order, Outcome
from pipeline.route import State

_LINE_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the demo has come."""

    sent: int
    events: int
    ledger: Ledger
    scraped: Scraped


class View(Protocol):
    """Shows progress, as often as it is told."""

    def show(self, progress: Progress) -> None:
        """Show how it stands now."""
        ...


@contextmanager
def view(console: Console) -> Iterator[View]:
    """A live table where there is a terminal, plain lines where there is none."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield _Table(live)


class _Table:
    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, progress: Progress) -> None:
        self._live.update(
            Group(
                Text(f"\nAnslagsvakt demo: {progress.sent} of {progress.events} events sent\n", style="bold"),
                states(progress),
                exposure(progress.scraped),
                takedowns(progress.ledger),
            ),
            refresh=True,
        )


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = 0.0
        self._said = ""

    def show(self, progress: Progress) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _LINE_EVERY_S
        counts = " ".join(f"{state}={progress.scraped.states[state]}" for state in State)
        ledger = progress.ledger
        line = (
            f"sent {progress.sent} of {progress.events}; {counts}; archived={len(ledger.receipts)} "
            f"orders={len(ledger.orders)} ended={len(ledger.ended())}"
        )
        if line != self._said:
            self._console.print(line, highlight=False, soft_wrap=True)
        self._said = line


def states(progress: Progress) -> Table:
    """Counts by state, as the screen process tells them, and what the others have done with them."""
    table = _table("What became of them")
    for state in State:
        table.add_column(state, justify="right")
    for name in ("archived", "orders", "ended", "withdrawn"):
        table.add_column(name, justify="right", style="cyan")
    ledger = progress.ledger
    done = (len(ledger.receipts), len(ledger.orders), len(ledger.ended()), len(ledger.withdrawals))
    table.add_row(*(str(progress.scraped.states[state]) for state in State), *map(str, done))
    return table


def exposure(scraped: Scraped) -> Table:
    """How long items had been up when each step was reached."""
    table = _table("Exposure, from the moment of posting")
    for name in ("step", "items", "half within", "95 % within"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for step, reached in reached_steps(scraped):
        table.add_row(step, str(reached.count), bound(reached.half_within), bound(reached.most_within))
    return table


def _table(title: str) -> Table:
    """A table without lines, so that all of it fits into a terminal of 24 lines."""
    return Table(
        title=title, title_justify="left", title_style="bold", box=None, header_style="dim", padding=(0, 2, 0, 0)
    )


def reached_steps(scraped: Scraped) -> Iterator[tuple[Step, Exposure]]:
    """The steps that any item has reached, in their order."""
    return ((step, scraped.exposure[step]) for step in Step if step in scraped.exposure)


def bound(seconds: float) -> str:
    """The upper bound of a histogram's bucket, in words."""
    return "beyond the scale" if math.isinf(seconds) else f"{seconds:g} s"


def takedowns(ledger: Ledger) -> Table:
    """The last outcomes: which item, what was found there (never the value), why, and how it ended."""
    table = _table("Last takedowns")
    for name in ("item", "found", "why", "ended"):
        table.add_column(name, overflow="ellipsis", no_wrap=True)
    for outcome in ledger.latest:
        order = ledger.orders.get(outcome.order_id)
        table.add_row(*takedown(outcome, order))
    return table


def takedown(outcome: Outcome, order: Order | None) -> tuple[str, str, str, str]:
    """One outcome in words: item, masked finding, rule, result."""
    item = f"{outcome.subject.platform}/{outcome.subject.account_id} {outcome.subject.object_kind}"
    found = sorted({f"{note.type} ••••" for note in order.findings}) if order else []
    why = ", ".join(rule.id for rule in outcome.rules or (order.rules if order else ()))
    ended = f"{outcome.result}, read back" if outcome.verified else str(outcome.result)
    return item, ", ".join(found), why, ended
