"""What a demo says in the end: the counts and whether they add up, where the records lie and how to look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rich.console import Console

from agents.demo.folder import Folder
from agents.demo.reckon import Evidence, Reckoning
from agents.demo.view import bound, reached_steps, takedown
from pipeline.route import State


def say(console: Console, evidence: Evidence, reckoning: Reckoning, folder: Folder, seconds: float) -> None:
    """Print the summary."""
    sent = len(evidence.sent)
    distinct = f"{reckoning.unique} distinct events and {sent - reckoning.unique} repeats"
    _print(console, "Exposure, from the moment of posting:")
    for step, reached in reached_steps(evidence.scraped):
        within = f"half within {bound(reached.half_within)}, 95 % within {bound(reached.most_within)}"
        _print(console, f"  {step:<9} {reached.count:>4} items, {within}")
    _print(console, "Last takedowns:")
    for outcome in evidence.ledger.latest:
        _print(console, f"  {'; '.join(takedown(outcome, evidence.ledger.orders.get(outcome.order_id)))}")
    orders = len(evidence.ledger.orders)
    for line in (
        f"Events in:  {sent} = {_sum(reckoning.states, tuple(State))}",
        f"Records:    {len(evidence.kept)} in the store, for {distinct}",
        f"Orders:     {orders} = {_sum(reckoning.results, sorted(reckoning.results))}",
        f"Platform:   {_sum(Counter(str(state) for state in evidence.platform.values()), _STATES)}",
        f"As planned: {reckoning.planned} of {sent} events ended in the state that the sample stream was written for",
    ):
        _print(console, line)
    for surprise in reckoning.surprises:
        _print(console, f"  otherwise: {surprise}")
    for fault in reckoning.faults:
        _print(console, f"DOES NOT ADD UP: {fault}")
    if not reckoning.faults:
        _print(console, f"Everything adds up. Nothing is left running. {seconds:.0f} s in all.")
    for line in _where(folder):
        _print(console, line)


_STATES = ("visible", "hidden", "removed")


def _where(folder: Folder) -> tuple[str, ...]:
    settings = f"ANSLAGSVAKT_DATA_DIR={folder.data}"
    return (
        f"The records lie in {folder.data / 'store'}, the logs in {folder.logs}. The next demo replaces them.",
        "Look at them:",
        f"  {settings} anslagsvakt records verify",
        f"  {settings} anslagsvakt records search --account eslovskola --change edited",
        f"  anslagsvakt broker --folder {folder.kafka}   (the topics, as the demo left them)",
    )


def _sum(counts: Mapping[str, int] | Mapping[State, int], names: tuple[str, ...] | list[str]) -> str:
    return " + ".join(f"{counts.get(name, 0)} {name.replace('_', ' ')}" for name in names) or "0"  # type: ignore[call-overload]  # a State is a str


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)
