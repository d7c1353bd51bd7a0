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
                Text(f"Anslagsvakt demo: {progress.sent} of {progress.events} events sent", style="bold"),
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

    def show(self, progress: Progress) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _LINE_EVERY_S
        counts = " ".join(f"{state}={progress.scraped.states[state]}" for state in State)
        ledger = progress.ledger
        self._console.print(
            f"sent {progress.sent} of {progress.events}; {counts}; archived={len(ledger.receipts)} "
            f"orders={len(ledger.orders)} ended={len(ledger.ended())}",
            highlight=False,
            soft_wrap=True,
        )


def states(progress: Progress) -> Table:
    """Counts by state, as the screen process tells them, and what the others have done with them."""
    table = Table(title="Events", title_justify="left")
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
    table = Table(title="Exposure, from the moment of posting", title_justify="left")
    for name in ("step", "items", "on average", "95 % within"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for step in Step:
        if step in scraped.exposure:
            table.add_row(step, *_figures(scraped.exposure[step]))
    return table


def takedowns(ledger: Ledger) -> Table:
    """The last outcomes: which item, what was found there (never the value), why, and how it ended."""
    table = Table(title="Last takedowns", title_justify="left")
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


def _figures(exposure: Exposure) -> tuple[str, str, str]:
    bound = "more" if math.isinf(exposure.most_within) else f"{exposure.most_within:g} s"
    return str(exposure.count), f"{exposure.mean:.2f} s", bound
