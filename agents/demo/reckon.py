"""Whether everything adds up in the end: pure arithmetic over what was sent, said, kept and done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.demo.ledger import Ledger
from agents.demo.play import Sent
from agents.demo.scrape import Scraped
from agents.platforms.simulated import Visibility
from pipeline.errors import DeadLetter
from pipeline.message import Outcome
from pipeline.record import content_hash
from pipeline.route import State
from topics import wire


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is to judge by. `kept` maps the hash of each record in the store to the hash of the bytes read back."""

    sent: Sequence[Sent]
    ledger: Ledger
    scraped: Scraped
    kept: Mapping[str, str]
    platform: Mapping[str, Visibility]
    exit_codes: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The figures of the summary, and what does not add up (nothing, if all is well)."""

    states: Counter[State]
    unique: int
    results: Counter[str]
    planned: int
    surprises: tuple[str, ...]
    faults: tuple[str, ...]


def reckon(evidence: Evidence) -> Reckoning:
    """Add it all up."""
    ledger = evidence.ledger
    states = Counter(ledger.state_of(sent.at) for sent in evidence.sent)
    surprises = tuple(surprises_in(evidence))
    return Reckoning(
        states=states,
        unique=len({content_hash(sent.sample.value) for sent in evidence.sent}),
        results=Counter(str(outcome.result) for outcome in ledger.ended().values()),
        planned=len(evidence.sent) - len(surprises),
        surprises=surprises,
        faults=(*_counts(evidence, states), *deeds(evidence)),
    )


def deeds(evidence: Evidence) -> Iterator[str]:
    """What does not add up of what was kept, ordered and done; the processes' own counters are not looked at."""
    yield from _records(evidence)
    yield from _orders(evidence.ledger)
    yield from _platform(evidence)
    yield from _ends(evidence)


def _counts(evidence: Evidence, states: Counter[State]) -> Iterator[str]:
    counted = sum(evidence.scraped.states[state] for state in State)
    if counted != len(evidence.sent):
        yield f"{len(evidence.sent)} events came in, but {counted} ended in a counted state"
    for state in State:
        if evidence.scraped.states[state] != states[state]:
            yield f"screen counted {evidence.scraped.states[state]} as {state}, the topics tell of {states[state]}"


def _records(evidence: Evidence) -> Iterator[str]:
    wanted = {content_hash(sent.sample.value) for sent in evidence.sent}
    if missing := len(wanted - evidence.kept.keys()):
        yield f"{missing} events are not in the retention store"
    if more := len(evidence.kept.keys() - wanted):
        yield f"{more} records in the retention store were never sent"
    if damaged := sum(name != found for name, found in evidence.kept.items()):
        yield f"{damaged} records do not hold the bytes that were sent"
    if unconfirmed := len({sent.at for sent in evidence.sent} - evidence.ledger.receipts):
        yield f"{unconfirmed} events have no receipt"


def _orders(ledger: Ledger) -> Iterator[str]:
    ended = ledger.ended()
    if open_orders := len(ledger.orders.keys() - ended.keys()):
        yield f"{open_orders} of {len(ledger.orders)} orders have no outcome"
    if unknown := len(ended.keys() - ledger.orders.keys()):
        yield f"{unknown} outcomes belong to no order"
    if early := sum(_deleted_unarchived(outcome) for outcome in ended.values()):
        yield f"{early} items were removed without a receipt"


def _deleted_unarchived(outcome: Outcome) -> bool:
    return outcome.result == "removed" and outcome.object_key is None


def _platform(evidence: Evidence) -> Iterator[str]:
    for item, gone in _wanted(evidence.sent).items():
        state = evidence.platform.get(item)
        if gone and state is Visibility.VISIBLE:
            yield f"item {item} should be gone but can still be seen"
        if not gone and state is not Visibility.VISIBLE:
            yield f"item {item} should still be there but is {state}"


def _wanted(sent: Sequence[Sent]) -> dict[str, bool]:
    """By item: must it be gone? Items where both ends are right are left out."""
    wanted: dict[str, bool | None] = {}
    for each in sent:
        try:
            item = wire.decode_event(each.sample.value).data.object_id
        except DeadLetter:
            continue
        gone = each.sample.expectation.gone
        wanted[item] = None if gone is None or wanted.get(item, gone) is None else gone or bool(wanted.get(item))
    return {item: gone for item, gone in wanted.items() if gone is not None}


def _ends(evidence: Evidence) -> Iterator[str]:
    for name, code in evidence.exit_codes.items():
        if code != 0:
            yield f"{name} ended with exit code {code}"


def surprises_in(evidence: Evidence) -> Iterator[str]:
    """Every event that ended in another state than planned."""
    for sent in evidence.sent:
        expected, state = sent.sample.expectation, evidence.ledger.state_of(sent.at)
        if expected.ends is not state:
            place = f"{sent.at.partition}:{sent.at.offset}"
            yield f"{expected.scene} at {place}: {state}, planned {expected.ends}"
