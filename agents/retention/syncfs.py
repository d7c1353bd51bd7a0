"""Make everything certain that was written to a file system, by one call of the kernel's: syncfs(2), on Linux alone."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)


def sync_all(folder: str) -> bool:
    """Return when the file system that holds a folder is on the disk; false where there is no such call.

    Names are what this is for: of the bytes in files, only fsync(2) tells everywhere when they could not be written.

    Raises:
        OSError: the disk has refused.
    """
    call = getattr(_libc, "syncfs", None)
    if call is None:
        return False
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if call(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), folder)
    finally:
        os.close(handle)
    return True
