"""Which takedown processes of this machine live: each holds a file lock, which the kernel opens however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import Stop


@contextmanager
def alive(journal: Path, owner: str) -> Iterator[frozenset[str]]:
    """Be known as alive while the block lasts; gives the names of all who share this journal and live, us among them.

    Raises:
        Stop: the folder beside the journal cannot be used.
    """
    folder = journal.with_name(f"{journal.name}.alive")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ours, living = _join(folder, owner)
    except OSError as error:
        raise Stop(f"{folder}: cannot be used ({error.strerror}): give this user the right to write there") from None
    try:
        yield living
    finally:
        (folder / owner).unlink(missing_ok=True)
        os.close(ours)


def _join(folder: Path, owner: str) -> tuple[int, frozenset[str]]:
    """Lock a file of our own and see whose are locked; one process at a time, so that nobody is seen half there."""
    gate = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        living = {each.name for each in folder.iterdir() if not _cleared(each)}
        ours = os.open(folder / owner, os.O_CREAT | os.O_RDWR, 0o640)
        fcntl.flock(ours, fcntl.LOCK_EX)
    finally:
        os.close(gate)
    return ours, frozenset(living | {owner})


def _cleared(file: Path) -> bool:
    """Remove the file if nobody holds it any more; says whether nobody does."""
    try:
        handle = os.open(file, os.O_RDWR)
    except FileNotFoundError:  # its process has just ended in good order
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        file.unlink(missing_ok=True)
        return True
    finally:
        os.close(handle)
