"""One turn of the screen: archive first, judge, publish; stop when anything cannot be confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime

import pytest
from prometheus_client import CollectorRegistry

from agents.metrics import Metrics
from agents.screen.judge import Judge, Judgement
from agents.screen.turn import Turn, to_archive
from agents.stream import Record
from pipeline.errors import Stop
from pipeline.route import State
from pipeline.token import Tokeniser
from tests.events import ACCOUNT, CHECK, FOUND, a_policy, a_record, an_event_value
from tests.fakes import FakeDetector, FakeProducer, FakeRecord
from topics import catalog

JUDGE = Judge(FakeDetector(FOUND), a_policy(), {(ACCOUNT.platform, ACCOUNT.id): ACCOUNT}, Tokeniser(b"k" * 32))
GOOD, BAD = an_event_value(), b"rubbish"


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


class Screen:
    """A turn with its fakes, and what happened in which order."""

    def __init__(self, executor: Executor, fail: dict[int, Exception] | None = None, limit: int = 100) -> None:
        self.judged_after: list[int] = []
        self.producer = FakeProducer(fail or {})
        self.metrics = Metrics(CollectorRegistry())
        self._turn = Turn(self._judge, self.producer, self.metrics, executor, limit)

    def _judge(self, record: Record, now: datetime) -> Judgement:
        self.judged_after.append(len(self.producer.calls))
        return JUDGE.judge(record, now)

    def take(self, *parts: Sequence[FakeRecord]) -> None:
        asyncio.run(self._turn.take(dict(enumerate(parts))))

    @property
    def topics(self) -> list[list[str]]:
        return [[message.topic for message in call] for call in self.producer.calls]

    def count(self, state: State) -> float:
        return sum(
            sample.value
            for family in self.metrics.registry.collect()
            for sample in family.samples
            if sample.name == "anslagsvakt_events_total" and sample.labels["state"] == state
        )


def records(*values: bytes | None, partition: int = 0) -> list[FakeRecord]:
    return [a_record(value, offset=offset, partition=partition) for offset, value in enumerate(values)]


def test_everything_is_archived_before_anything_is_judged_or_published(executor: Executor) -> None:
    """Invariant 1: the undecodable and the empty as well."""
    screen = Screen(executor)
    screen.take(records(GOOD, BAD, None), records(GOOD, partition=1))
    assert screen.topics == [
        [catalog.ARCHIVE] * 4,
        [catalog.TAKEDOWN, catalog.DEAD_LETTER, catalog.DEAD_LETTER, catalog.TAKEDOWN],
    ]
    assert screen.judged_after == [1, 1, 1, 1]


def test_the_archive_gets_the_bytes_untouched() -> None:
    """Value, key, headers (repeated ones too) and partition as they came; where they stood in headers of ours."""
    record = a_record(b"\xff\x00 anything", offset=41, partition=5)
    archived = to_archive(record)
    assert (archived.topic, archived.partition) == (catalog.ARCHIVE, 5)
    assert (archived.value, archived.key) == (record.value, record.key)
    assert "anything" not in repr(archived)
    assert archived.headers[:2] == record.headers
    assert dict(archived.headers[2:]) == {
        "anslagsvakt-raw-topic": b"social.raw.v1",
        "anslagsvakt-raw-partition": b"5",
        "anslagsvakt-raw-offset": b"41",
        "anslagsvakt-raw-timestamp": str(record.timestamp).encode(),
    }


def test_a_failed_archiving_ends_the_turn_before_anything_else(executor: Executor) -> None:
    screen = Screen(executor, {0: Stop("not confirmed")})
    with pytest.raises(Stop):
        screen.take(records(GOOD, BAD))
    assert (screen.topics, screen.judged_after) == ([[catalog.ARCHIVE] * 2], [])
    assert screen.count(State.TAKEDOWN) == 0


def test_a_failed_publication_is_neither_counted_nor_followed(executor: Executor) -> None:
    """An outcome is counted after the fact: what was not confirmed comes again."""
    screen = Screen(executor, {1: Stop("not confirmed")})
    with pytest.raises(Stop):
        screen.take(records(GOOD))
    assert screen.topics == [[catalog.ARCHIVE], [catalog.TAKEDOWN]]
    assert [screen.count(state) for state in State] == [0, 0, 0, 0]


def test_the_states_add_up_to_what_came_in(executor: Executor) -> None:
    """Invariant 6."""
    screen = Screen(executor)
    values = [GOOD, BAD, an_event_value(change="deleted"), an_event_value(account_id="nobody", text="x"), None]
    screen.take(records(*values))
    screen.take(records(*values))
    assert sum(screen.count(state) for state in State) == 2 * len(values)
    assert screen.count(State.DEAD_LETTER) == 4


def test_a_check_is_told_apart_from_what_happened(executor: Executor) -> None:
    """It is archived and passes like any event, but an account that is checked is as silent as before."""
    screen = Screen(executor)
    screen.take(records(an_event_value(**CHECK)))
    assert screen.topics == [[catalog.ARCHIVE], []]
    assert screen.count(State.PASSED) == 1
    value = screen.metrics.registry.get_sample_value
    account = {"account": "facebook/eslovskommun"}
    assert value("anslagsvakt_last_check_timestamp_seconds", account) is not None
    assert value("anslagsvakt_last_event_timestamp_seconds", account) is None
    assert value("anslagsvakt_exposure_seconds_count", {"step": "seen"}) is None


def test_order_is_kept_within_a_partition(executor: Executor) -> None:
    screen = Screen(executor)
    values = [an_event_value(event={"id": f"e{number}"}, object_id=str(number)) for number in range(5)]
    screen.take(records(*values))
    assert [message.value for message in screen.producer.calls[0]] == values
    sent = [message.value or b"" for message in screen.producer.calls[1]]
    assert [f'"object_id":"{number}"'.encode() in value for number, value in enumerate(sent)] == [True] * 5


@pytest.mark.parametrize(
    ("polls", "stops"),
    [
        ([[BAD, BAD]], False),
        ([[BAD, BAD, BAD]], True),
        ([[BAD, BAD, GOOD, BAD, BAD]], False),
        ([[BAD, BAD], [BAD]], True),
        ([[BAD, BAD], [GOOD], [BAD, BAD]], False),
    ],
    ids=["under", "at the limit", "broken by a good one", "over two polls", "broken between polls"],
)
def test_many_dead_letters_in_a_row_stop_the_process(
    executor: Executor, polls: list[list[bytes]], *, stops: bool
) -> None:
    """Invariant 7: a broken connector must not drain the topic into dead letters."""
    screen = Screen(executor, limit=3)
    for poll in polls[:-1]:
        screen.take(records(*poll))
    if not stops:
        screen.take(records(*polls[-1]))
        return
    with pytest.raises(Stop, match=r"^3 dead letters in a row: look at social\.dead-letter\.v1 "):
        screen.take(records(*polls[-1]))


def test_what_the_brake_stops_is_already_archived_and_told(executor: Executor) -> None:
    screen = Screen(executor, limit=2)
    with pytest.raises(Stop):
        screen.take(records(BAD, BAD))
    assert screen.topics == [[catalog.ARCHIVE] * 2, [catalog.DEAD_LETTER] * 2]
