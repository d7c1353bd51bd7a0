"""Which store a command on records works on, and how the command ends when something is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from agents import settings
from agents.clock import now
from agents.retention import place
from agents.retention.index import RecordIndex
from agents.retention.log import LogReader
from agents.retention.records import RecordStore
from agents.retention.store import Faulty
from pipeline.errors import AnslagsvaktError, BadConfiguration

_EVERY = 1000
Folder = Annotated[
    Path | None, typer.Option("--store", help="the store's folder; default: ANSLAGSVAKT_STORE_DIR", show_default=False)
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A store open for reading, and its log."""

    store: RecordStore
    log: Path
    is_ours: bool  # the one of the settings, whose index the settings name too
    has_index: bool = False


@contextmanager
def refusing() -> Iterator[None]:
    """Faults end with exit code 1, everything else that is wrong with 2, in one line."""
    try:
        yield
    except Faulty as fault:
        typer.echo(f"FAULT {fault}", err=True)
        raise typer.Exit(1) from None
    except (AnslagsvaktError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@contextmanager
def reading(folder: Path | None) -> Iterator[Opened]:
    """The store in a folder, or that of the settings."""
    chosen = settings.load()
    root = folder or chosen.store
    where = place.of(chosen)
    if folder is not None or where.bucket is None:
        if not (root / "records").is_dir():
            raise BadConfiguration(f"{root} holds no records: name the store's folder with --store")
        where = replace(where, folder=root, bucket=None)
    with place.for_reading(where, now) as store:
        is_ours = root == chosen.store
        has_index = is_ours and (chosen.index_url is not None or (chosen.data_dir / "index.sqlite3").exists())
        yield Opened(store, where.log, is_ours, has_index)


@contextmanager
def indexed(opened: Opened, *, anew: bool = False) -> Iterator[tuple[RecordIndex, int]]:
    """The index, caught up, and how much was new."""
    chosen = settings.load()
    if opened.is_ours and chosen.index_url is None:
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
    with RecordIndex(chosen.index if opened.is_ours else f"sqlite:///{opened.log.parent}.index.sqlite3") as records:
        if anew:
            records.clear()
        yield records, records.catch_up(opened.store, LogReader(opened.log), progress)


def progress(read: int) -> None:
    """Say how far it has come, to a terminal."""
    if read % _EVERY == 0 and sys.stderr.isatty():
        typer.echo(f"\r{read} read", err=True, nl=False)
