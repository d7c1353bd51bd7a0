"""Where a demo keeps its data: a folder that each run replaces, and never one that holds somebody else's files."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadConfiguration

_MARKER = ".anslagsvakt-demo"
_MADE = ("kafka", "data", "logs")


@dataclass(frozen=True, slots=True)
class Folder:
    """The parts of a demo's folder."""

    root: Path

    @property
    def kafka(self) -> Path:
        """The broker's data and logs."""
        return self.root / "kafka"

    @property
    def data(self) -> Path:
        """What the processes keep: records, journal, keys."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.root / "logs"


@contextmanager
def demo_folder(root: Path) -> Iterator[Folder]:
    """An empty demo folder that is ours alone while the block lasts; what is in it then stays until the next run.

    Raises:
        BadConfiguration: it holds files that no demo made, another demo runs in it, or it cannot be written to.
    """
    root = root.resolve()
    folder = Folder(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not (root / _MARKER).exists() and any(root.iterdir()):
            raise BadConfiguration(f"{root}: holds files that no demo made: name another folder for the demo")
        with (root / _MARKER).open("a", encoding="utf-8") as marker:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for name in _MADE:
                if (root / name).exists():
                    shutil.rmtree(root / name)
                (root / name).mkdir()
            yield folder
    except BlockingIOError:
        raise BadConfiguration(f"{root}: another demo is running there: wait for it or name another folder") from None
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise BadConfiguration(f"{root}: cannot be used ({error.strerror}): name another folder for the demo") from None
