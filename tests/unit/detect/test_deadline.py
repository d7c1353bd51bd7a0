"""The budget of a text: its own processor time, with the wall clock asked first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.detect.deadline import Deadline


def at(*moments: float) -> Callable[[], float]:
    """A clock that shows these moments, one a look."""
    left = iter(moments)
    return lambda: next(left)


@pytest.mark.parametrize(
    ("wall", "used", "passed"),
    [
        pytest.param((0, 0.02), (), [False], id="half the budget on the wall: the dear clock is not asked"),
        pytest.param((0, 9, 9), (5, 5.02), [False, False], id="others took the time"),
        pytest.param((0, 9, 9), (5, 5.03), [False, True], id="we took the time"),
    ],
)
def test_own_processor_time_counts(wall: tuple[float, ...], used: tuple[float, ...], passed: list[bool]) -> None:
    deadline = Deadline(0.05, at(*used), at(*wall))
    assert [deadline.passed() for _ in passed] == passed
