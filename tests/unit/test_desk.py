"""What people decide on orders: held ones go on, hidden items are shown again, and what cannot be is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typer.testing import Result as Ran

from agents.cli import app
from agents.demo.written import Place, Version, write
from agents.retention import place
from agents.retention.store import Raw
from agents.takedown.brake import Caps
from pipeline.errors import AnslagsvaktError, BadConfiguration
from pipeline.message import EndState, Order, Receipt, Result
from pipeline.platform import Action, Presence
from pipeline.record import Coordinates, RawReference
from tests.fake_platform import FakePlatform
from tests.orders import T0, a_receipt, a_value, an_order
from tests.takedown_world import World

TEXT = "Välkommen till biblioteket"


class Desk:
    """A takedown process that runs, and the command line beside it."""

    def __init__(self, folder: Path, caps: Caps) -> None:
        self.platform = FakePlatform()
        self.world = World(folder / "takedown.sqlite3", self.platform, caps)
        self._environment = {"ANSLAGSVAKT_DATA_DIR": str(folder)}

    def run(self, *arguments: str) -> Ran:
        return CliRunner().invoke(app, ["takedown", *arguments], env=self._environment)

    def lines(self, *arguments: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.run("orders", *arguments).output.splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, Caps(per_account=1, per_rule=10))
    yield made
    made.world.close()


def removed_and_held(desk: Desk) -> tuple[Order, Order]:
    """Two orders, of which the brake holds the second."""
    first, second = an_order("first", item="1"), an_order("second", item="2")
    for order in (first, second):
        desk.world.tell(order, a_receipt(order))
        desk.world.settle(5)
    return first, second


def test_orders_are_listed_without_any_text(desk: Desk) -> None:
    removed_and_held(desk)
    assert [(line["order_id"], line["ended"], line["alarms"]) for line in desk.lines()] == [
        ("first", "removed", []),
        ("second", None, ["held"]),
    ]
    assert [line["order_id"] for line in desk.lines("--held")] == ["second"]
    assert [line["order_id"] for line in desk.lines("--open")] == ["second"]
    assert desk.lines()[0]["rules"] == ["pii.personnummer"]


def test_no_orders_are_told_by_the_exit_code(desk: Desk) -> None:
    assert desk.run("orders").exit_code == 1


def test_a_held_order_goes_on_when_people_say_so(desk: Desk) -> None:
    removed_and_held(desk)
    assert desk.run("release", "second").output == "second goes on\n"
    desk.world.settle(5)
    assert desk.platform.items["2"] is Presence.GONE
    assert [line["ended"] for line in desk.lines()] == ["removed", "removed"]


@pytest.mark.parametrize("name", ["first", "unknown"])
def test_only_what_is_held_is_released(desk: Desk, name: str) -> None:
    removed_and_held(desk)
    refused(desk.run("release", name), f"{name} is not held")


def test_a_hidden_item_is_shown_again(desk: Desk) -> None:
    desk.world.tell(an_order(wanted=EndState.HIDDEN))
    desk.world.settle(5)
    assert desk.run("restore", "order").exit_code == 0
    desk.world.settle(5)
    assert desk.platform.effects == [(Action.HIDE, "1"), (Action.UNHIDE, "1")]
    assert desk.world.outcomes()["order"] == [(Result.HIDDEN, True), (Result.WITHDRAWN, True)]
    assert desk.world.metrics.called_off == ["pii.personnummer"]
    refused(desk.run("restore", "order"), "was withdrawn already")


def test_a_held_order_is_called_off(desk: Desk) -> None:
    removed_and_held(desk)
    assert desk.run("restore", "second").exit_code == 0
    desk.world.settle(5)
    assert desk.platform.effects[-2:] == [(Action.HIDE, "2"), (Action.UNHIDE, "2")]


def test_what_is_gone_is_handed_out_for_posting_again(desk: Desk, tmp_path: Path) -> None:
    at = Version("created", 1, T0, T0, "Kommunen", TEXT)
    value = write(Place("facebook", "eslovskommun", "comment", "1", "root"), at)
    with place.opened(place.Place(tmp_path / "store"), lambda: T0) as store:
        (kept,) = store.put_many([Raw(Coordinates("social.raw.v1", 0, 1), 0, b"key", value, ())])
    order = an_order()
    raw = RawReference("social.raw.v1", 0, 1, kept.sha256)
    order = type(order)(**{name: getattr(order, name) for name in order.__struct_fields__} | {"raw": raw})
    desk.world.tell(order, Receipt(object_key=kept.object_key, raw=raw, size=kept.size, stored_at=T0))
    desk.world.settle(5)
    said = desk.run("restore", "order")
    assert said.exit_code == 1
    assert said.stdout == f"{TEXT}\n"
    assert "no platform gives it back" in said.stderr
    assert TEXT not in said.stderr
    (noted,) = (tmp_path / "access.jsonl").read_bytes().splitlines()
    assert json.loads(noted)["records"] == [kept.object_key]


def test_a_removed_value_is_forgotten_when_people_say_so(desk: Desk) -> None:
    order = an_order(findings=(a_value("aa"),))
    desk.world.tell(order, a_receipt(order))
    refused(desk.run("forget", "order"), "has not ended")
    desk.world.settle(5)
    assert desk.run("forget", "order").output == "1 values of order are known no longer\n"
    desk.world.settle(5)
    assert [each.known_until > each.at for each in desk.world.fingerprints()] == [True, False]


def test_what_is_posted_again_by_hand_is_not_caught(desk: Desk) -> None:
    """Handing out the text of what is gone forgets its values, whether or not the record can be read."""
    order = an_order(findings=(a_value("aa"),))
    desk.world.tell(order, a_receipt(order))
    desk.world.settle(5)
    assert desk.run("restore", "order").exit_code == 1
    desk.world.settle(5)
    assert [each.known_until > each.at for each in desk.world.fingerprints()] == [True, False]


def test_a_notice_is_written_for_what_was_done(desk: Desk) -> None:
    removed_and_held(desk)
    said = desk.run("notice", "first", "--contact", "oss")
    assert said.exit_code == 0
    assert "Vi har tagit bort ditt inlägg" in said.stdout
    assert "Hör av dig till oss" in said.stdout
    assert "We have removed" in desk.run("notice", "first", "--language", "en").stdout
    refused(desk.run("notice", "second"), "has hidden or removed nothing")
    refused(desk.run("notice", "unknown"), "is no order of this journal")


def test_a_missing_journal_is_bad_input(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["takedown", "orders"], env={"ANSLAGSVAKT_DATA_DIR": str(tmp_path / "nowhere")})
    assert isinstance(said.exception, BadConfiguration)
    assert "ANSLAGSVAKT_JOURNAL_FILE" in str(said.exception)
    assert not (tmp_path / "nowhere").exists()


def refused(said: Ran, told: str) -> None:
    """What `main` turns into one line and exit code 1."""
    assert isinstance(said.exception, AnslagsvaktError)
    assert told in str(said.exception)
