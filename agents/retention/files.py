"""Objects in a folder: one file each, written once.

A file appears under its name only when its bytes are on the disk: written and synced in `incoming/`, then linked to its
name (a link never overwrites), and its folder synced. A crash leaves at most a file in `incoming/`, removed at the next
start. A batch shares its syncs, so the cost of the disk's confirmation is paid by many records at once.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from agents.retention.store import Faulty, Missing
from agents.retention.trouble import translated

_SYNC_THREADS = 8
T = TypeVar("T")
R = TypeVar("R")


class FileObjects:
    """Keeps objects below `root`. Several processes may share a folder; one `FileObjects` is for one thread."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pool = ThreadPoolExecutor(_SYNC_THREADS, thread_name_prefix="sync")
        self._known: set[str] = set()
        self._lock = -1
        self._incoming = root
        self._numbers = itertools.count()

    def open(self) -> Self:
        """Make the folder ready and clear away what a killed process left; raises RetryLater or Stop."""
        with translated(self._root):
            waiting = self._root / "incoming"
            waiting.mkdir(parents=True, exist_ok=True, mode=0o750)
            for left in waiting.iterdir():
                _clear(left)
            while self._lock < 0:
                self._incoming = Path(tempfile.mkdtemp(dir=waiting))
                self._lock = _locked(self._incoming)
        return self

    def close(self) -> None:
        """Leave the folder as another process would want it."""
        self._pool.shutdown()
        if self._lock >= 0:
            shutil.rmtree(self._incoming, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def add(self, objects: Mapping[str, bytes]) -> frozenset[str]:
        """See `Objects.add`."""
        with translated(self._root):
            return frozenset(self._add(objects))

    def get(self, name: str) -> bytes:
        """See `Objects.get`."""
        with translated(self._root):
            try:
                return (self._root / name).read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise Missing(name, "there is no such record") from None

    def get_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """See `Objects.get_all`."""
        return {name: self.get(name) for name in names}

    def names(self, folder: str) -> Iterator[str]:
        """See `Objects.names`."""
        yield from _files(self._root / folder, folder)

    def remove(self, names: Iterable[str]) -> int:
        """See `Objects.remove`."""
        removed = 0
        with translated(self._root):
            for path in (self._root / name for name in names):
                if path.exists():
                    path.unlink()
                    _sync_folder(str(path.parent))
                    removed += 1
        return removed

    def faults(self, folder: str) -> Iterator[Faulty]:
        """See `Objects.faults`: a file system keeps nothing back."""
        del folder
        return iter(())

    def _add(self, objects: Mapping[str, bytes]) -> set[str]:
        """Write the objects that are not here yet; returns their keys when all, old and new, are on the disk."""
        missing = {key: content for key, content in objects.items() if not os.path.exists(f"{self._root}/{key}")}  # noqa: PTH110
        try:
            waiting = self._all(self._write, missing.values())
            created = {
                key for key, path in zip(missing, waiting, strict=True) if self._name(path, f"{self._root}/{key}")
            }
        except OSError:
            for left in self._incoming.iterdir():
                left.unlink()
            raise
        # Also for objects that were here: their writer may have been killed before it synced the folder.
        leaves = {f"{self._root}/{key.rpartition('/')[0]}" for key in objects}
        # The names of new folders must be on the disk too; those we have once made certain stay so.
        above = {
            f"{folder}" for leaf in leaves - self._known for folder in (Path(leaf).parent, Path(leaf).parent.parent)
        }
        self._all(_sync_folder, leaves | above | {str(self._root)} if above else leaves)
        self._known |= leaves
        return created

    def _all(self, do: Callable[[T], R], arguments: Iterable[T]) -> list[R]:
        """Do it for all, in order, by several threads; only when all of them have ended is an error raised."""
        each = list(arguments)
        share = -(-len(each) // _SYNC_THREADS) or 1
        shares = [each[start : start + share] for start in range(0, len(each), share)]
        futures = [self._pool.submit(lambda mine: [do(one) for one in mine], mine) for mine in shares]
        wait(futures)
        return [done for future in futures for done in future.result()]

    def _write(self, content: bytes) -> str:
        name = f"{self._incoming}/{next(self._numbers)}"
        with open(name, "xb", opener=_read_only) as file:  # Path.open takes no opener
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return name

    def _name(self, waiting: str, final: str) -> bool:
        try:
            os.link(waiting, final)  # by far the quicker, and this is done for each record
        except FileExistsError:
            os.unlink(waiting)  # noqa: PTH108  # far quicker than Path's, and this is done for each record
            return False
        except FileNotFoundError:
            Path(final).parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            return self._name(waiting, final)
        os.unlink(waiting)  # noqa: PTH108  # as above
        return True


def _read_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o440)


def _files(folder: Path, name: str) -> Iterator[str]:
    """Every file below, also such as are none of ours: whoever reads them will see."""
    for entry in sorted(os.scandir(folder), key=lambda each: each.name) if folder.is_dir() else ():
        below = f"{name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), below)
        else:
            yield below


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(folder: Path) -> int:
    """Lock the folder as ours; -1 when another process cleared it away before we could."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    if folder.exists():
        return handle
    os.close(handle)
    return -1


def _clear(left: Path) -> None:
    """Remove a process's waiting files unless that process lives: it holds the folder's lock."""
    try:
        handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(handle)
