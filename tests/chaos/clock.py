"""Clocks that jump: each process reads the time through libfaketime, which looks it up in a file of ours.

Only the time of day jumps; time that only passes (`time.monotonic`) goes on as it does when a machine's clock is set.
"""

from __future__ import annotations

import os
from pathlib import Path

_SLEEP = Path(__file__).parent / "sleep"


class Clocks:
    """A clock for each process, by name, in a folder; all are right until one is told to jump."""

    def __init__(self, folder: Path, library: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._library = library

    def environment(self, name: str) -> dict[str, str]:
        """What the process of this name must be told, so that it reads this clock."""
        self.jump(name, 0)
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file(name)),
            "FAKETIME_CACHE_DURATION": "1",  # seconds between two looks into the file
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(_SLEEP), os.environ.get("PYTHONPATH")))),
        }

    def jump(self, name: str, seconds: int) -> None:
        """From now on this clock is so far from the right time; 0 puts it right."""
        fresh = self._file(name).with_suffix(".new")
        fresh.write_text(f"{seconds:+d}s\n", encoding="ascii")
        fresh.replace(self._file(name))  # nobody reads half a file

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.clock"
