"""Collecting attachments over a real store: what receipts say, what stands beside the record, what a crash costs."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from agents.archive import Archive
from agents.media.collect import Collector, Terms, collecting
from agents.media.fetch import Failed, Fetched
from agents.metrics import Metrics
from agents.retention import place
from agents.retention.disposal import Certificate, Due
from agents.retention.log import LogReader
from agents.retention.records import RecordStore
from agents.retention.verify import Known, Report, Verification
from agents.retention.wrap import add_key
from pipeline.errors import RetryLater
from pipeline.message import MediaState, Receipt
from pipeline.record import content_hash, object_key
from tests.fakes import FakeClock, FakeRecord
from topics import catalog, wire

Outcome = Fetched | Failed
PICTURE = Fetched(b"a picture\nof two lines", "image/jpeg")
TERMS = Terms(patience=timedelta(minutes=10), most=3)


def event(*urls: str | None, item: str = "1", change: str = "created") -> bytes:
    told = {
        "specversion": "1.0",
        "id": f"{item}:{change}",
        "source": "/facebook/exempel",
        "type": f"se.social.comment.{change}.v1",
        "time": "2026-11-23T11:59:30Z",
        "data": {
            "platform": "facebook",
            "account_id": "exempel",
            "object_kind": "comment",
            "change": change,
            "object_id": item,
            "root_id": "1",
            "media": [{"url": url, "alt_text": "x"} for url in urls],
        },
    }
    return json.dumps(told).encode()


def message(value: bytes, offset: int = 5) -> FakeRecord:
    return FakeRecord(catalog.ARCHIVE, 2, offset, value, b"facebook:1", 1_800_000_000_000)


class World:
    """An archive process without Kafka: its store, its queue, and a web that answers as `web` says."""

    def __init__(self, folder: Path, *, sealed: bool) -> None:
        self.clock = FakeClock(datetime.now(UTC))
        self.web: dict[str, Outcome | Callable[[], Outcome]] = {}
        self.asked: list[str] = []
        self.metrics = Metrics(CollectorRegistry())
        self.folder = folder
        if sealed:
            add_key(folder / "key", self.clock.now().date())
        keys, key_file = (folder / "keys", folder / "key") if sealed else (None, None)
        self.place = place.Place(folder / "store", keys, key_file, log_key=folder / "log.key")

    def fetch(self, url: str) -> Outcome:
        self.asked.append(url)
        found = self.web[url]
        return found() if callable(found) else found

    def running(self, terms: Terms = TERMS) -> "Life":
        return Life(self, terms)

    def verify(self) -> tuple[list[str], Report]:
        faults: list[str] = []
        with place.for_reading(self.place, self.clock.now) as store:
            run = Verification(store, fault=lambda fault: faults.append(str(fault)), progress=lambda _: None)
            return faults, run.run(LogReader(self.place.log), Known())

    def attached(self, value: bytes) -> dict[str, tuple[bytes, str | None]]:
        with place.for_reading(self.place, self.clock.now) as store:
            found = store.attachments(object_key(content_hash(value)))
        return {each.field: (each.content, each.missing or each.mime) for each in found}

    def measured(self, result: str) -> float | None:
        return self.metrics.registry.get_sample_value("anslagsvakt_media_total", {"result": result})


class Life:
    """One life of the process."""

    def __init__(self, world: World, terms: Terms) -> None:
        self.world = world
        self._terms = terms
        self.store: RecordStore
        self.collector: Collector
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        world, clock = self.world, self.world.clock
        self.store = self._stack.enter_context(place.opened(world.place, clock.now))
        queue = world.folder / "media.sqlite3"
        self.collector = self._stack.enter_context(
            collecting(queue, self.store, world.fetch, world.metrics, self._terms)
        )
        self.archive = Archive(self.store, self.collector, self.world.metrics, clock.now, clock.monotonic)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, *values: bytes) -> list[Receipt]:
        sent = self.archive.handle([message(value, offset) for offset, value in enumerate(values)])
        return [wire.decode_receipt(each.value) for each in sent]

    def tick(self) -> list[Receipt]:
        return [wire.decode_receipt(each.value) for each in self.archive.tick(self.world.clock.now())]

    def await_receipts(self, count: int = 1) -> list[Receipt]:
        """Turn the loop until so many final receipts have come."""
        found: list[Receipt] = []
        until = time.monotonic() + 20
        while len(found) < count and time.monotonic() < until:
            found += self.tick()
            time.sleep(0.005)
        return found

    def await_asked(self, count: int) -> None:
        until = time.monotonic() + 20
        while len(self.world.asked) < count and time.monotonic() < until:
            self.tick()
            time.sleep(0.005)
        time.sleep(0.05)
        self.tick()
        assert count == len(self.world.asked)


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return World(tmp_path, sealed=request.param)


def test_the_text_is_acknowledged_at_once_and_the_picture_when_it_is_there(world: World) -> None:
    arrives = threading.Event()

    def slow() -> Outcome:
        assert arrives.wait(20)
        return PICTURE

    value = event("https://a.example/1.jpg")
    world.web["https://a.example/1.jpg"] = slow
    with world.running() as life:
        [first] = life.take(value)
        assert (first.media_pending, [note.state for note in first.media]) == (1, [MediaState.PENDING])
        life.await_asked(1)
        assert life.tick() == []
        arrives.set()
        [final] = life.await_receipts()
    [note] = final.media
    assert (0, MediaState.STORED, content_hash(PICTURE.content)) == (final.media_pending, note.state, note.sha256)
    assert (first.raw, first.object_key, first.size, first.stored_at) == (
        final.raw,
        final.object_key,
        final.size,
        final.stored_at,
    )
    assert {"/media/0": (PICTURE.content, "image/jpeg")} == world.attached(value)
    faults, report = world.verify()
    assert (faults, report.records, report.attachments, report.missing) == ([], 1, 1, 0)


def test_what_cannot_be_had_is_told_and_noted_beside_the_record(world: World) -> None:
    value = event("https://a.example/1.jpg", None, "https://a.example/2.jpg")
    world.web |= {"https://a.example/1.jpg": Failed("too-large", hopeless=True), "https://a.example/2.jpg": PICTURE}
    with world.running() as life:
        life.take(value)
        [final] = life.await_receipts()
    assert [(note.field, note.state, note.reason) for note in final.media] == [
        ("/media/0", MediaState.GIVEN_UP, "too-large"),
        ("/media/2", MediaState.STORED, None),
    ]
    assert world.attached(value)["/media/0"] == (b"", "too-large")
    faults, report = world.verify()
    assert (faults, report.attachments, report.missing) == ([], 1, 1)
    assert (world.measured("given_up"), world.measured("stored")) == (1.0, 1.0)


def test_a_failure_that_may_pass_is_tried_again_until_patience_ends(world: World) -> None:
    value = event("https://a.example/1.jpg")
    world.web["https://a.example/1.jpg"] = Failed("timeout")
    with world.running() as life:
        life.take(value)
        life.await_asked(1)
        assert life.tick() == []
        world.clock.pass_(6)
        life.await_asked(2)
        world.clock.pass_(600)
        [final] = life.await_receipts()
    assert (len(world.asked), world.measured("put_off"), final.media[0].reason) == (3, 2.0, "timeout")


def test_what_waited_long_in_the_queue_is_tried_three_times_all_the_same(world: World) -> None:
    world.web["https://a.example/1.jpg"] = Failed("timeout")
    with world.running() as life:
        life.take(event("https://a.example/1.jpg"))
        world.clock.pass_(3600)
        for asked in (1, 2):
            life.await_asked(asked)
            assert life.tick() == []
            world.clock.pass_(20)
        [final] = life.await_receipts()
    assert (len(world.asked), final.media[0].reason) == (3, "timeout")


def test_a_refusal_is_tried_three_times(world: World) -> None:
    world.web["https://a.example/1.jpg"] = Failed("status-404", refused=True)
    with world.running() as life:
        life.take(event("https://a.example/1.jpg"))
        for asked in (1, 2, 3):
            life.await_asked(asked)
            world.clock.pass_(20)
    assert world.measured("put_off") == 2.0
    assert world.measured("given_up") == 1.0


def test_what_comes_in_the_end_is_kept(world: World) -> None:
    value = event("https://a.example/1.jpg")
    outcomes: Iterator[Outcome] = iter([Failed("status-503"), PICTURE])
    world.web["https://a.example/1.jpg"] = lambda: next(outcomes)
    with world.running() as life:
        life.take(value)
        life.await_asked(1)
        world.clock.pass_(6)
        [final] = life.await_receipts()
    assert final.media[0].state == MediaState.STORED
    assert {"/media/0": (PICTURE.content, "image/jpeg")} == world.attached(value)


def test_more_attachments_than_are_fetched_are_told_as_missing(world: World) -> None:
    urls = [f"https://a.example/{n}" for n in range(5)]
    world.web |= dict.fromkeys(urls, PICTURE)
    value = event(*urls)
    with world.running() as life:
        life.take(value)
        [final] = life.await_receipts()
    assert [note.reason for note in final.media] == [None, None, None, "too-many", "too-many"]
    assert len(world.asked) == 3
    assert (world.verify()[0], world.verify()[1].attachments, world.verify()[1].missing) == ([], 3, 2)


def test_what_was_under_way_when_the_process_died_is_fetched_by_the_next(world: World) -> None:
    value = event("https://a.example/1.jpg")
    never = threading.Event()
    world.web["https://a.example/1.jpg"] = lambda: PICTURE if never.wait(0.3) else Failed("dead")
    with world.running() as life:
        life.take(value)
        life.tick()
    world.web["https://a.example/1.jpg"] = PICTURE
    world.clock.pass_(181)
    with world.running() as life:
        [again] = life.take(value)
        assert again.media_pending == 1
        [final] = life.await_receipts()
    assert final.media[0].state == MediaState.STORED


def test_a_final_receipt_comes_again_until_it_is_confirmed(world: World) -> None:
    world.web["https://a.example/1.jpg"] = PICTURE
    with world.running() as life:
        life.take(event("https://a.example/1.jpg"))
        [final] = life.await_receipts()
    with world.running() as life:
        assert [final] == life.await_receipts()
        assert life.tick() == []


def test_a_message_that_comes_again_fetches_nothing_again(world: World) -> None:
    world.web["https://a.example/1.jpg"] = PICTURE
    value = event("https://a.example/1.jpg")
    with world.running() as life:
        life.take(value)
        [final] = life.await_receipts()
        [again] = life.take(value)
        assert (final.media, 0) == (again.media, again.media_pending)
        assert life.tick() == []
    assert len(world.asked) == 1


def test_another_version_of_an_item_waits_for_its_pictures_too(world: World) -> None:
    """Deleting the item by an order on the new version would take the old version's picture along."""
    world.web["https://a.example/1.jpg"] = Failed("timeout")
    with world.running() as life:
        life.take(event("https://a.example/1.jpg"))
        edited, other = life.take(event(change="edited"), event(item="2"))
        assert (edited.media_pending, other.media_pending) == (1, 0)
        life.await_asked(1)
        world.web["https://a.example/1.jpg"] = PICTURE
        world.clock.pass_(6)
        assert [each.media_pending for each in life.await_receipts(2)] == [0, 0]


def test_a_full_store_loses_nothing_that_was_fetched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.web["https://a.example/1.jpg"] = PICTURE
    with world.running() as life:
        life.take(event("https://a.example/1.jpg"))
        with monkeypatch.context() as full:

            def attach(_: object) -> None:
                raise RetryLater("full")

            full.setattr(life.store, "attach", attach)
            life.tick()
            with pytest.raises(RetryLater):
                life.await_receipts()
            with pytest.raises(RetryLater):
                life.tick()
        [final] = life.await_receipts()
    assert (final.media[0].state, len(world.asked)) == (MediaState.STORED, 1)


def test_a_fault_of_ours_is_put_off_and_tells_no_words(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    def broken() -> Outcome:
        raise ValueError("https://secret.example/token")

    world.web["https://a.example/1.jpg"] = broken
    with world.running() as life:
        life.take(event("https://a.example/1.jpg"))
        life.await_asked(1)
        assert [reason for _, reason in life.collector._queue.pending()] == ["unforeseen"]
    assert "secret" not in "".join(capfd.readouterr())


def test_attachments_go_when_their_record_is_disposed_of(world: World) -> None:
    world.web["https://a.example/1.jpg"] = PICTURE
    value = event("https://a.example/1.jpg")
    key = object_key(content_hash(value))
    with world.running() as life:
        life.take(value)
        life.await_receipts()
        at = world.clock.now()
        due = Due(key, at.date(), "c", "l", "d")
        certificate = Certificate(
            proposal="p", made_by="a", approved_by="b", executed_by="c", executed_at=at, records=(due,)
        )
        content = msgspec.json.encode(certificate)
        life.store.certify(f"disposals/{content_hash(content)}", content)
        assert life.store.dispose([key], "p") == 2
    faults, report = world.verify()
    assert (faults, report.disposed) == ([], 2)


@pytest.mark.parametrize("harm", ["flip", "remove"])
def test_harm_to_an_attachment_is_named(world: World, harm: str) -> None:
    world.web["https://a.example/1.jpg"] = PICTURE
    with world.running() as life:
        life.take(event("https://a.example/1.jpg"))
        life.await_receipts()
    [path] = [each for each in (world.folder / "store" / "media").rglob("*") if each.is_file()]
    if harm == "remove":
        path.unlink()
    else:
        path.chmod(0o640)
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    faults, _ = world.verify()
    assert [path.name in fault for fault in faults] == [True]
