"""The sample stream holds what it says: reproducible, well formed where it should be, and nobody's values."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

import deploy
from agents.configuration import load_accounts
from agents.demo import load
from agents.demo.corpus import Story, load_corpus
from agents.demo.stream import SECONDS, UNREGISTERED, sample_stream
from agents.demo.values import Values, luhn_digit, spellings
from agents.demo.written import Sample
from pipeline.errors import DeadLetter
from pipeline.event import Change, Event
from pipeline.route import State
from topics import wire

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STREAM = sample_stream(7, START)


def decoded(samples: tuple[Sample, ...]) -> list[tuple[Sample, Event]]:
    return [
        (sample, wire.decode_event(sample.value)) for sample in samples if sample.expectation.ends != State.DEAD_LETTER
    ]


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert sample_stream(7, START) == STREAM
    assert sample_stream(8, START) != STREAM
    assert list(load.events(50, 3)) == list(load.events(50, 3))


def test_it_is_large_and_holds_every_story() -> None:
    assert len(STREAM) >= 300
    assert {*Story} <= {sample.expectation.scene for sample in STREAM}
    assert {sample.expectation.ends for sample in STREAM} == {*State}


def test_what_should_be_an_event_is_one_and_what_should_not_is_not() -> None:
    for sample in STREAM:
        try:
            event = wire.decode_event(sample.value)
        except DeadLetter:
            assert sample.expectation.ends == State.DEAD_LETTER, sample.expectation.scene
        else:
            assert sample.key == f"{event.data.platform}:{event.data.root_id}".encode()


def test_all_accounts_but_one_are_registered() -> None:
    registered = load_accounts(Path(deploy.__file__).parent / "config" / "accounts.toml").by_identity()
    used = {(event.data.platform, event.data.account_id) for _, event in decoded(STREAM)}
    assert used - registered.keys() == {tuple(UNREGISTERED.split("/"))}
    assert len(used & registered.keys()) == 6
    assert len({registered[account].department for account in used & registered.keys()}) == 4


def test_nothing_has_happened_later_than_it_comes_in() -> None:
    for sample, event in decoded(STREAM):
        if sample.expectation.scene != "year 9999":
            assert event.changed_at <= START + timedelta(seconds=sample.after), sample.expectation.scene


def test_the_stream_is_in_order_of_sending_and_bounded() -> None:
    times = [sample.after for sample in STREAM]
    assert times == sorted(times)
    assert times[-1] <= SECONDS


def test_events_of_an_item_come_in_order_but_where_the_story_is_disorder() -> None:
    seen: dict[str, Event] = {}
    disordered = 0
    for _, event in decoded(STREAM):
        before = seen.setdefault(event.data.object_id, event)
        disordered += event.changed_at < before.changed_at
    stories = Counter(scene.story for thread in load_corpus().thread for scene in thread.scenes)
    assert disordered == stories[Story.OUT_OF_ORDER]


def test_duplicates_are_the_same_pair_of_source_and_id() -> None:
    counts = Counter(event.identity for _, event in decoded(STREAM))
    stories = Counter(scene.story for thread in load_corpus().thread for scene in thread.scenes)
    assert sorted(counts.values())[-stories[Story.DUPLICATE] - 1 :] == [1] + [2] * stories[Story.DUPLICATE]


def test_planted_values_stand_in_the_event_as_written() -> None:
    for sample in STREAM:
        if sample.expectation.scene not in {"text is a number", "empty", "null", "a list", "too deep"}:
            for value in sample.expectation.planted:
                assert value in (sample.value or b"").decode("utf-8", "replace"), sample.expectation.scene


def test_every_takedown_has_a_planted_value_and_no_passed_event_has() -> None:
    for sample in STREAM:
        if sample.expectation.ends == State.TAKEDOWN:
            assert sample.expectation.planted
        if sample.expectation.ends == State.PASSED:
            assert not sample.expectation.planted


def test_an_author_deletes_what_was_ordered_to_be_taken_down() -> None:
    ordered = {event.data.object_id for sample, event in decoded(STREAM) if sample.expectation.ends == State.TAKEDOWN}
    deleted = {event.data.object_id for _, event in decoded(STREAM) if event.data.change is Change.DELETED}
    assert len(ordered & deleted) >= 3


@pytest.mark.parametrize("kind", ["pnr", "pnr12", "pnr_run", "pnr_space", "sam"])
def test_identity_numbers_are_valid_test_numbers(kind: str) -> None:
    values = Values(Random(1))
    for _ in range(200):
        digits = re.sub(r"\D", "", values.fill(f"{{{kind}}}").planted[0])[-10:]
        assert digits[6:9] in {"238", "239"}
        assert luhn_digit(digits[:9]) == int(digits[9])
        assert (int(digits[4:6]) > 60) == (kind == "sam")


def test_the_luhn_digit_is_that_of_a_published_number() -> None:
    """811218-9876 is the example of SKV 704."""
    assert luhn_digit("811218987") == 6


def test_phone_numbers_are_kept_for_fiction() -> None:
    values = Values(Random(1))
    filled = [values.fill("{phone}").planted[0] for _ in range(300)]
    assert all(re.fullmatch(r"070-174 06 (0[5-9]|[1-9]\d)", number) for number in filled)


def test_the_corpus_itself_holds_no_long_number() -> None:
    """Values come from the braces only, but for our own public numbers and an ISBN."""
    texts = [
        text
        for thread in load_corpus().thread
        for text in (thread.post, *thread.comments, *thread.answers, *(scene.text for scene in thread.scenes))
    ]
    public = ("0413-620 00", "212000-1173", "5050-1055", "978-91-0-012345-6")
    for text in texts:
        left = text
        for known in public:
            left = left.replace(known, "")
        assert not re.search(r"\d[\d -]{7,}\d", left), text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("19900101-2385", {"19900101-2385", "199001012385", "9001012385", "900101-2385"}),
        ("tuva.s@example.org", {"tuva.s@example.org"}),
        ("SE45 5000 0000", {"SE45 5000 0000", "SE4550000000", "4550000000", "455000-0000"}),
    ],
)
def test_spellings_are_what_a_leak_could_look_like(value: str, expected: set[str]) -> None:
    assert spellings(value) == expected


def test_load_is_distinct_and_has_about_the_wanted_share() -> None:
    samples = list(load.events(4000, 5, planted=0.1))
    assert len({sample.value for sample in samples}) == 4000
    dirty = sum(bool(sample.expectation.planted) for sample in samples)
    assert 320 <= dirty <= 480
    assert all(bool(s.expectation.planted) == (s.expectation.ends == State.TAKEDOWN) for s in samples)


def test_no_text_shows_in_a_repr() -> None:
    shown = repr(STREAM)
    assert not any(value in shown for sample in STREAM for value in sample.expectation.planted)
