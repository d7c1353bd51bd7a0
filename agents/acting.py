"""Who is at work: the person that two-person rules and the access log tell apart from others."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def user(data_dir: Path) -> str:
    """The name of this process's own user, as the system knows it; no variable that anyone may set changes it.

    Whoever works as root or as the user that owns the records came there through sudo, which says who they are.
    """
    mine = os.getuid()
    asked_by = os.environ.get("SUDO_USER")
    if asked_by and mine in (0, _owner(data_dir)):
        return asked_by
    try:
        return pwd.getpwuid(mine).pw_name
    except KeyError:  # a container's user, who has no name
        return f"uid {mine}"


def _owner(folder: Path) -> int | None:
    try:
        return folder.stat().st_uid
    except OSError:
        return None
