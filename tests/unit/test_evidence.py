"""A police report's package: what is reported stands uncovered and proved, what others wrote is covered."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import bagit
import msgspec
import pytest
from typer.testing import CliRunner

from agents.handout import access
from agents.records import app
from agents.retention import place
from agents.retention.attachment import Attachment
from agents.retention.store import Raw
from pipeline.message import EndState
from pipeline.record import Coordinates, RawReference
from tests.events import an_event_value
from tests.fake_platform import FakePlatform
from tests.orders import a_receipt, an_order
from tests.takedown_world import World
from tests.unit.test_handout import Checker

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
THREAT = "Jag vet var du bor <och> jag ska döda dig"
NUMBER = "19811228-9874"
BYSTANDER = f"Sluta! Mitt nummer är {NUMBER} om någon undrar"


def raw(item: str, text: str, *, offset: int, author: str, **data: object) -> Raw:
    value = an_event_value(
        event={"id": f"{item}:{offset}", "time": f"2026-11-20T10:{offset:02}:00Z"},
        object_id=item,
        root_id="123",
        parent_id="123",
        text=text,
        author={"id": f"native-{item}", "display_name": author},
        permalink=f"https://facebook.example.org/{item}",
        **data,
    )
    return Raw(Coordinates("social.raw.v1", 0, offset), 0, b"k", value)


REPORTED = raw("123_1", THREAT, offset=5, author="Hotande Testsson")
RAWS = (REPORTED, raw("123_2", BYSTANDER, offset=7, author="Vittne Testsson"))
PICTURE = Attachment.fetched(REPORTED.sha256, "/media/0", AT, b"a threatening picture", "image/jpeg")


def filled(folder: Path) -> Path:
    """A store with the thread, and the journal of an order that has hidden the threat."""
    with place.opened(place.Place(folder / "store", log_key=folder / "log.key"), lambda: AT) as store:
        store.put_many(RAWS)
        store.attach([PICTURE, Attachment(REPORTED.sha256, "/media/1", AT, missing="timeout")])
    order = an_order("order-of-the-threat", item="123_1", wanted=EndState.HIDDEN)
    order = msgspec.structs.replace(order, raw=RawReference("social.raw.v1", 0, 5, REPORTED.sha256))
    with closing(World(folder / "takedown.sqlite3", FakePlatform())) as world:
        world.tell(order, a_receipt(order))
        world.settle(5)
    return folder


def evidence(data: Path, to: Path, item: str = "123_1") -> tuple[int, str]:
    asked = ["evidence", item, "--to", str(to), "--decision", "KS 2026/12"]
    result = CliRunner().invoke(app, asked, env={"ANSLAGSVAKT_DATA_DIR": str(data)})
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder from which the bag was made, and nothing else was read."""
    return filled(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def bag(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bag's payload; the tests only look at it."""
    folder = tmp_path_factory.mktemp("bags") / "bag"
    assert evidence(data, folder)[0] == 0
    return folder / "data"


def test_the_reported_item_stands_as_it_came_in_and_anyone_can_check_it(bag: Path) -> None:
    bagit.Bag(str(bag.parent)).validate()
    assert [path.name for path in (bag / "raw").iterdir()] == [REPORTED.sha256]
    original = bag / "raw" / REPORTED.sha256
    assert original.read_bytes() == REPORTED.value
    proof = bag / "proof" / f"{REPORTED.sha256}.json"
    checker = [sys.executable, "-I", str(bag / "check_record.py"), str(proof), str(original)]
    assert subprocess.run(checker, capture_output=True, check=False).returncode == 0
    proof = bag / "proof" / f"{PICTURE.object_key.rpartition('/')[2]}.json"
    checker[-2:] = [str(proof), str(bag / "media" / f"{PICTURE.sha256}.jpg")]
    assert subprocess.run(checker, capture_output=True, check=False).returncode == 0


def test_the_cover_page_says_what_where_by_whom_and_what_was_done(bag: Path) -> None:
    checker = Checker()
    checker.feed((bag / "forsattsblad.html").read_text(encoding="utf-8"))
    assert checker.open == []
    seen = " ".join("".join(checker.seen).split())
    for told in (
        "Underlag till polisanmälan",
        "enligt beslut KS 2026/12",
        THREAT,
        "Hotande Testsson",
        "https://facebook.example.org/123_1",
        "brottsbalken 4 kap. 5 §",
        REPORTED.sha256,
        str(PICTURE.sha256),
        "kunde inte hämtas",
        "order-of-the-threat",
        "Sedd dold",
    ):
        assert told in seen, told


def test_what_others_wrote_is_covered(bag: Path) -> None:
    everything = b"".join(path.read_bytes() for path in bag.parent.rglob("*") if path.is_file()).decode()
    assert NUMBER not in everything
    assert "Vittne Testsson" not in everything
    thread = (bag / "trad.html").read_text(encoding="utf-8")
    assert "Sluta! Mitt nummer är <mark>personnummer</mark>" in thread
    assert "döda" not in thread, "what is reported stands on pages of its own"
    assert "döda" in (bag / "index.html").read_text(encoding="utf-8")


def test_every_call_to_the_platform_is_told(bag: Path) -> None:
    (order,) = json.loads((bag / "atgarder.json").read_bytes())
    assert (order["order_id"], order["ended"]) == ("order-of-the-threat", "hidden")
    assert [(call["action"], call["seen"]) for call in order["calls"]] == [("hide", None), ("read", "hidden")]


@pytest.mark.usefixtures("bag")
def test_the_reading_is_noted_with_its_decision(data: Path) -> None:
    (line,) = (data / "access.jsonl").read_bytes().splitlines()
    noted = msgspec.json.decode(line, type=access.Access)
    assert (noted.command, noted.decision) == ("evidence", "KS 2026/12")
    assert set(noted.records) == {each.object_key for each in RAWS}


def test_nothing_is_written_of_what_cannot_be_noted(tmp_path: Path) -> None:
    (filled(tmp_path / "data") / "access.jsonl").mkdir()
    assert evidence(tmp_path / "data", tmp_path / "bag")[0] == 2
    assert not (tmp_path / "bag").exists()


def test_an_item_that_is_not_there_is_told(data: Path, tmp_path: Path) -> None:
    assert evidence(data, tmp_path / "bag", "unknown") == (1, "no record fits\n")


def test_without_a_journal_beside_the_store_it_says_so(tmp_path: Path) -> None:
    """The takedown process may run on another machine."""
    for file in filled(tmp_path / "data").glob("takedown.sqlite3*"):
        file.unlink()
    assert evidence(tmp_path / "data", tmp_path / "bag")[0] == 0
    cover = (tmp_path / "bag" / "data" / "forsattsblad.html").read_text(encoding="utf-8")
    assert "Ingen åtgärd på plattformen är noterad." in cover
