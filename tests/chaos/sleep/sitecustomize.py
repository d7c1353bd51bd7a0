"""Read by Python as it starts, where `tests.chaos.clock` puts this folder on its path: `time.sleep` under libfaketime.

libfaketime 0.9.10 takes the moment that `clock_nanosleep` is to sleep until for one of the day's time, also when it is
one of the time that only passes, and asks the kernel for a moment before its beginning: every `time.sleep` then fails
with "Invalid argument" (Python 3.11 and later). Waiting for an event takes another way and is right.
"""

from __future__ import annotations

import threading
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex, /) -> None:
    threading.Event().wait(float(seconds))


time.sleep = _sleep
