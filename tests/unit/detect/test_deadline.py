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
        pytest.param((0, 0.04), (0,), False, id="within the budget on the wall: the dear clock is not asked"),
        pytest.param((0, 9), (0, 0.04), False, id="others took the time"),
        pytest.param((0, 9), (0, 0.06), True, id="we took the time"),
    ],
)
def test_own_processor_time_counts(wall: tuple[float, ...], used: tuple[float, ...], *, passed: bool) -> None:
    deadline = Deadline(0.05, at(*used), at(*wall))
    deadline.begin()
    assert deadline.passed() is passed


def test_before_it_has_begun_the_wall_decides() -> None:
    deadline = Deadline(0.05, at(), at(0, 9))
    assert deadline.passed()


def test_beginning_again_changes_nothing() -> None:
    """A text of several windows has one budget."""
    deadline = Deadline(0.05, at(0, 0.06), at(0, 9))
    deadline.begin()
    deadline.begin()
    assert deadline.passed()
