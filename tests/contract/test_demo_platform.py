"""What happens in the sample stream happens on the simulated platform too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from agents.demo.platform import DemoPlatform
from agents.demo.stream import sample_stream
from agents.platforms.simulated import Action, Visibility
from agents.platforms.simulator import SimulatorServer, running
from pipeline.event import Event
from pipeline.route import State
from topics import wire

STREAM = sample_stream(7, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
EVENTS = [wire.decode_event(sample.value) for sample in STREAM if sample.expectation.ends is not State.DEAD_LETTER]


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    with running() as server:
        yield server


@pytest.fixture
def platform(server: SimulatorServer) -> Iterator[DemoPlatform]:
    with DemoPlatform(server.url, server.token) as platform:
        yield platform


def of(change: str, kind: str | None = None) -> Event:
    return next(event for event in EVENTS if event.data.change == change and kind in {None, event.data.object_kind})


def test_an_item_appears_once_and_its_author_may_delete_it(platform: DemoPlatform) -> None:
    deleted = of("deleted")
    created = next(event for event in EVENTS if event.data.object_id == deleted.data.object_id)
    for event in (created, created):
        platform.happens(event)
    assert platform.states() == {created.data.object_id: Visibility.VISIBLE}
    platform.happens(deleted)
    assert platform.states() == {created.data.object_id: Visibility.REMOVED}


def test_a_repeated_event_does_not_bring_back_what_was_removed(platform: DemoPlatform, server: SimulatorServer) -> None:
    event = of("created")
    platform.happens(event)
    server.platform.handle(Action.DELETE, event.data.object_id)
    platform.happens(event)
    assert platform.states() == {event.data.object_id: Visibility.REMOVED}


@pytest.mark.parametrize(("kind", "status"), [("comment", 200), ("story", 405)])
def test_a_story_cannot_be_hidden(platform: DemoPlatform, server: SimulatorServer, kind: str, status: int) -> None:
    event = of("created", kind)
    platform.happens(event)
    assert server.platform.handle(Action.HIDE, event.data.object_id).status == status


def test_faults_meet_items_that_are_to_be_taken_down(platform: DemoPlatform, server: SimulatorServer) -> None:
    assert platform.plan_faults(STREAM) == 6
    taken_down = [
        wire.decode_event(sample.value).data.object_id
        for sample in STREAM
        if sample.expectation.ends is State.TAKEDOWN and sample.expectation.scene == "comment"
    ]
    replies = [server.platform.handle(action, item) for item in taken_down for action in (Action.HIDE, Action.DELETE)]
    assert sum(reply.status in {429, 503} for reply in replies) == 2
