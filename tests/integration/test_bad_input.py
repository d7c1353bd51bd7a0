"""Whatever Kafka takes in is archived as it is and ends in a counted state, and no process ends for it."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaError

from agents.demo.kept import read_back
from agents.demo.malformed import malformed, odd
from agents.demo.scrape import Scraper
from agents.demo.values import Values
from pipeline.record import Coordinates, content_hash
from pipeline.route import State
from tests.chaos.audit import archived
from tests.chaos.installation import Installation, add
from tests.chaos.tape import behind, read
from tests.events import SECRET, an_event_value
from tests.integration.conftest import FreshBroker
from topics import catalog

PATIENCE = 150.0
DEAD, PASSED, REVIEW, TAKEDOWN = State.DEAD_LETTER, State.PASSED, State.REVIEW, State.TAKEDOWN
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MEGABYTE = 1024 * 1024
CALM = "Tack för en fin dag på torget! "


@dataclass(frozen=True)
class Bad:
    """One raw message, and the state that it must end in."""

    name: str
    value: bytes | None = field(repr=False)
    ends: State
    key: bytes | None = b"facebook:123"
    headers: tuple[tuple[str, bytes], ...] = ()


def deep(depth: int) -> bytes:
    return an_event_value().replace(
        b'"data": {', b'"data": {"native_ids": ' + b'{"x":' * depth + b"1" + b"}" * depth + b", "
    )


BAD = (
    *(Bad(s.expectation.scene, s.value, DEAD, s.key, s.headers) for s in malformed(Values(Random(1)), START)),
    *(Bad(s.expectation.scene, s.value, s.expectation.ends, s.key, s.headers) for s in odd(Values(Random(1)), START)),
    Bad("random bytes", secrets.token_bytes(4096), DEAD),
    Bad("null bytes", b"\x00" * 4096, DEAD),
    Bad("null bytes around", b"\x00" + an_event_value() + b"\x00", DEAD),
    Bad("null character in the text", an_event_value(text=f"\x00{CALM}\x00"), PASSED),
    Bad("a lone surrogate", an_event_value(text="?").replace(b'"?"', b'"\\ud800"'), DEAD),
    Bad("UTF-16", an_event_value().decode().encode("utf-16"), DEAD),
    Bad("no key and nothing", b"", DEAD, key=None),
    Bad("an empty key", an_event_value(text=CALM), PASSED, key=b""),
    Bad("a key that is no text", an_event_value(text=CALM), PASSED, key=b"\xff\x00\xfe"),
    Bad("a huge key", an_event_value(text=CALM), PASSED, key=b"k" * MEGABYTE),
    Bad(
        "huge headers", an_event_value(text=CALM), PASSED, headers=(("h", b"\xff" * MEGABYTE), ("h", b""), ("å", b"2"))
    ),
    Bad("many headers", an_event_value(text=CALM), PASSED, headers=tuple((str(n), b"") for n in range(5000))),
    Bad("our own headers", an_event_value(text=CALM), PASSED, headers=(("anslagsvakt-raw-offset", b"7"),)),
    Bad("a text of 10 MB", an_event_value(text=CALM * (10 * MEGABYTE // len(CALM))), REVIEW),
    Bad("10 MB that are no event", b"[" * 10 * MEGABYTE, DEAD),
    Bad("nested deep in a field we keep", deep(50_000), DEAD),
    Bad("the same id", an_event_value(text=CALM), PASSED),
    Bad("the same id with another text", an_event_value(), TAKEDOWN),
    Bad("the same id once more", an_event_value(), TAKEDOWN),
    Bad("twice the same field", an_event_value(text=CALM).replace(b'"id":', b'"id": "x", "id":', 1), PASSED),
    Bad(
        "a number that is none", an_event_value().replace(f'"{SECRET}"'.encode(), b"NaN").replace(b"Hen", b"\x01"), DEAD
    ),
    Bad("year 0", an_event_value(created_at="0000-01-01T00:00:00Z"), DEAD),
    Bad("an unknown kind", an_event_value(object_kind="hologram"), DEAD),
    Bad("a list for a text", an_event_value(text=["a"]), DEAD),
    Bad("no data", an_event_value(event={"data": ...}), DEAD),
    Bad("fields of tomorrow", an_event_value(text=CALM, hologram={"x": [1, None]}), PASSED),
)


def send(bootstrap: str) -> dict[Coordinates, Bad]:
    """Send all, one after another, and say where each stands."""
    at = {}
    with closing(
        KafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=catalog.MAX_MESSAGE_BYTES)
    ) as producer:
        for bad in BAD:
            sent = producer.send(catalog.RAW, key=bad.key, value=bad.value, headers=[*bad.headers], partition=None)
            place = sent.get(timeout=PATIENCE)
            at[Coordinates(place.topic, place.partition, place.offset)] = bad
    return at


@pytest.mark.kafka
@pytest.mark.slow
def test_whatever_kafka_takes_is_archived_as_it_is_and_counted(fresh_broker: FreshBroker, tmp_path: Path) -> None:
    broker = fresh_broker()
    installation = Installation(tmp_path / "installation", broker.bootstrap, "")
    installation.make_topics()
    with installation.keeper() as keeper:
        add(keeper, "screen")
        add(keeper, "archive")
        sent = send(broker.bootstrap)
        await_handled(broker.bootstrap)
        with closing(Scraper(keeper.metrics())) as scraper:
            counted = scraper.scrape().states
        ended, exit_codes = keeper.ends(), keeper.stop()
    tape = read(broker.bootstrap)
    states = {bad.name: tape.ledger.state_of(at) for at, bad in sent.items()}
    assert tape.raw.keys() == sent.keys()
    assert tuple(archived(tape)) == ()
    assert [copy.at.offset for copies in tape.archived.values() for copy in copies] == [
        offset for copies in tape.archived.values() for offset in range(len(copies))
    ]
    assert states == {bad.name: bad.ends for bad in BAD}
    assert counted == Counter(bad.ends for bad in BAD)
    assert tape.ledger.receipts == set(sent)
    hashes = {content_hash(bad.value) for bad in BAD}
    assert read_back(installation.store) == {each: each for each in hashes}
    assert (sum(ended.values(), Counter()), exit_codes) == (Counter(), {"screen": 0, "archive": 0})


def await_handled(bootstrap: str) -> None:
    """Wait until screen and archive have committed everything."""
    until = time.monotonic() + PATIENCE
    while lags := _behind(bootstrap):
        assert time.monotonic() < until, lags
        time.sleep(0.5)


def _behind(bootstrap: str) -> dict[str, int]:
    try:
        return behind(bootstrap, (catalog.SCREEN_GROUP, catalog.ARCHIVE_GROUP))
    except KafkaError:  # a broker that has just come does not know its groups yet
        return {"unknown": 1}
