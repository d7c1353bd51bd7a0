"""A poll: what may still join it, and that it stops growing when the agent begins it."""

from __future__ import annotations

import pytest
from faust.types import TP

from agents.screen.transport import Poll
from agents.stream import Record
from tests.events import a_record

ONE, OTHER = TP("raw", 0), TP("raw", 1)


def record(place: TP, offset: int) -> Record:
    return a_record(b"", offset=offset, partition=place.partition)


def a_poll() -> Poll:
    return Poll({ONE: [record(ONE, 4)]}, generation=7)


@pytest.mark.parametrize(
    ("generation", "limit", "begun", "joins"),
    [
        pytest.param(7, 3, False, True, id="there is room"),
        pytest.param(7, 2, False, False, id="it would be too long"),
        pytest.param(8, 3, False, False, id="the partitions were dealt anew"),
        pytest.param(7, 3, True, False, id="it is being worked on"),
    ],
)
def test_what_may_join(*, generation: int, limit: int, begun: bool, joins: bool) -> None:
    poll = a_poll()
    if begun:
        poll.begin()
    later = {ONE: [record(ONE, 5)], OTHER: [record(OTHER, 0)]}
    assert poll.takes(later, generation, limit) is joins


def test_later_records_come_behind_the_earlier_ones() -> None:
    poll = a_poll()
    poll.add({ONE: [record(ONE, 5)], OTHER: [record(OTHER, 0)]})
    assert {place: [each.offset for each in part] for place, part in poll.begin().items()} == {ONE: [4, 5], OTHER: [0]}
    assert len(poll) == 3


def test_it_does_not_share_what_it_was_made_of() -> None:
    fetched = {ONE: [record(ONE, 4)]}
    poll = Poll(fetched, generation=7)
    poll.add({ONE: [record(ONE, 5)]})
    assert [each.offset for each in fetched[ONE]] == [4]
