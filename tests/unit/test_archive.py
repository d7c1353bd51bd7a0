"""The archive process: what it keeps of a message, and that no receipt is given before the store's word."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from agents.archive import Archive, raw_of
from agents.media.queue import Expected, Waiting
from agents.metrics import Stage, Step
from agents.retention.store import Raw, StoredRecord
from pipeline.errors import RetryLater
from pipeline.message import MediaNote
from pipeline.record import Coordinates, content_hash, object_key
from tests.events import CHECK, an_event_value
from tests.fakes import FakeClock, FakeMeter, FakeRecord
from topics import catalog, wire

OURS = [
    ("anslagsvakt-raw-topic", b"social.raw.v1"),
    ("anslagsvakt-raw-partition", b"7"),
    ("anslagsvakt-raw-offset", b"41"),
    ("anslagsvakt-raw-timestamp", b"1700000000000"),
]
RAW_AT = Coordinates("social.raw.v1", 7, 41)
HERE = Coordinates(catalog.ARCHIVE, 2, 5)


def message(headers: Sequence[tuple[str, bytes]], value: bytes | None = b"v") -> FakeRecord:
    return FakeRecord(catalog.ARCHIVE, 2, 5, value, b"facebook:1", 1_800_000_000_000, headers)


@pytest.mark.parametrize(
    ("headers", "at", "own"),
    [
        pytest.param(OURS, RAW_AT, [], id="screen's headers are taken off"),
        pytest.param([("trace", b"\xff"), *OURS], RAW_AT, [("trace", b"\xff")], id="the raw event's own stay"),
        pytest.param([OURS[0], *OURS], RAW_AT, [OURS[0]], id="a forged one ahead stays and misleads nobody"),
        pytest.param([], HERE, [], id="none: the message stands for itself"),
        pytest.param(OURS[:3], HERE, OURS[:3], id="some: nothing is taken off"),
        pytest.param([*OURS[:2], ("anslagsvakt-raw-offset", b"x"), OURS[3]], HERE, None, id="no number"),
        pytest.param([("anslagsvakt-raw-topic", b"\xff"), *OURS[1:]], HERE, None, id="not text"),
    ],
)
def test_where_the_raw_event_stood(
    headers: list[tuple[str, bytes]], at: Coordinates, own: list[tuple[str, bytes]] | None
) -> None:
    raw = raw_of(message(headers))
    assert (at, tuple(headers if own is None else own)) == (raw.at, raw.headers)
    assert (raw.key, raw.value) == (b"facebook:1", b"v")
    assert raw.timestamp == (1_700_000_000_000 if at == RAW_AT else 1_800_000_000_000)


class FakeStore:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Raw] = {}
        self.documents: dict[str, bytes] = {}
        self.trouble: RetryLater | None = None

    def keep_documents(self, named: Mapping[str, bytes]) -> None:
        if self.trouble:
            raise self.trouble
        self.documents |= named

    def put_many(self, records: Sequence[Raw]) -> tuple[StoredRecord, ...]:
        if self.trouble:
            raise self.trouble
        answers = []
        for raw in records:
            new = raw.object_key not in self.kept
            self.kept.setdefault(raw.object_key, raw)
            answers.append(StoredRecord(raw.object_key, raw.sha256, len(raw.value or b""), new))
        return tuple(answers)


class ArchiveMeter(FakeMeter):
    """Remembers also what only the archive process measures."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: list[tuple[int, int, int]] = []
        self.exposures: list[timedelta] = []

    def stored(self, *, new: int, repeated: int, size: int) -> None:
        self.counts.append((new, repeated, size))

    def took(self, stage: Stage, seconds: float) -> None:
        assert (stage, seconds >= 0) == (Stage.STORE, True)

    def exposed(self, step: Step, created_at: datetime, now: datetime) -> None:
        assert step == Step.ARCHIVED
        self.exposures.append(now - created_at)


class FakeAttachments:
    """Nothing is ever attached."""

    def expect(self, records: Sequence[Expected], now: datetime) -> Mapping[str, tuple[tuple[MediaNote, ...], int]]:
        assert now.tzinfo
        assert all(not each.fields for each in records)
        return {}

    def tick(self, now: datetime) -> Sequence[tuple[Waiting, tuple[MediaNote, ...]]]:
        assert now.tzinfo
        return []


def an_archive() -> tuple[Archive, FakeStore, ArchiveMeter]:
    store, meter, clock = FakeStore(), ArchiveMeter(), FakeClock()
    return Archive(store, FakeAttachments(), meter, clock.now, clock.monotonic), store, meter  # type: ignore[arg-type]  # archive only puts


def test_every_message_is_answered_with_a_receipt_of_its_own_raw_event() -> None:
    archive, _, meter = an_archive()
    again = FakeRecord(catalog.ARCHIVE, 2, 6, b"v", b"facebook:1", 0, [*OURS[:2], (OURS[2][0], b"42"), OURS[3]])
    sent = archive.handle([message(OURS), again])
    receipts = [wire.decode_receipt(each.value) for each in sent]
    assert [(each.topic, each.key, each.partition) for each in sent] == [(catalog.RECEIPT, b"facebook:1", 7)] * 2
    assert [each.raw.offset for each in receipts] == [41, 42]
    assert {(object_key(content_hash(b"v")), 1)} == {(each.object_key, each.size) for each in receipts}
    assert meter.counts == [(1, 1, 1)]


def test_how_a_takedown_ended_is_kept_and_gets_no_receipt() -> None:
    archive, store, meter = an_archive()
    outcome = FakeRecord(catalog.OUTCOME, 2, 5, b"{outcome}", b"facebook:1", 0, [])
    assert list(archive.handle([outcome])) == []
    assert (store.documents, store.kept, meter.counts) == (
        {f"outcomes/{content_hash(b'{outcome}')}": b"{outcome}"},
        {},
        [],
    )
    assert len(archive.handle([message(OURS), outcome])) == 1
    store.trouble = RetryLater("store full")
    with pytest.raises(RetryLater):
        archive.handle([outcome])


def test_no_receipt_without_the_stores_word() -> None:
    archive, store, meter = an_archive()
    store.trouble = RetryLater("store full")
    with pytest.raises(RetryLater):
        archive.handle([message(OURS)])
    assert meter.counts == []


@pytest.mark.parametrize("value", [b"\xff", b"{}", None, b""], ids=["not text", "no event", "null", "empty"])
def test_what_cannot_be_decoded_is_kept_all_the_same(value: bytes | None) -> None:
    archive, store, meter = an_archive()
    assert len(archive.handle([message(OURS, value)])) == 1
    assert [value] == [raw.value for raw in store.kept.values()]
    assert meter.exposures == []


def test_exposure_is_counted_from_the_items_creation() -> None:
    """Once for each version, and not for a check, which nobody is exposed to."""
    event = an_event_value(created_at="2026-11-23T11:59:00Z")
    archive, _, meter = an_archive()
    archive.handle([message(OURS, event), message(OURS, event), message(OURS, an_event_value(**CHECK))])
    assert [timedelta(minutes=1)] == meter.exposures
