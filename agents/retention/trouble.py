"""What an error of the file system means: what the operator must put right stops us, all else is tried again."""

from __future__ import annotations

import errno
from pathlib import Path
from types import TracebackType

from pipeline.errors import RetryLater, Stop

_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EXDEV, errno.EROFS}


class translated:  # noqa: N801  # reads as the clause it is
    """OSErrors in this folder by their fate; a full disk is waited for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if not isinstance(error, OSError):
            return
        what = errno.errorcode.get(error.errno or 0, "EIO")
        if error.errno in _FORBIDDEN:
            raise Stop(
                f"the store folder {self._folder} cannot be used ({what}): give this user the right to write there"
            )
        raise RetryLater(f"the store folder is in trouble ({what})", after=5.0) from error
