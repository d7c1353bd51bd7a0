"""The repost guard on a real Kafka: what was removed once is removed again, in a spelling that is doubtful alone."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from agents.demo.ledger import Ledger
from agents.demo.written import Place, Version, write
from agents.platforms import simulator
from agents.platforms.simulated import Item, Visibility
from agents.platforms.simulator import SimulatorServer
from agents.publish import KafkaPublisher
from agents.screen.removed import Removed, following
from deploy.local.kafka import Kafka
from pipeline import repost
from pipeline.errors import Stop
from pipeline.message import Order
from tests.chaos.installation import Installation, add
from tests.chaos.keeper import Keeper
from tests.chaos.tape import await_settled, read
from tests.generated.spellings import SPELLINGS, personal_number
from tests.integration.conftest import FreshBroker
from topics import catalog
from topics.outgoing import Outgoing

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
PROCESSES = ("screen", "archive", "takedown")
DOUBTFUL = SPELLINGS["reversed-parts"]
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Square:
    """A platform, the whole installation that watches it, and somebody who posts there."""

    server: SimulatorServer
    installation: Installation
    keeper: Keeper

    def post(self, name: str, text: str) -> None:
        """Post a comment, and bring its event to the raw topic as a connector does."""
        self.server.platform.seed(Item(name, "eslovskommun"))
        now = datetime.now(UTC)
        place = Place("facebook", "eslovskommun", "comment", name, "root")
        value = write(place, Version("created", 1, now, now, "Alva Testsson", text))
        with closing(KafkaPublisher({"bootstrap_servers": self.installation.bootstrap})) as publisher:
            publisher.publish([Outgoing(catalog.RAW, place.key, value)])

    def settled(self) -> Ledger:
        assert await_settled(self.installation.bootstrap, standstill=PATIENCE, at_most=PATIENCE) is None
        return read(self.installation.bootstrap).ledger

    def await_known(self, count: int) -> None:
        """Wait until the screen says that it knows so many values."""
        until = time.monotonic() + PATIENCE
        while f"\nanslagsvakt_known_values {count}.0\n" not in httpx.get(self.keeper.metrics()["screen"]).text:
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.fixture
def square(fresh_broker: FreshBroker, tmp_path: Path) -> Iterator[Square]:
    with simulator.running() as server:
        installation = Installation(tmp_path / "installation", fresh_broker().bootstrap, server.url)
        installation.make_topics()
        with installation.keeper() as keeper:
            for name in PROCESSES:
                add(keeper, name)
            assert keeper.await_ready(PROCESSES, PATIENCE)
            yield Square(server, installation, keeper)
            assert set(keeper.stop().values()) == {0}


def test_a_removed_number_is_caught_again_however_it_is_spelled(square: Square) -> None:
    rng = random.Random(8)
    number, another = personal_number(rng), personal_number(rng)
    square.post("first", f"det är {SPELLINGS['10-hyphen'](number)}")
    square.await_known(1)
    square.post("second", DOUBTFUL(number))
    square.post("nobody's", DOUBTFUL(another))
    square.settled()
    restarted(square.keeper, "screen")
    square.post("third", f"född {SPELLINGS['split-last-four'](number)}")
    ledger = square.settled()
    (fingerprint,) = ledger.fingerprints.values()

    state: Callable[[str], Visibility | None] = square.server.platform.state
    assert [state(name) for name in ("first", "second", "third")] == [Visibility.REMOVED] * 3
    assert state("nobody's") is Visibility.VISIBLE, "the same spelling of another number is for people"
    rules = {order.subject.object_id: rules_of(order) for order in ledger.orders.values()}
    assert rules == {"first": {"personnummer.canonical"}, "second": {repost.RULE}, "third": {repost.RULE}}
    assert {note.token for order in ledger.orders.values() for note in order.findings} == {fingerprint.token}
    assert sealed(square.installation, number[2:8]), "no part of the number stands outside the sealed zone"


def rules_of(order: Order) -> set[str]:
    return {note.rule for note in order.findings}


def restarted(keeper: Keeper, name: str) -> None:
    """Kill it, and wait until another in its place is ready."""
    before = keeper.pids()[name]
    keeper.kill(name)
    until = time.monotonic() + PATIENCE
    while keeper.pids().get(name, before) == before:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert keeper.await_ready((name,), PATIENCE)


def sealed(installation: Installation, digits: str) -> bool:
    """Whether these digits are in no log, and in no file that is kept outside the store."""
    files = [
        path for path in installation.folder.rglob("*") if path.is_file() and installation.store not in path.parents
    ]
    return bool(files) and not any(digits.encode() in path.read_bytes() for path in files)


def test_a_missing_topic_is_told_with_its_remedy(broker: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen that cannot know would let through what was removed: it does not start."""
    monkeypatch.setattr(catalog, "FINGERPRINT", "test.no-such-topic")

    async def begin() -> None:
        async with following({"bootstrap_servers": [broker.bootstrap]}, Removed(), asyncio.Event()):
            raise AssertionError("it began")

    with pytest.raises(Stop, match="topics apply"):
        asyncio.run(begin())
