"""`anslagsvakt policy backtest`: the archive read again under a new policy, before that policy may act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agents.configuration import load_accounts, load_policy
from agents.detection import build_detector
from agents.handout.history import covered
from agents.handout.noted import note
from agents.retention import place
from agents.retention.form import is_addendum
from agents.settings import Settings
from agents.worker import now
from pipeline.backtest import Parting, Tally, promotions, verdicts
from pipeline.errors import DeadLetter
from pipeline.event import Event
from pipeline.mask import said
from pipeline.policy import Policy
from topics import wire

_SAMPLES = 10
_LONGEST = 160
_PROGRESS_EVERY = 1000


@dataclass(frozen=True, slots=True)
class _Sample:
    """An event on which the policies part, with its text masked."""

    key: str
    parting: Parting
    masked: str = field(repr=False)


def run(settings: Settings, file: Path, against: Path | None, most: int, console: Console) -> int:
    """Judge every archived event by both policies and print what would change; texts are shown masked, and few.

    Returns the exit code: 1 if the new policy would take down more than `most` events that the old one leaves.

    Raises:
        BadConfiguration: a policy or the register of accounts is broken.
        Stop: the store cannot be read, or the reading cannot be written down.
    """
    policies = load_policy(against or settings.policy_file), load_policy(file)
    accounts = load_accounts(settings.accounts_file).by_identity()
    detector = build_detector(settings)
    tally = Tally()
    samples: list[_Sample] = []
    show = covered(detector)
    note(settings, "policy backtest", ("all",))
    for key, event in _events(settings):
        judged = verdicts(event, detector, policies, accounts)
        parting = tally.add(*judged) if judged else None
        if parting and len(samples) < _SAMPLES:
            samples.append(_Sample(key, parting, _shortened(map(said, show(event).values()))))
        if tally.events % _PROGRESS_EVERY == 0 and console.is_terminal:
            console.print(f"{tally.events} events read", end="\r")
    _say_promotions(policies, console)
    _say(tally, samples, console)
    if tally.new_removals > most:
        console.print(f"{tally.new_removals} new removals are more than {most}: look before this policy may act")
        return 1
    return 0


def _events(settings: Settings) -> Iterator[tuple[str, Event]]:
    with place.for_reading(place.of(settings), now) as store:
        for key in store.object_keys():
            if is_addendum(key):
                continue
            try:
                yield key, wire.decode_event(store.read(key).raw.value)
            except DeadLetter:
                continue  # what is no event was never judged


def _say_promotions(policies: tuple[Policy, Policy], console: Console) -> None:
    for each in promotions(*policies):
        where = f" in {each.department}" if each.department else ""
        who = f"decided {each.decision.on} by {each.decision.by}: {each.decision.why}" if each.decision else "undecided"
        console.print(
            f"{each.rule}{where}: {each.before} -> {each.after}, {who}", highlight=False, markup=False, soft_wrap=True
        )


def _shortened(texts: Iterable[str]) -> str:
    words = " ".join(" ".join(texts).split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _say(tally: Tally, samples: list[_Sample], console: Console) -> None:
    table = Table("rule", "department", "mode", "events", title="Under the new policy")
    for (rule, department, mode), count in sorted(tally.hits.items()):
        table.add_row(rule, department, mode, str(count))
    console.print(table)
    for parting, count in sorted(tally.partings.items(), key=lambda each: (-each[1], each[0].department)):
        rules = ", ".join(parting.rules)
        console.print(
            f"{count} in {parting.department}: {parting.before} -> {parting.after} ({rules})", highlight=False
        )
    for each in samples:
        console.print(
            f"  {each.parting.before} -> {each.parting.after}: {each.masked}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        console.print(f"    anslagsvakt records show {each.key}", highlight=False, markup=False, soft_wrap=True)
    changed = sum(tally.partings.values())
    console.print(f"{tally.events} events: {changed} would change, {tally.new_removals} of them into removals")
