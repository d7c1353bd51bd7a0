"""A value that was removed once is caught again, in a spelling that alone would only have made people look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import TopicAuthorizationFailedError

from agents.screen.judge import Judge, Judgement
from agents.screen.removed import Removed, following
from pipeline import repost
from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Entity, Finding
from pipeline.errors import Stop
from pipeline.message import Fingerprint, Order
from pipeline.policy import Mode
from pipeline.ports import FieldText
from pipeline.repost import Guard
from pipeline.route import State
from pipeline.token import Tokeniser
from tests.events import ACCOUNT, NOW, a_policy, a_record, a_rule, an_event_value
from tests.fakes import FakeRecord
from tests.generated.spellings import SPELLINGS
from tests.orders import a_value, an_order
from tests.recognising import engine
from topics import catalog, wire

TOKENS = Tokeniser(b"k" * 32)
NUMBER = "198712202384"
YEAR = timedelta(days=365)
DOUBTFUL = sorted(("split-last-four", "reversed-parts"))
"""Spellings that the shipped scores send to people."""


def known(*numbers: str, until: datetime = NOW + YEAR) -> Removed:
    removed = Removed()
    for number in numbers:
        token = TOKENS.token(Entity.SE_PERSONNUMMER, number)
        told = Fingerprint(token=token, type="SE_PERSONNUMMER", order_id="o", at=NOW, known_until=until)
        removed.note(told, NOW - timedelta(seconds=1))
    return removed


def judged(text: str, removed: Removed, *, mode: Mode = Mode.DELETE, now: datetime = NOW) -> Judgement:
    register = {(ACCOUNT.platform, ACCOUNT.id): ACCOUNT}
    judge = Judge(engine(), a_policy(a_rule(mode)), register, TOKENS, removed.knows)
    return judge.judge(a_record(an_event_value(text=text)), now)


@pytest.mark.parametrize("spelling", DOUBTFUL)
def test_a_doubtful_spelling_of_a_removed_number_is_taken_down(spelling: str) -> None:
    text = SPELLINGS[spelling](NUMBER)
    assert judged(text, Removed()).state is State.REVIEW
    caught = judged(text, known(NUMBER))
    assert caught.state is State.TAKEDOWN
    order = wire.decode_takedown(caught.outgoing[0].value)
    assert isinstance(order, Order)
    (note,) = order.findings
    assert (note.rule, note.score, note.sure) == (repost.RULE, 1.0, True)
    assert note.token == TOKENS.token(Entity.SE_PERSONNUMMER, NUMBER)
    assert NUMBER[-4:].encode() not in (caught.outgoing[0].value or b"").replace(note.token.encode(), b"")


@pytest.mark.parametrize("spelling", DOUBTFUL)
def test_another_number_goes_to_people_as_before(spelling: str) -> None:
    assert judged(SPELLINGS[spelling](NUMBER), known("199007072383")).state is State.REVIEW


def test_the_policy_still_says_how_far() -> None:
    """A department where the rule only asks people is not overruled."""
    text = SPELLINGS["10-hyphen"](NUMBER)
    assert judged(text, known(NUMBER), mode=Mode.REVIEW).state is State.REVIEW
    assert judged(text, known(NUMBER), mode=Mode.OBSERVE).state is State.PASSED


def test_what_is_known_expires() -> None:
    removed, text = known(NUMBER), SPELLINGS["reversed-parts"](NUMBER)
    assert judged(text, removed, now=NOW + YEAR - timedelta(seconds=1)).state is State.TAKEDOWN
    assert judged(text, removed, now=NOW + YEAR).state is State.REVIEW


def test_the_last_word_on_a_value_counts() -> None:
    order, removed = an_order(findings=(a_value("aa"),)), Removed()
    for told in (*repost.remember(order, NOW, YEAR), *repost.forget(order, NOW)):
        removed.note(told, NOW)
    assert not removed.knows("aa", NOW)
    assert len(removed) == 0


def test_only_sure_values_are_remembered_and_each_once() -> None:
    order = an_order(findings=(a_value("aa"), a_value("aa"), a_value("bb", sure=False)))
    assert [told.token for told in repost.remember(order, NOW, YEAR)] == ["aa"]


def never(token: str, now: datetime) -> bool:
    raise AssertionError(f"asked for {token} at {now}")


@pytest.mark.parametrize(
    "analysis",
    [
        pytest.param(Analysis(), id="clean"),
        pytest.param(Analysis(concerns=(ConcernFinding(Concern.THREAT, 0, 3, 0.9, "r"),)), id="a concern alone"),
        pytest.param(Analysis((Finding(Entity.SE_PERSONNUMMER, 0, 3, 0.9, "r", public=True),)), id="public"),
    ],
)
def test_a_text_without_a_value_of_anybody_asks_nothing(analysis: Analysis) -> None:
    assert Guard(TOKENS, never).recognise(analysis, (FieldText("/text", "abc"),), NOW) == analysis


class FakeConsumer:
    """aiokafka's, over batches of values; when they are used up it refuses, if it is to, or waits for more."""

    def __init__(self, batches: Sequence[Sequence[bytes | None]], before: int, *, refuses: bool = False) -> None:
        self._batches = [list(batch) for batch in batches]
        self._end = sum(len(batch) for batch in batches[:before])
        self._refuses = refuses
        self._read = 0
        self.stopped = False
        self._here = TopicPartition(catalog.FINGERPRINT, 0)

    async def start(self) -> None: ...

    async def topics(self) -> set[str]:
        return {catalog.FINGERPRINT}

    def subscribe(self, topics: Sequence[str]) -> None:
        assert topics == [catalog.FINGERPRINT]

    def assignment(self) -> set[TopicPartition]:
        return {self._here}

    async def end_offsets(self, partitions: set[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self._end)

    async def position(self, partition: TopicPartition) -> int:
        assert partition == self._here
        return self._read

    async def getmany(self, timeout_ms: int) -> Mapping[TopicPartition, Sequence[FakeRecord]]:
        assert timeout_ms > 0
        if not self._batches:
            if self._refuses:
                raise TopicAuthorizationFailedError
            await asyncio.Event().wait()
        batch = self._batches.pop(0)
        self._read += len(batch)
        return {self._here: [FakeRecord(catalog.FINGERPRINT, 0, i, value) for i, value in enumerate(batch)]}

    async def stop(self) -> None:
        self.stopped = True


def told(token: str, until: datetime) -> bytes:
    at = datetime.now(UTC)
    return wire.encode(Fingerprint(token=token, type="SE_PERSONNUMMER", order_id="o", at=at, known_until=until))


LATER, PAST = datetime.now(UTC) + YEAR, datetime.now(UTC) - YEAR


def followed(consumer: FakeConsumer, *, until_stopped: bool = False) -> tuple[Removed, int]:
    """Follow a while; what is known then, and how much was before the block began."""
    removed, stop = Removed(), asyncio.Event()

    def client(**settings: Any) -> FakeConsumer:
        assert settings["group_id"] is None
        return consumer

    async def run() -> int:
        async with following({}, removed, stop, client=client):
            before = len(removed)
            if until_stopped:
                await stop.wait()
            for _ in range(5):
                await asyncio.sleep(0)
        return before

    before = asyncio.run(run())
    assert consumer.stopped
    return removed, before


def test_everything_is_known_before_the_first_event_and_more_as_it_comes() -> None:
    consumer = FakeConsumer(
        [[told("aa", LATER), told("bb", LATER)], [told("cc", LATER)], [told("dd", LATER)]], before=2
    )
    removed, before = followed(consumer)
    assert (before, len(removed)) == (3, 4)


def test_rubbish_is_left_out_and_what_has_expired_is_not_known() -> None:
    values = [b"{", None, told("aa", PAST), told("bb", LATER), told("bb", PAST), told("cc", LATER)]
    removed, _ = followed(FakeConsumer([values], before=1))
    assert [removed.knows(token, datetime.now(UTC)) for token in ("aa", "bb", "cc")] == [False, False, True]


def test_a_screen_that_can_follow_no_longer_stops() -> None:
    consumer = FakeConsumer([[told("aa", LATER)]], before=1, refuses=True)
    with pytest.raises(Stop, match="can be read no longer"):
        followed(consumer, until_stopped=True)
    assert consumer.stopped


def test_a_topic_that_may_not_be_read_stops_the_start() -> None:
    with pytest.raises(Stop, match="cannot be read"):
        followed(Refusing([], before=0))


class Refusing(FakeConsumer):
    """Refuses to tell its end."""

    async def end_offsets(self, partitions: set[TopicPartition]) -> dict[TopicPartition, int]:
        assert partitions
        raise TopicAuthorizationFailedError
