"""How much room is left on the disk where a process keeps what it must not lose?"""

from __future__ import annotations

import math
import shutil
from pathlib import Path


def free_ratio(folder: Path) -> float:
    """The free share of the disk that holds `folder`, which need not exist yet; NaN where that cannot be told."""
    nearest = next((each for each in (folder, *folder.parents) if each.exists()), None)
    try:
        usage = shutil.disk_usage(nearest or folder)
    except OSError:
        return math.nan
    return usage.free / usage.total
