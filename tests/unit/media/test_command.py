"""`anslagsvakt records media`: what is not in the store is listed with its reason, and can be asked for once more."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.media.queue import MediaQueue
from agents.records import app
from agents.retention import place
from agents.retention.attachment import Attachment
from agents.retention.store import Raw
from pipeline.record import Coordinates
from tests.unit.media.test_collect import event
from topics import wire

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://a.example/secret.jpg"
WITH_TWO = Raw(Coordinates("social.raw.v1", 3, 7), 0, b"facebook:1", event(URL, URL))
WITH_NONE = Raw(Coordinates("social.raw.v1", 3, 8), 0, b"facebook:1", event(item="2"))
NO_EVENT = Raw(Coordinates("social.raw.v1", 3, 9), 0, b"facebook:1", b"no event")


def run(*arguments: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, ["media", *arguments])
    return result.exit_code, result.output.splitlines()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the settings, with three records, one picture of which could be had and one could not."""
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(tmp_path))
    with place.opened(place.Place(tmp_path / "store"), lambda: AT) as store:
        store.put_many([WITH_TWO, WITH_NONE, NO_EVENT])
        store.attach([Attachment.fetched(WITH_TWO.sha256, "/media/0", AT, b"x", None)])
    return tmp_path


def test_nothing_is_missing(data: Path) -> None:
    assert data.exists()
    assert run() == (0, [])


def test_what_was_given_up_and_what_is_pending_are_listed_without_addresses(data: Path) -> None:
    with place.opened(place.Place(data / "store"), lambda: AT) as store:
        store.attach([Attachment(WITH_TWO.sha256, "/media/1", AT, missing="status-404")])
    code, lines = run()
    assert (code, [json.loads(line)["field"] for line in lines]) == (1, ["/media/1"])
    assert {
        "record": WITH_TWO.object_key,
        "field": "/media/1",
        "since": "2026-11-23T12:00:00Z",
        "reason": "status-404",
        "given_up": True,
    } == json.loads(lines[0])
    assert "secret" not in lines[0]


def test_all_that_the_store_lacks_can_be_asked_for_though_the_queue_is_lost(data: Path) -> None:
    """And the receipt that a deletion may wait for is made anew."""
    code, lines = run("--again")
    assert (code, lines[0][:13]) == (0, "1 attachments")
    code, lines = run()
    assert (code, [(each["field"], each["given_up"]) for each in map(json.loads, lines)]) == (1, [("/media/1", False)])
    with MediaQueue(data / "media.sqlite3") as queue:
        queue._db.execute("UPDATE attachment SET state = 'stored'")
        [waiting] = queue.ready(9)
    receipt = wire.decode_receipt(waiting.receipt)
    at = Coordinates(receipt.raw.topic, receipt.raw.partition, receipt.raw.offset)
    assert (WITH_TWO.at, WITH_TWO.key) == (at, waiting.key)
    assert (WITH_TWO.object_key, WITH_TWO.sha256, len(WITH_TWO.value or b"")) == (
        receipt.object_key,
        receipt.raw.sha256,
        receipt.size,
    )
