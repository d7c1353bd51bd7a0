"""The demo's arithmetic: a course of events without fault adds up, and each single fault is found and named."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from agents.demo.folder import Folder
from agents.demo.ledger import Ledger
from agents.demo.play import Sent
from agents.demo.reckon import Evidence, reckon
from agents.demo.scrape import Exposure, Scraped, read
from agents.demo.stream import sample_stream
from agents.demo.summary import say
from agents.demo.view import Progress, view
from agents.platforms.simulated import Visibility
from pipeline.event import Event
from pipeline.message import (
    DeadLetterNote,
    EndState,
    EventReference,
    Order,
    Outcome,
    Receipt,
    Result,
    ReviewItem,
    RuleNote,
    Subject,
    ValueNote,
)
from pipeline.record import Coordinates, RawReference, content_hash, object_key
from pipeline.route import State
from topics import catalog, wire

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STREAM = sample_stream(7, NOW)
RULES = (RuleNote(id="identity-number", mode="delete", legal_basis="lag"),)


def perfect() -> Evidence:
    """What a run without any fault leaves behind."""
    ledger, platform = Ledger(), {}
    sent = [Sent(sample, Coordinates(catalog.RAW, 0, i)) for i, sample in enumerate(STREAM)]
    for each in sent:
        sha256, expected = content_hash(each.sample.value), each.sample.expectation
        raw = RawReference(catalog.RAW, 0, each.at.offset, sha256)
        receipt = Receipt(object_key=object_key(sha256), raw=raw, size=1, stored_at=NOW)
        ledger.take(catalog.RECEIPT, wire.encode(receipt))
        if expected.ends is State.DEAD_LETTER:
            ledger.take(catalog.DEAD_LETTER, wire.encode(dead_letter(raw)))
            continue
        event = wire.decode_event(each.sample.value)
        platform[event.data.object_id] = Visibility.REMOVED if expected.gone else Visibility.VISIBLE
        if expected.ends is State.REVIEW:
            ledger.take(catalog.REVIEW, wire.encode(review(event, raw)))
        if expected.ends is State.TAKEDOWN:
            order = order_for(event, raw)
            ledger.take(catalog.TAKEDOWN, wire.encode(order))
            ledger.take(catalog.OUTCOME, wire.encode(outcome(order)))
    counts = Counter(str(sample.expectation.ends) for sample in STREAM)
    kept = {sha: sha for sha in (content_hash(sample.value) for sample in STREAM)}
    exposure = {"seen": Exposure(324, 0.1, 0.25), "removed": Exposure(40, 1.0, float("inf"))}
    return Evidence(sent, ledger, Scraped(counts, exposure), kept, platform, {"screen": 0, "archive": 0})


def subject(event: Event) -> Subject:
    item = event.data
    return Subject(
        platform=item.platform,
        account_id=item.account_id,
        department="kultur",
        object_kind=item.object_kind,
        object_id=item.object_id,
        root_id=item.root_id,
    )


def order_for(event: Event, raw: RawReference) -> Order:
    note = ValueNote(type="SE_PERSONNUMMER", start=0, end=11, score=1, rule="r", field="/text", token="t")
    return Order(
        order_id=event.identity,
        issued_at=NOW,
        subject=subject(event),
        wanted=EndState.REMOVED,
        rules=RULES,
        findings=(note,),
        policy="p",
        raw=raw,
        event=EventReference(event.source, event.id),
        created_at=NOW,
        changed_at=NOW,
        deadline=NOW,
    )


def outcome(order: Order, result: Result = Result.REMOVED) -> Outcome:
    return Outcome(
        outcome_id=f"{order.order_id}-{result}",
        order_id=order.order_id,
        at=NOW,
        subject=order.subject,
        wanted=order.wanted,
        result=result,
        verified=True,
        attempts=1,
        raw=order.raw,
        rules=RULES,
        object_key=object_key(order.raw.sha256),
    )


def review(event: Event, raw: RawReference) -> ReviewItem:
    return ReviewItem(
        review_id=event.identity,
        issued_at=NOW,
        subject=subject(event),
        rules=(),
        findings=(),
        concerns=(),
        policy="p",
        raw=raw,
        event=EventReference(event.source, event.id),
        created_at=NOW,
    )


def dead_letter(raw: RawReference) -> DeadLetterNote:
    return DeadLetterNote(
        topic=raw.topic, partition=raw.partition, offset=raw.offset, stage="decode", error="E", reason="r",
        group="g", at=NOW,
    )  # fmt: skip


def test_a_run_without_fault_adds_up() -> None:
    reckoning = reckon(perfect())
    assert reckoning.faults == ()
    assert reckoning.surprises == ()
    assert reckoning.states == Counter(sample.expectation.ends for sample in STREAM)
    assert reckoning.states.total() == reckoning.planned == len(STREAM)


def uncounted(evidence: Evidence) -> Evidence:
    evidence.scraped.states["passed"] -= 1
    return evidence


def unarchived(evidence: Evidence) -> Evidence:
    return replace(evidence, kept=dict(list(evidence.kept.items())[1:]))


def altered(evidence: Evidence) -> Evidence:
    return replace(evidence, kept={**evidence.kept, next(iter(evidence.kept)): "0" * 64})


def invented(evidence: Evidence) -> Evidence:
    return replace(evidence, kept={**evidence.kept, "0" * 64: "0" * 64})


def no_receipt(evidence: Evidence) -> Evidence:
    evidence.ledger.receipts.discard(evidence.sent[3].at)
    return evidence


def open_order(evidence: Evidence) -> Evidence:
    name, order = next(iter(evidence.ledger.orders.items()))
    evidence.ledger.outcomes[name] = outcome(order, Result.HELD)
    return evidence


def unordered(evidence: Evidence) -> Evidence:
    evidence.ledger.orders.popitem()
    return evidence


def deleted_unarchived(evidence: Evidence) -> Evidence:
    name, ended = next(iter(evidence.ledger.outcomes.items()))
    evidence.ledger.outcomes[name] = msgspec.structs.replace(ended, object_key=None)
    return evidence


def still_up(evidence: Evidence) -> Evidence:
    gone = next(item for item, state in evidence.platform.items() if state is Visibility.REMOVED)
    return replace(evidence, platform={**evidence.platform, gone: Visibility.VISIBLE})


def taken_for_nothing(evidence: Evidence) -> Evidence:
    return replace(evidence, platform={**evidence.platform, "1001": Visibility.HIDDEN})


def killed(evidence: Evidence) -> Evidence:
    return replace(evidence, exit_codes={"screen": 0, "archive": -9})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (uncounted, "329 ended in a counted state"),
        (unarchived, "1 events are not in the retention store"),
        (altered, "1 records do not hold the bytes"),
        (invented, "1 records in the retention store were never sent"),
        (no_receipt, "1 events have no receipt"),
        (open_order, "orders have no outcome"),
        (unordered, "1 outcomes belong to no order"),
        (deleted_unarchived, "1 items were removed without a receipt"),
        (still_up, "should be gone but can still be seen"),
        (taken_for_nothing, "item 1001 should still be there but is hidden"),
        (killed, "archive ended with exit code -9"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_each_fault_is_named(spoil: Callable[[Evidence], Evidence], said: str) -> None:
    faults = reckon(spoil(perfect())).faults
    assert any(said in fault for fault in faults), faults


def test_a_verdict_that_was_not_planned_is_told() -> None:
    evidence = perfect()
    passed = next(each for each in evidence.sent if each.sample.expectation.ends is State.PASSED)
    event = wire.decode_event(passed.sample.value)
    raw = RawReference(passed.at.topic, passed.at.partition, passed.at.offset, "0")
    evidence.ledger.take(catalog.REVIEW, wire.encode(review(event, raw)))
    assert len(reckon(evidence).surprises) == 1


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_shown_holds_no_planted_value(*, terminal: bool) -> None:
    evidence = perfect()
    page = io.StringIO()
    console = Console(file=page, force_terminal=terminal, width=200)
    with view(console) as shows:
        shows.show(Progress(10, 324, evidence.ledger, evidence.scraped))
    say(console, evidence, reckon(evidence), Folder(Path("demo")), 1.0)
    shown = page.getvalue()
    assert ("\x1b" in shown) == terminal
    assert "SE_PERSONNUMMER ••••" in shown
    assert "Everything adds up" in shown
    assert "half within 0.1 s, 95 % within 0.25 s" in shown
    assert not any(value in shown for sample in STREAM for value in sample.expectation.planted)


def test_metrics_of_several_processes_are_read_together() -> None:
    screen = (
        "# TYPE anslagsvakt_events counter\n"
        'anslagsvakt_events_total{account="a",state="passed"} 3.0\n'
        'anslagsvakt_events_total{account="b",state="passed"} 2.0\n'
        "# TYPE anslagsvakt_exposure_seconds histogram\n"
        'anslagsvakt_exposure_seconds_bucket{le="0.5",step="seen"} 18.0\n'
        'anslagsvakt_exposure_seconds_bucket{le="1.0",step="seen"} 20.0\n'
        'anslagsvakt_exposure_seconds_bucket{le="+Inf",step="seen"} 20.0\n'
        'anslagsvakt_exposure_seconds_count{step="seen"} 20.0\n'
        'anslagsvakt_exposure_seconds_sum{step="seen"} 5.0\n'
    )
    archive = '# TYPE anslagsvakt_events counter\nanslagsvakt_events_total{account="a",state="review"} 1.0\n'
    scraped = read({"screen": screen, "archive": archive})
    assert scraped.states == Counter(passed=5, review=1)
    assert scraped.exposure == {"seen": Exposure(20, 0.5, 1.0)}
