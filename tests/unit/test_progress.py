"""What may be committed: never anything past a ticket that is not done, and in the end all of it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agents.screen.progress import Progress, Ticket


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ([], {}),
        ([0], {"p": 10}),
        ([1], {}),
        ([1, 2], {}),
        ([0, 2], {"p": 10}),
        ([0, 1], {"p": 20}),
        ([2, 1, 0], {"p": 30}),
    ],
)
def test_the_head_of_the_line_holds_the_commit_back(done: list[int], expected: dict[str, int]) -> None:
    progress: Progress[str] = Progress()
    tickets = [progress.hand_out("p", last) for last in (9, 19, 29)]
    for number in done:
        tickets[number].done = True
    assert progress.committable() == expected
    assert progress.committable() == {}


def test_partitions_do_not_wait_for_each_other() -> None:
    progress: Progress[str] = Progress()
    progress.hand_out("slow", 9)
    progress.hand_out("quick", 4).done = True
    assert progress.committable() == {"quick": 5}


@pytest.mark.parametrize(("forgotten", "expected"), [(None, {}), (["a"], {"b": 5}), (["c"], {"a": 5, "b": 5})])
def test_what_is_forgotten_is_never_committed(forgotten: list[str] | None, expected: dict[str, int]) -> None:
    """After a rebalance another worker has the partition: our late answer must not move its commit."""
    progress: Progress[str] = Progress()
    tickets = [progress.hand_out(partition, 4) for partition in ("a", "b")]
    progress.forget(forgotten)
    for ticket in tickets:
        ticket.done = True
    assert progress.committable() == expected


PARTITIONS = st.integers(0, 2)


class Consumer(RuleBasedStateMachine):
    """A consumer that finishes its tickets in any order, loses partitions and commits now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.progress: Progress[int] = Progress()
        self.lines: defaultdict[int, list[Ticket[int]]] = defaultdict(list)
        self.following: defaultdict[int, int] = defaultdict(int)
        self.committed: defaultdict[int, int] = defaultdict(int)

    @rule(partition=PARTITIONS, size=st.integers(1, 5))
    def poll(self, partition: int, size: int) -> None:
        self.following[partition] += size
        self.lines[partition].append(self.progress.hand_out(partition, self.following[partition] - 1))

    @rule(partition=PARTITIONS, data=st.data())
    def finish(self, partition: int, data: st.DataObject) -> None:
        if self.lines[partition]:
            data.draw(st.sampled_from(self.lines[partition])).done = True

    @rule()
    def commit(self) -> None:
        for partition, offset in self.progress.committable().items():
            assert offset > self.committed[partition]
            self.committed[partition] = offset

    @rule(partition=PARTITIONS)
    def lose(self, partition: int) -> None:
        """The partition comes back, from what was committed."""
        self.progress.forget([partition])
        self.lines[partition].clear()
        self.following[partition] = self.committed[partition]

    @invariant()
    def nothing_unfinished_is_committed(self) -> None:
        for partition, line in self.lines.items():
            unfinished = [ticket.last for ticket in line if not ticket.done]
            assert not unfinished or self.committed[partition] <= unfinished[0]

    def teardown(self) -> None:
        """What is finished in the end is committed in the end."""
        for ticket in (each for line in self.lines.values() for each in line):
            ticket.done = True
        self.commit()
        assert {p: self.committed[p] for p in self.following} == self.following


TestConsumer = Consumer.TestCase
TestConsumer.settings = settings(max_examples=50, stateful_step_count=30)
