"""The command `anslagsvakt records`: verify the retention store, search it, and hand records out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agents import settings
from agents.retention import find
from agents.retention import verify as verification
from agents.retention.files import FileStore
from agents.retention.store import Faulty
from pipeline.errors import AnslagsvaktError
from pipeline.record import content_hash

app = typer.Typer(no_args_is_help=True, help="The retention store: verify it, search it, hand records out.")

_EVERY = 1000
_Folder = Annotated[
    Path | None, typer.Option("--store", help="the store's folder; default: ANSLAGSVAKT_STORE_DIR", show_default=False)
]
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="by the event's own time, in UTC")]


@app.command()
def verify(store: _Folder = None) -> None:
    """Recompute the hash of every record and name each fault; exits 1 if there is any."""
    with _refusing():
        report = verification.verify(_reading(store), _progress)
    for fault in report.faults:
        typer.echo(f"FAULT {fault}")
    verdict = f"{len(report.faults)} faults" if report.faults else "all as they were stored"
    typer.echo(f"{report.records} records, {report.addenda} addenda: {verdict}")
    if report.faults:
        raise typer.Exit(1)


@app.command()
def search(
    *,
    store: _Folder = None,
    platform: Annotated[str | None, typer.Option(help="facebook, instagram, …")] = None,
    account: Annotated[str | None, typer.Option(help="the account's id on the platform")] = None,
    item: Annotated[str | None, typer.Option(help="the id of a post or comment")] = None,
    thread: Annotated[str | None, typer.Option(help="the id of the post that a thread hangs on")] = None,
    change: Annotated[str | None, typer.Option(help="created, edited, deleted, …")] = None,
    since: _Day = None,
    until: _Day = None,
) -> None:
    """List the records that fit, a JSON object a line, without their text; exits 1 if there is none."""
    day = (since.date() if since else None, until.date() if until else None)
    wanted = find.Wanted(platform, account, item, thread, change, *day)
    found = False
    with _refusing():
        for hit in find.search(_reading(store), wanted):
            typer.echo(msgspec.json.encode(hit).decode())
            found = True
    if not found:
        raise typer.Exit(1)


@app.command()
def export(
    keys: Annotated[list[str], typer.Argument(help="object keys, as `records search` shows them")],
    to: Annotated[Path, typer.Option(help="a folder that does not exist yet")],
    store: _Folder = None,
) -> None:
    """Write the records, as they came in, to a folder with their hashes; exits 1 if one is missing or damaged."""
    with _refusing():
        opened = _reading(store)
        kept = [opened.read(key) for key in keys]
        to.mkdir(parents=True)
        for each in kept:
            (to / f"{each.sha256}.raw").write_bytes(each.raw.value or b"")
        lines = sorted({f"{content_hash(each.raw.value)}  {each.sha256}.raw\n" for each in kept})
        (to / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
    typer.echo(f"{len(lines)} records in {to}; check them with: cd {to} && sha256sum -c SHA256SUMS")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Faulty as fault:
        typer.echo(f"FAULT {fault}", err=True)
        raise typer.Exit(1) from None
    except (AnslagsvaktError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _reading(folder: Path | None) -> FileStore:
    root = folder or settings.load().store
    if not (root / "records").is_dir():
        raise typer.BadParameter(f"{root} holds no records: name the store's folder with --store")
    return FileStore(root, lambda: datetime.now(UTC))


def _progress(read: int) -> None:
    if read % _EVERY == 0 and sys.stderr.isatty():
        typer.echo(f"\r{read} read", err=True, nl=False)
