"""The free share of a disk is a share, also for a folder that is yet to be made."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

from agents.disk import free_ratio


def test_a_folder_that_is_yet_to_be_made_is_on_its_parents_disk(tmp_path: Path) -> None:
    usage = shutil.disk_usage(tmp_path)
    assert math.isclose(free_ratio(tmp_path / "not" / "yet"), usage.free / usage.total, abs_tol=0.01)
