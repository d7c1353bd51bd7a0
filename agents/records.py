"""The command `anslagsvakt records`: verify the retention store, search it, and hand records out."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agents import settings
from agents.acting import user
from agents.clock import now
from agents.disposal import dispose_app, hold_app
from agents.handout import access, asked
from agents.handout.command import check, export, show
from agents.handout.police import write_evidence
from agents.handout.search import search
from agents.media.command import media
from agents.retention import adopt as adopting
from agents.retention import bundle, documents, place, verified
from agents.retention import verify as verification
from agents.retention.heads import Head, is_signed, read_head, signer
from agents.retention.keyring import Keyring
from agents.retention.ledger import Ledger
from agents.retention.log import Log, LogReader
from agents.retention.opened import Folder, Opened, indexed, progress, reading, refusing
from agents.retention.stamped import Stamps
from agents.retention.store import Faulty
from agents.retention.wrap import KeyFile, add_key
from pipeline.errors import BadConfiguration

app = typer.Typer(no_args_is_help=True, help="The retention store: verify it, search it, hand records out.")
app.add_typer(dispose_app, name="dispose")
app.add_typer(hold_app, name="hold")
app.command()(show)
app.command()(export)
app.command()(media)
app.command()(check)
app.command()(search)
app.command(name="evidence")(write_evidence)

_PATIENCE = 1.0  # seconds; how long a record in the making may take to reach the log


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
    stamp_roots: Annotated[
        Path | None,
        typer.Option(help="certificates (PEM) to check time stamps against; default: ANSLAGSVAKT_STAMP_ROOTS_FILE"),
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="file to note the progress in, and to go on from")] = None,
    every: Annotated[
        float | None, typer.Option(min=0.001, help="stay, and do it again after so many hours, whatever was found")
    ] = None,
) -> None:
    """Check every record, the log and its heads, and name each fault; exits 1 if there is any."""

    def once() -> None:
        with refusing():
            certificates = stamp_roots or settings.load().stamp_roots_file
            known = verification.Known(
                frozenset(public_key or ()),
                tuple(_head(each) for each in head or ()),
                _mark(resume) if resume else None,
                _roots(certificates) if certificates else None,
            )
            with reading(store) as opened:
                report = _verified(opened, known, resume)
        if resume:
            resume.unlink(missing_ok=True)
        _tell(report, stamps_checked=certificates is not None)
        if report.faults:
            raise typer.Exit(1)
        verified.note(opened.log)

    if every is None:
        once()
        return
    while True:
        with suppress(typer.Exit):  # what was wrong is said; the alert on an overdue verification tells of it
            once()
        time.sleep(every * 3600)


@app.command()
def prove(
    key: Annotated[str, typer.Argument(help="object key, as `records search` shows it")],
    to: Annotated[Path, typer.Option(help="the file to write the proof to")],
    store: Folder = None,
) -> None:
    """Write a proof that a record is in the log, for anyone to check with `check_record.py`; exits 1 if it is not.

    The proofs of attachments are part of `records export --unmasked`, with the attachments.
    """
    with refusing(), reading(store) as opened:
        to.write_bytes(bundle.prove(LogReader(opened.log), key))
    typer.echo(f"{to}: check it with: python check_record.py {to} FILE")


@app.command()
def stamp() -> None:
    """Have the daily heads stamped that are not (the archive process does so itself); exits 2 if it cannot be done."""
    from agents.retention import stamps

    with refusing():
        chosen = settings.load()
        if chosen.stamp_url is None or chosen.stamp_roots_file is None:
            raise BadConfiguration("ANSLAGSVAKT_STAMP_URL and ANSLAGSVAKT_STAMP_ROOTS_FILE: name both")
        count = stamps.stamp(place.of(chosen).log, chosen.stamp_url, stamps.Roots.of(chosen.stamp_roots_file))
    typer.echo(f"{count} daily heads stamped")


@app.command()
def index(
    *, store: Folder = None, anew: Annotated[bool, typer.Option(help="forget all and read the whole store")] = False
) -> None:
    """Take what is new in the store into the index that searches use (they do so themselves; this does it ahead)."""
    with refusing(), reading(store) as opened, indexed(opened, anew=anew) as (records, count):
        asked.take_in(settings.load(), opened, records)
        typer.echo(f"{count} objects taken in")


@app.command()
def adopt(why: Annotated[str, typer.Option(help="on what grounds they are taken for what they were")]) -> None:
    """Enter in the log what the store holds that is not in it: a store older than its log. Exits 1 if any is damaged.

    Each object is read and checked as far as it can be by itself. A statement of it, with who and why, is logged too.
    """
    faults = 0

    def fault(found: Faulty) -> None:
        nonlocal faults
        faults += 1
        typer.echo(f"FAULT {found}")

    with refusing():
        chosen = settings.load()
        where = place.of(chosen)
        reader = LogReader(where.log)
        logged = frozenset(name for name, _ in reader.entries()) if reader.exists() else frozenset()
        with place.opened(where, now) as store:
            journal = Log(where.log, signer(chosen.log_key), now)
            count = adopting.adopt(
                store, journal, logged, by=user(chosen.data_dir), at=now(), why=why, fault=fault, progress=progress
            )
    typer.echo(f"{count} objects entered in the log" + (f", {faults} left out" if faults else ""))
    if faults:
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


def _access_faults(reader: LogReader) -> int:
    """Name what is wrong with the access log, of which the store keeps every line; how much it is."""
    stored = (
        (name for name, _ in reader.entries() if name.startswith(f"{documents.ACCESS}/")) if reader.exists() else ()
    )
    count = 0
    for fault in access.faults(settings.load().access_log, stored):
        typer.echo(f"FAULT {fault}")
        count += 1
    return count


def _verified(opened: Opened, known: verification.Known, resume: Path | None) -> verification.Report:
    """Verify a store; and of our own also the index, row by row, and the access log."""
    with ExitStack() as stack:
        index = stack.enter_context(indexed(opened))[0] if opened.has_index else None
        others: list[Faulty] = []
        ledger = Ledger(index, others.append) if index else None
        run = verification.Verification(
            opened.store,
            fault=_say,
            progress=progress,
            marked=lambda mark: _note(resume, mark),
            wait=lambda: time.sleep(_PATIENCE),
            told=ledger.take if ledger else None,
        )
        report = run.run(LogReader(opened.log), known)
        if ledger:
            # What is itself damaged was named already, and its row is no second fault.
            ledger.end(whole=known.mark is None and report.faults == 0)
        if opened.is_ours:
            report.faults += _access_faults(LogReader(opened.log))
        for each in others:
            _say(each)
        report.faults += len(others)
    return report


def _tell(report: verification.Report, *, stamps_checked: bool) -> None:
    """What was read, and the verdict."""
    verdict = f"{report.faults} faults" if report.faults else "all as they were stored"
    typer.echo(f"{_counted(report)}{report.disposed} disposed of: {verdict}")
    if report.stamps or stamps_checked:
        checked = f"the latest {report.latest_stamp} after its head" if stamps_checked else "not checked: --stamp-roots"
        typer.echo(f"{report.stamps} time stamps, {checked}; {report.unstamped} daily heads have none")


def _say(fault: Faulty) -> None:
    typer.echo(f"FAULT {fault}")


def _counted(report: verification.Report) -> str:
    """What was read; attachments only where there are any."""
    attached = f"{report.attachments} attachments ({report.missing} could not be had), "
    return f"{report.records} records, {report.addenda} addenda, " + (
        attached if report.attachments or report.missing else ""
    )


def _head(path: Path) -> Head:
    head = read_head(path.read_bytes().strip())
    if head is None or not is_signed(head):
        raise BadConfiguration(f"{path} is no signed head")
    return head


def _roots(certificates: Path) -> Stamps:
    from agents.retention.stamps import Roots

    return Roots.of(certificates)


def _mark(path: Path) -> verification.Mark | None:
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=verification.Mark)
    except msgspec.DecodeError:
        raise BadConfiguration(f"{path} notes no progress: remove it") from None


def _note(path: Path | None, mark: verification.Mark) -> None:
    if path:
        path.write_bytes(msgspec.json.encode(mark))
