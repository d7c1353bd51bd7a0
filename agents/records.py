"""The command `anslagsvakt records`: verify the retention store, search it, and hand records out."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agents import settings
from agents.configuration import load_accounts
from agents.disposal import dispose_app, hold_app
from agents.handout.command import export, show
from agents.handout.police import write_evidence
from agents.retention import bundle, verified
from agents.retention import verify as verification
from agents.retention.heads import Head, is_signed, read_head
from agents.retention.index import Wanted
from agents.retention.keyring import Keyring
from agents.retention.log import LogReader
from agents.retention.opened import Folder, indexed, progress, reading, refusing
from agents.retention.wrap import KeyFile, add_key
from agents.worker import now
from pipeline.errors import BadConfiguration

app = typer.Typer(no_args_is_help=True, help="The retention store: verify it, search it, hand records out.")
app.add_typer(dispose_app, name="dispose")
app.add_typer(hold_app, name="hold")
app.command()(show)
app.command()(export)
app.command(name="evidence")(write_evidence)

_PATIENCE = 1.0  # seconds; how long a record in the making may take to reach the log
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="by the event's own time, in UTC")]


@app.command()
def verify(
    *,
    store: Folder = None,
    public_key: Annotated[
        list[str] | None, typer.Option(help="a log key (base64) that you trust; without it any key is taken")
    ] = None,
    head: Annotated[
        list[Path] | None, typer.Option(help="a published head, kept where nobody here could change it")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="file to note the progress in, and to go on from")] = None,
) -> None:
    """Check every record, the log and its heads, and name each fault; exits 1 if there is any."""
    with refusing():
        known = verification.Known(
            frozenset(public_key or ()), tuple(_head(each) for each in head or ()), _mark(resume) if resume else None
        )
        with reading(store) as opened:
            run = verification.Verification(
                opened.store,
                fault=lambda fault: typer.echo(f"FAULT {fault}"),
                progress=progress,
                marked=lambda mark: _note(resume, mark),
                wait=lambda: time.sleep(_PATIENCE),
            )
            report = run.run(LogReader(opened.log), known)
    if resume:
        resume.unlink(missing_ok=True)
    verdict = f"{report.faults} faults" if report.faults else "all as they were stored"
    typer.echo(f"{report.records} records, {report.addenda} addenda, {report.disposed} disposed of: {verdict}")
    if report.faults:
        raise typer.Exit(1)
    verified.note(opened.log)


@app.command()
def prove(
    key: Annotated[str, typer.Argument(help="object key, as `records search` shows it")],
    to: Annotated[Path, typer.Option(help="the file to write the proof to")],
    store: Folder = None,
) -> None:
    """Write a proof that a record is in the log, for anyone to check with `check_record.py`; exits 1 if it is not."""
    with refusing(), reading(store) as opened:
        to.write_bytes(bundle.prove(LogReader(opened.log), key))
    typer.echo(f"{to}: check it with: python check_record.py {to} FILE")


@app.command()
def index(
    *, store: Folder = None, anew: Annotated[bool, typer.Option(help="forget all and read the whole store")] = False
) -> None:
    """Take what is new in the store into the index that searches use (they do so themselves; this does it ahead)."""
    with refusing(), reading(store) as opened, indexed(opened, anew=anew) as (_, count):
        typer.echo(f"{count} objects taken in")


@app.command()
def search(
    *,
    store: Folder = None,
    platform: Annotated[str | None, typer.Option(help="facebook, instagram, …")] = None,
    account: Annotated[str | None, typer.Option(help="the account's id on the platform")] = None,
    department: Annotated[str | None, typer.Option(help="a department of the register of accounts")] = None,
    kind: Annotated[str | None, typer.Option(help="post, comment, message, …")] = None,
    change: Annotated[str | None, typer.Option(help="created, edited, deleted, …")] = None,
    item: Annotated[str | None, typer.Option(help="the id of a post or comment: shows its versions")] = None,
    thread: Annotated[str | None, typer.Option(help="the id of the post that a thread hangs on")] = None,
    author: Annotated[str | None, typer.Option(help="an author's token, as a search shows it")] = None,
    since: _Day = None,
    until: _Day = None,
    limit: Annotated[int | None, typer.Option(min=1, help="at most so many")] = None,
) -> None:
    """List the records that fit, oldest first, a JSON object a line, without their text; exits 1 if there is none."""
    found = False
    with refusing(), reading(store) as opened, indexed(opened) as (records, _):
        wanted = Wanted(
            platform=platform,
            accounts=_accounts(account, department),
            kind=kind,
            change=change,
            item=item,
            thread=thread,
            author=author,
            since=since.date() if since else None,
            until=until.date() if until else None,
        )
        for hit in records.search(wanted, limit):
            typer.echo(msgspec.json.encode(hit).decode())
            found = True
    if not found:
        raise typer.Exit(1)


@app.command()
def rotate_key() -> None:
    """Make a new key in ANSLAGSVAKT_STORE_KEY_FILE (and that file, if need be) and close every record's key with it.

    No record is rewritten. When it is done, older lines of the file close nothing any more and may be destroyed.
    """
    with refusing():
        chosen = settings.load()
        if chosen.store_key_file is None:
            raise BadConfiguration("ANSLAGSVAKT_STORE_KEY_FILE: is not set: name the file that is to hold the key")
        name = add_key(chosen.store_key_file, now().date())
        with Keyring(chosen.record_keys, KeyFile(chosen.store_key_file), now) as keyring:
            count = keyring.rewrap()
    typer.echo(f"key {name} in {chosen.store_key_file} now closes {count} older record keys and all new ones")


def _accounts(account: str | None, department: str | None) -> frozenset[str] | None:
    if department is None:
        return None if account is None else frozenset({account})
    register = load_accounts(settings.load().accounts_file).account
    theirs = frozenset(each.id for each in register if each.department == department)
    if not theirs:
        raise BadConfiguration(f"{department!r} has no accounts: see ANSLAGSVAKT_ACCOUNTS_FILE for the departments")
    return theirs if account is None else theirs & {account}


def _head(path: Path) -> Head:
    head = read_head(path.read_bytes().strip())
    if head is None or not is_signed(head):
        raise typer.BadParameter(f"{path} is no signed head")
    return head


def _mark(path: Path) -> verification.Mark | None:
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=verification.Mark)
    except msgspec.DecodeError:
        raise typer.BadParameter(f"{path} notes no progress: remove it") from None


def _note(path: Path | None, mark: verification.Mark) -> None:
    if path:
        path.write_bytes(msgspec.json.encode(mark))
