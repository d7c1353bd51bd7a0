"""Become another program that Linux kills when the process that asked for it is gone.

Run as a file: `launch.py PARENT_PID PROGRAM [ARGUMENT...]`. PR_SET_PDEATHSIG (prctl(2)) outlives exec, so the program
keeps this process id and there is no watcher to be killed in its turn. It is SIGKILL, as SIGTERM only asks. Elsewhere
than on Linux the program starts just the same and may outlive a parent that was killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Never returns, unless the parent is already gone."""
    parent, program, *_ = arguments
    if sys.platform == "linux":
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != int(parent):  # it died before the request was made
            sys.exit(1)
    os.execv(program, arguments[1:])  # noqa: S606  becoming the program is the point; no shell is involved


if __name__ == "__main__":
    main(sys.argv[1:])
