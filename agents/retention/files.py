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
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from agents.retention.bucket import Guard
from agents.retention.store import Faulty, Missing
from agents.retention.syncfs import sync_all
from agents.retention.trouble import translated

_SYNC_THREADS = 8
_MANY_FOLDERS = 32
_NONE: Mapping[str, Guard] = {}
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

    def add(self, objects: Mapping[str, bytes], guards: Mapping[str, Guard] = _NONE) -> frozenset[str]:
        """See `Objects.add`: a file system guards nothing."""
        del guards
        with translated(self._root):
            return frozenset(self._add(objects))

    @property
    def confirms(self) -> bool:
        """See `Objects.confirms`: a file system vouches for nothing, it is read back."""
        return False

    def get(self, name: str) -> bytes:
        """See `Objects.get`."""
        with translated(self._root):
            return self._read(name)

    def get_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """See `Objects.get_all`."""
        each = list(names)
        with translated(self._root):
            return dict(zip(each, self._all(self._read, each), strict=True))

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

    def clear(self, names: Iterable[str]) -> int:
        """See `Objects.clear`: a file system has no lock."""
        return self.remove(names)

    def hold(self, names: Iterable[str], *, on: bool) -> int:
        """See `Objects.hold`: a file system knows none, and disposal asks the holds themselves."""
        del names, on
        return 0

    def faults(self, folder: str) -> Iterator[Faulty]:
        """See `Objects.faults`: a file system keeps nothing back."""
        del folder
        return iter(())

    def _add(self, objects: Mapping[str, bytes]) -> set[str]:
        """Write the objects that are not here yet; returns their keys when all, old and new, are on the disk."""
        missing = {key: content for key, content in objects.items() if not os.path.exists(f"{self._root}/{key}")}  # noqa: PTH110
        try:
            waiting = self._all(self._write, missing.values())
            finals = [(path, f"{self._root}/{key}") for key, path in zip(missing, waiting, strict=True)]
            named = self._all(lambda pair: _name(*pair), finals)
            created = {key for key, is_new in zip(missing, named, strict=True) if is_new}
        except OSError:
            for left in self._incoming.iterdir():
                left.unlink()
            raise
        # Also for objects that were here: their writer may have been killed before it synced the folder.
        leaves = {f"{self._root}/{key.rpartition('/')[0]}" for key in objects}
        # The names of new folders must be on the disk too; those we have once made certain stay so.
        new = leaves - self._known
        above = {folder for leaf in new for folder in (_above(leaf), _above(_above(leaf)))}
        self._sync(leaves | above | {str(self._root)} if above else leaves)
        self._known |= leaves
        return created

    def _sync(self, folders: set[str]) -> None:
        """Make the names in these folders certain: each by itself, or where there are many all at once."""
        if len(folders) < _MANY_FOLDERS or not sync_all(str(self._root)):
            self._all(_sync_folder, folders)

    def _read(self, name: str) -> bytes:
        try:
            # By the system's own calls, here and below: they are far the quicker, and this is done for each record.
            handle = os.open(f"{self._root}/{name}", os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            raise Missing(name, "there is no such record") from None
        try:
            found = os.fstat(handle)
            if stat.S_ISDIR(found.st_mode):
                raise Missing(name, "there is no such record")
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(handle)

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
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        return name


def _name(waiting: str, final: str) -> bool:
    """Give a waiting file its name; false if something has that already."""
    try:
        os.link(waiting, final)
    except FileExistsError:
        os.unlink(waiting)  # noqa: PTH108  # as in `_read`
        return False
    except FileNotFoundError:
        os.makedirs(_above(final), mode=0o750, exist_ok=True)  # noqa: PTH103  # as in `_read`
        return _name(waiting, final)
    os.unlink(waiting)  # noqa: PTH108  # as in `_read`
    return True


def _above(path: str) -> str:
    return path.rpartition("/")[0]


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
