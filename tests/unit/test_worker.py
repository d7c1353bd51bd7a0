"""What ends a consumer process that no longer does anything."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LOOP = """
import time
from agents.worker import _ended_if_stuck
def stands_still(seconds): time.sleep(seconds)
with _ended_if_stuck(1) as alive:
    for seconds in {turns}:
        alive()
        stands_still(seconds)
print("well")
"""


@pytest.mark.parametrize(
    ("turns", "code", "said", "where"),
    [
        pytest.param([0.4] * 5, 0, "well\n", "", id="each turn in time"),
        pytest.param([0.1, 60], 1, "", "in stands_still", id="stuck"),
    ],
)
def test_a_loop_that_is_stuck_ends_the_process(turns: list[float], code: int, said: str, where: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _LOOP.format(turns=turns)], capture_output=True, text=True, check=False, timeout=50
    )
    assert (ran.returncode, ran.stdout) == (code, said)
    assert where in ran.stderr
