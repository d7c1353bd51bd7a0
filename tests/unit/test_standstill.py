"""When a partition stands still: not when there is nothing, not when all wait, not when the agent is busy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agents.screen.standstill import Sight, Standstill

STEP = 0.25
Look = Callable[[int], dict[str, Sight]]


def first_stuck(look: Look, *, seconds: float, turns: Callable[[int], int] = lambda _: 0, idle: bool = True) -> float:
    """After how many seconds of looking the first stood still; infinity if none did."""
    standstill: Standstill[str] = Standstill(60)
    for number in range(int(seconds / STEP)):
        if standstill.look(look(number), 1000 + number * STEP, turns=turns(number), idle=idle):
            return number * STEP
    return float("inf")


def busy(number: int) -> Sight:
    return Sight(position=number, end=number + 5, heard=number)


def quiet(number: int) -> Sight:
    return Sight(position=7, end=7, heard=number)


NEVER_READ = Sight(None, None, None)
UNREAD = Sight(position=0, end=469, heard=3)


@pytest.mark.parametrize(
    "lost", [NEVER_READ, UNREAD, Sight(position=7, end=7, heard=3)], ids=["new", "unread", "unheard"]
)
@pytest.mark.parametrize("other", [busy, quiet])
def test_one_that_does_not_move_while_another_does(lost: Sight, other: Callable[[int], Sight]) -> None:
    assert first_stuck(lambda number: {"lost": lost, "other": other(number)}, seconds=90) == 60


def test_none_that_moves_or_has_nothing() -> None:
    assert first_stuck(lambda number: {"a": busy(number), "b": quiet(number)}, seconds=300) == float("inf")


def test_none_when_no_broker_answers() -> None:
    assert first_stuck(lambda _: {"a": UNREAD, "b": NEVER_READ}, seconds=300) == float("inf")


def test_none_that_waits_for_a_long_turn_and_one_that_is_passed_over_by_several() -> None:
    def look(number: int) -> dict[str, Sight]:
        return {"waits": UNREAD, "other": quiet(number)}

    assert first_stuck(look, seconds=300, turns=lambda number: int(number * STEP > 100), idle=False) == float("inf")
    assert first_stuck(look, seconds=300, turns=lambda number: int(number * STEP) // 100, idle=False) == 200


def test_a_partition_that_was_given_to_us_just_now_has_its_time() -> None:
    def look(number: int) -> dict[str, Sight]:
        return {"other": busy(number)} | ({"new": NEVER_READ} if number * STEP >= 30 else {})

    assert first_stuck(look, seconds=120) == 90


def test_a_sleep_of_our_own_counts_for_nobody() -> None:
    standstill: Standstill[str] = Standstill(60)
    for number, now in enumerate((0.0, 0.25, 100.0, 100.25)):
        assert not standstill.look({"a": UNREAD, "b": busy(number)}, now, turns=0, idle=True)
