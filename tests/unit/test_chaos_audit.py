"""The audit after a chaos run: silent when all adds up, and a line for every way in which it may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from agents.demo.written import Expectation, Sample
from agents.platforms.simulated import Action, Call, Item, Visibility
from agents.screen.turn import to_archive
from pipeline.event import ObjectKind
from pipeline.message import EndState, EventReference, Order, Outcome, Receipt, Result, RuleNote, Subject
from pipeline.record import RawReference, content_hash, object_key
from pipeline.route import State
from tests.chaos.audit import Findings, faults
from tests.chaos.tape import Tape
from tests.events import an_event_value
from tests.fakes import FakeRecord
from topics import catalog, wire

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)
MS = int(T0.timestamp() * 1000)
CLEAN, DIRTY = (an_event_value(object_id=name, text=name, event={"id": name}) for name in ("clean", "dirty"))
HASH = content_hash(DIRTY)


@dataclass
class Story:
    """What a good run leaves behind: one event that passed, one that was taken down."""

    samples: list[Sample] = field(default_factory=list)
    records: list[FakeRecord] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    exit_codes: dict[str, int | None] = field(default_factory=lambda: {"screen-1": 0})
    unsettled: str | None = None

    def faults(self) -> tuple[str, ...]:
        tape = Tape()
        for record in self.records:
            tape.take(record)
        return faults(Findings(self.samples, tape, self.kept, self.items, self.calls, self.exit_codes, self.unsettled))

    def change(self, topic: str, to: Callable[[FakeRecord], list[FakeRecord]]) -> None:
        """Put other records in the place of every one on a topic."""
        self.records = [new for each in self.records for new in (to(each) if each.topic == topic else [each])]


def raw(offset: int, value: bytes) -> FakeRecord:
    return FakeRecord(catalog.RAW, 0, offset, value, b"facebook:123", MS, [("h", b"\xff")])


def copy(record: FakeRecord) -> FakeRecord:
    out = to_archive(record)
    return FakeRecord(catalog.ARCHIVE, 0, record.offset, out.value, out.key, MS, out.headers)


def order(name: str = "order", item: str = "dirty") -> Order:
    return Order(
        order_id=name,
        issued_at=T0,
        subject=Subject(
            platform="facebook",
            account_id="eslovskommun",
            department="school",
            object_kind=ObjectKind.COMMENT,
            object_id=item,
            root_id="123",
        ),
        wanted=EndState.REMOVED,
        rules=(RuleNote(id="identity-number", mode="delete", legal_basis="OSL"),),
        findings=(),
        policy="policy",
        raw=RawReference(catalog.RAW, 0, 1, HASH),
        event=EventReference("/facebook/eslovskommun", item),
        created_at=T0,
        changed_at=T0,
        deadline=T0,
    )


def outcome(to: Order, result: Result = Result.REMOVED, *, key: str | None = object_key(HASH)) -> Outcome:
    return Outcome(
        outcome_id=f"{to.order_id}:{result}",
        order_id=to.order_id,
        at=T0,
        subject=to.subject,
        wanted=to.wanted,
        result=result,
        verified=True,
        attempts=2,
        raw=to.raw,
        object_key=key,
    )


def receipt(offset: int, value: bytes, ms: int = MS) -> FakeRecord:
    reference = RawReference(catalog.RAW, 0, offset, content_hash(value))
    told = Receipt(object_key=object_key(reference.sha256), raw=reference, size=1, stored_at=T0)
    return FakeRecord(catalog.RECEIPT, 0, offset, wire.encode(told), timestamp=ms)


def message(topic: str, told: Order | Outcome) -> FakeRecord:
    return FakeRecord(topic, 0, 0, wire.encode(told))


def call(action: Action, item: str = "dirty", *, at: datetime = T0) -> Call:
    return Call(action, item, 200, effective=True, by="client", monotonic=0.0, at=at)


def sample(value: bytes, ends: State) -> Sample:
    return Sample(0.0, b"facebook:123", value, Expectation("test", ends, gone=ends is State.TAKEDOWN))


@pytest.fixture
def good() -> Story:
    return Story(
        samples=[sample(CLEAN, State.PASSED), sample(DIRTY, State.TAKEDOWN)],
        records=[
            raw(0, CLEAN),
            raw(1, DIRTY),
            copy(raw(0, CLEAN)),
            copy(raw(1, DIRTY)),
            copy(raw(1, DIRTY)),  # a repeat is no fault
            receipt(0, CLEAN),
            receipt(1, DIRTY),
            message(catalog.TAKEDOWN, order()),
            message(catalog.OUTCOME, outcome(order())),
        ],
        kept={content_hash(value): content_hash(value) for value in (CLEAN, DIRTY)},
        items=[Item("clean", "a"), Item("dirty", "a", state=Visibility.REMOVED)],
        calls=[call(Action.HIDE), call(Action.DELETE)],
    )


def test_it_is_silent_when_all_adds_up(good: Story) -> None:
    assert good.faults() == ()


FAULTS: dict[str, tuple[Callable[[Story], object], str]] = {
    "an event was never sent": (lambda s: s.samples.append(sample(b"x", State.DEAD_LETTER)), "never came to the raw"),
    "an event is not ours": (lambda s: s.records.append(raw(2, b"y")), "none of ours"),
    "not archived": (lambda s: s.change(catalog.ARCHIVE, lambda r: [r] * (r.offset == 0)), "never archived"),
    "archived out of order": (
        lambda s: s.change(catalog.ARCHIVE, lambda r: [copy(raw(1, DIRTY)), r]),
        "0 was archived after 1",
    ),
    "other bytes": (lambda s: s.change(catalog.ARCHIVE, lambda r: [replace(r, value=b"z")]), "is not what came in"),
    "other key": (lambda s: s.change(catalog.ARCHIVE, lambda r: [replace(r, key=b"z")]), "is not what came in"),
    "a header less": (
        lambda s: s.change(catalog.ARCHIVE, lambda r: [replace(r, headers=list(r.headers)[1:])]),
        "is not what came in",
    ),
    "no receipt": (lambda s: s.change(catalog.RECEIPT, lambda r: [r] * (r.offset == 1)), "have no receipt"),
    "not in the store": (lambda s: s.kept.pop(content_hash(CLEAN)), "not in the retention store"),
    "damaged in the store": (lambda s: s.kept.update({HASH: "other"}), "do not hold the bytes"),
    "invented in the store": (lambda s: s.kept.update({"more": "more"}), "were never sent"),
    "no order": (lambda s: s.change(catalog.TAKEDOWN, lambda _: []), "have no order"),
    "two orders": (
        lambda s: s.records.extend(
            [message(catalog.TAKEDOWN, order("again")), message(catalog.OUTCOME, outcome(order("again")))]
        ),
        "have several orders",
    ),
    "an order without an end": (lambda s: s.change(catalog.OUTCOME, lambda _: []), "have no outcome"),
    "another end": (
        lambda s: s.change(catalog.OUTCOME, lambda _: [message(catalog.OUTCOME, outcome(order(), Result.FAILED))]),
        "not every order ended removed",
    ),
    "an end without a record": (
        lambda s: s.change(catalog.OUTCOME, lambda _: [message(catalog.OUTCOME, outcome(order(), key=None))]),
        "removed without a receipt",
    ),
    "another state": (lambda s: s.samples.__setitem__(0, sample(CLEAN, State.REVIEW)), "another state than planned"),
    "deleted twice": (lambda s: s.calls.append(call(Action.DELETE)), "was not executed once"),
    "shown again": (lambda s: s.calls.insert(1, call(Action.UNHIDE)), "was not executed once"),
    "never executed": (lambda s: s.calls.clear(), "changed nothing on the platform"),
    "touched without an order": (lambda s: s.calls.append(call(Action.HIDE, "clean")), "touched without an order"),
    "deleted before its receipt": (
        lambda s: s.change(catalog.RECEIPT, lambda r: [replace(r, timestamp=MS + 1)]),
        "deleted before its receipt",
    ),
    "still to be seen": (lambda s: s.items.__setitem__(1, Item("dirty", "a")), "can still be seen"),
    "gone without reason": (
        lambda s: s.items.__setitem__(0, Item("clean", "a", state=Visibility.HIDDEN)),
        "should still be there",
    ),
    "a process that failed": (lambda s: s.exit_codes.update(archive=1), "exit code 1"),
    "never settled": (lambda s: setattr(s, "unsettled", "x"), "not settled"),
}


@pytest.mark.parametrize(("harm", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_it_names_what_does_not_add_up(good: Story, harm: Callable[[Story], object], told: str) -> None:
    harm(good)
    found = good.faults()
    assert any(told in fault for fault in found), found
