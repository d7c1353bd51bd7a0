"""Does everything add up after a run in which processes and brokers were killed? Each fault is one line.

The counters of killed processes are gone, so everything is counted from what outlives them: the topics, by identity
(raw coordinates, order ids), the retention store, and the platform's own journal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agents.demo.play import Sent
from agents.demo.reckon import Evidence, deeds, surprises_in
from agents.demo.scrape import Scraped
from agents.demo.written import Sample
from agents.platforms.simulated import Action, Call, Item
from agents.retention.store import Raw
from pipeline.errors import DeadLetter
from pipeline.message import Order
from pipeline.record import Coordinates, content_hash
from pipeline.route import State
from tests.chaos.tape import Tape
from topics import wire

_FEW = 5
_MANY = 0.02  # of all events; on a busy machine a few texts pass their time


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to judge by; `kept` as in `Evidence`, `unsettled` what the wait for the end still missed."""

    samples: Sequence[Sample]
    tape: Tape
    kept: Mapping[str, str]
    items: Sequence[Item]
    calls: Sequence[Call]
    exit_codes: Mapping[str, int | None]
    unsettled: str | None


def faults(findings: Findings) -> tuple[str, ...]:
    """What does not add up; nothing, if all is well."""
    by_hash = {content_hash(sample.value): sample for sample in findings.samples}
    raw = findings.tape.raw
    place = {at: content_hash(record.value) for at, record in raw.items()}
    sent = [
        Sent(_expected(by_hash[content], at, findings.tape), at) for at, content in place.items() if content in by_hash
    ]
    platform = {item.id: item.state for item in findings.items}
    told = Evidence(sent, findings.tape.ledger, Scraped(), findings.kept, platform, findings.exit_codes)
    return (
        *([f"not settled: {findings.unsettled}"] if findings.unsettled else []),
        *_sent(by_hash, sent, len(raw)),
        *archived(findings.tape),
        *_states(told, findings.tape),
        *deeds(told),
        *_ordered(findings, told),
        *_done(findings),
    )


def _sent(wanted: Mapping[str, Sample], sent: Sequence[Sent], raw: int) -> Iterator[str]:
    if missing := len(wanted.keys() - {content_hash(each.sample.value) for each in sent}):
        yield f"{missing} events never came to the raw topic: the feed is at fault"
    if strange := raw - len(sent):
        yield f"{strange} raw events are none of ours: another writer is at fault"


def archived(tape: Tape) -> Iterator[str]:
    """What differs between the raw topic and the archive topic: bytes, key, headers, order, or not there at all."""
    seen: dict[object, Raw] = {}
    for partition, copies in tape.archived.items():
        reached = -1
        for copy in copies:
            if copy.at not in seen and copy.at.offset < reached:
                yield f"partition {partition}: {copy.at.offset} was archived after {reached}"
            reached = max(reached, copy.at.offset)
            if _differs(copy, tape):
                yield f"the archived copy of {copy.at.partition}:{copy.at.offset} is not what came in"
            seen[copy.at] = copy
    if missing := tape.raw.keys() - seen.keys():
        yield f"{len(missing)} raw events were never archived, {_some(missing)} among them"


def _differs(copy: Raw, tape: Tape) -> bool:
    came = tape.raw.get(copy.at)
    if came is None:
        return True
    headers = [(name, bytes(value)) for name, value in came.headers]
    same = (came.key, came.value, headers, came.timestamp) == (copy.key, copy.value, [*copy.headers], copy.timestamp)
    return not same


def _expected(sample: Sample, at: Coordinates, tape: Tape) -> Sample:
    """What detection could not finish in its time rightly goes to people instead (invariant 5)."""
    if at not in tape.not_analysed or tape.ledger.state_of(at) is sample.expectation.ends:
        return sample
    return replace(sample, expectation=replace(sample.expectation, ends=State.REVIEW, gone=None))


def _states(told: Evidence, tape: Tape) -> Iterator[str]:
    # An event that came twice may be analysed in full only once: then people have it as well.
    if torn := told.ledger.torn() - tape.not_analysed:
        yield f"{len(torn)} raw events ended in more than one state: {_some(torn)}"
    if len(tape.not_analysed) > _MANY * len(told.sent):
        yield f"{len(tape.not_analysed)} of {len(told.sent)} events were not analysed in time"
    surprises = tuple(surprises_in(told))
    if surprises:
        yield f"{len(surprises)} events ended in another state than planned: {_some(surprises)}"


def _ordered(findings: Findings, told: Evidence) -> Iterator[str]:
    """Every item that must go has one order, verified and done; nothing else has one."""
    planned = {_item(each.sample) for each in told.sent if each.sample.expectation.ends is State.TAKEDOWN}
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in findings.tape.ledger.orders.values():
        orders[order.subject.object_id].append(order)
    if missing := planned - orders.keys():
        yield f"{len(missing)} items have no order: {_some(missing)}"
    if twice := [item for item, found in orders.items() if len(found) > 1]:
        yield f"{len(twice)} items have several orders: {_some(twice)}"
    results = Counter((outcome.result, outcome.verified) for outcome in findings.tape.ledger.ended().values())
    if set(results) - {("removed", True)}:
        yield f"not every order ended removed and verified: {dict(results)}"


def _done(findings: Findings) -> Iterator[str]:
    """What really changed on the platform, by its own journal: at most one hide, one delete, after the receipt."""
    changes: dict[str, list[Call]] = defaultdict(list)
    for call in findings.calls:
        if call.effective and call.by == "client":
            changes[call.item].append(call)
    orders = {order.subject.object_id: order for order in findings.tape.ledger.orders.values()}
    for item, calls in changes.items():
        if item not in orders:
            yield f"item {item} was touched without an order"
            continue
        actions = [call.action for call in calls]
        if actions not in ([Action.HIDE, Action.DELETE], [Action.DELETE]):
            yield f"order for item {item} was not executed once: {', '.join(actions)}"
            continue
        receipt = findings.tape.receipt_ms.get(orders[item].raw.sha256)
        if receipt is None or calls[-1].at.timestamp() * 1000 < receipt:
            yield f"item {item} was deleted before its receipt"
    if missing := orders.keys() - changes.keys():
        yield f"{len(missing)} orders changed nothing on the platform: {_some(missing)}"


def _item(sample: Sample) -> str:
    try:
        return wire.decode_event(sample.value).data.object_id
    except DeadLetter:
        return ""


def _some(many: object) -> str:
    found = sorted(str(each) for each in many)  # type: ignore[attr-defined]  # any collection of anything
    return ", ".join(found[:_FEW]) + (", …" if len(found) > _FEW else "")
