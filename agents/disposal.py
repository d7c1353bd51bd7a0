"""The commands `records dispose` and `records hold`: what may go, who says so, and what nobody may touch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agents import settings
from agents.acting import user
from agents.clock import now
from agents.configuration import load_accounts, load_retention
from agents.retention import approval, disposal, documents, holds, place
from agents.retention.disposal import Due, Proposal
from agents.retention.holds import Hold
from agents.retention.log import LogReader
from agents.retention.opened import indexed, reading, refusing
from agents.retention.place import Place
from agents.retention.wanted import Wanted
from agents.settings import Settings
from pipeline.errors import BadConfiguration
from pipeline.policy import UNREGISTERED, Account

dispose_app = typer.Typer(
    no_args_is_help=True, help="Dispose of records whose time has run out: two persons, certified."
)
hold_app = typer.Typer(no_args_is_help=True, help="Legal holds: what may not be disposed of, whatever the plan says.")
_File = Annotated[Path, typer.Argument(help="the proposal's file")]


@dispose_app.command()
def propose(to: Annotated[Path, typer.Option(help="the file to write the proposal to")]) -> None:
    """List the records whose time has run out by ANSLAGSVAKT_RETENTION_FILE; exits 1 if there is none."""
    with refusing():
        found = [each for each, is_gone in _due(settings.load()) if not is_gone]
        if not found:
            typer.echo("nothing is due")
            raise typer.Exit(1)
        chosen = settings.load()
        proposal = Proposal(made_at=now(), made_by=user(chosen.data_dir), due=tuple(found))
        with place.opened(place.of(chosen), now) as store:
            approval.propose(store, proposal)
        to.write_bytes(msgspec.json.format(msgspec.json.encode(proposal), indent=2) + b"\n")
    typer.echo(
        f"{len(found)} records in {to}: let another person read it, and approve it with `records dispose approve`"
    )


@dispose_app.command()
def approve(file: _File) -> None:
    """Approve a proposal, as another user than the one who made it."""
    with refusing():
        chosen = settings.load()
        proposal = _read(file)
        where = place.of(chosen)
        with place.opened(where, now) as store:
            approval.approve(store, _logged(where), proposal, user(chosen.data_dir), now())
    typer.echo(f"{len(proposal.due)} records may go: `records dispose execute {file}`")


@dispose_app.command()
def execute(file: _File) -> None:
    """Dispose of what was approved and is still due, and store a certificate (gallringsbevis) of it."""
    with refusing():
        chosen = settings.load()
        proposal = _read(file)
        # What a crash left half done is certified already, and is finished now.
        still = [each for each, _ in _due(chosen)]
        where = place.of(chosen)
        with place.opened(where, now) as store:
            by = approval.approved(store, _logged(where), proposal)
            certificate, count = disposal.execute(
                proposal, still, store, approved_by=by, who=user(chosen.data_dir), at=now()
            )
        with reading(None) as opened, indexed(opened):
            pass  # the index takes in the certificate, and forgets every word of what it names
    kept = len(proposal.due) - len(certificate.records)
    typer.echo(
        f"{len(certificate.records)} records disposed of ({count} objects), {kept} kept that are not due any more"
    )


@hold_app.command(name="place")
def place_hold(
    why: Annotated[str, typer.Option(help="on what: a case, a court, a request")],
    *,
    account: Annotated[str | None, typer.Option(help="everything of this account")] = None,
    item: Annotated[str | None, typer.Option(help="this post or comment")] = None,
    thread: Annotated[str | None, typer.Option(help="this whole thread")] = None,
    author: Annotated[str | None, typer.Option(help="everything by this author (token)")] = None,
) -> None:
    """Let nothing that fits be disposed of until the hold is released."""
    with refusing():
        if not any((account, item, thread, author)):
            raise BadConfiguration("name --account, --item, --thread or --author")
        name = holds.new_name()
        hold = Hold(
            hold=name,
            at=now(),
            who=user(settings.load().data_dir),
            why=why,
            account=account,
            item=item,
            thread=thread,
            author=author,
        )
        holds.place(settings.load().holds, hold)
        count = _flag(hold, on=True)
    typer.echo(f"hold {name} stands{_on(count)}")


@hold_app.command(name="list")
def list_holds() -> None:
    """Show the holds that stand, a JSON object a line."""
    with refusing():
        for hold in holds.active(settings.load().holds):
            typer.echo(msgspec.json.encode(hold).decode())


@hold_app.command()
def release(
    name: Annotated[str, typer.Argument(help="the hold, as `list` shows it")],
    why: Annotated[str, typer.Option(help="on what it ends")],
) -> None:
    """End a hold; exits 1 if there is no such hold."""
    with refusing():
        file = settings.load().holds
        ended = next((hold for hold in holds.active(file) if hold.hold == name), None)
        if ended is None:
            typer.echo(f"no hold {name} stands", err=True)
            raise typer.Exit(1)
        holds.place(file, Hold(hold=name, at=now(), who=user(settings.load().data_dir), why=why, released=True))
        count = _flag(ended, on=False)
    typer.echo(f"hold {name} is released{_on(count)}")


@hold_app.command()
def apply() -> None:
    """Set the storage's own legal holds as these say, once more: for a bucket, after an interruption."""
    with refusing():
        count = sum(_flag(hold, on=True) for hold in holds.active(settings.load().holds))
    typer.echo(f"{count} objects are held")


def _flag(hold: Hold, *, on: bool) -> int:
    """Place or lift a bucket's own hold on what a hold covers and no other one does; on how many objects."""
    chosen = settings.load()
    if chosen.store_bucket is None:
        return 0
    standing = holds.active(chosen.holds)
    wanted = Wanted(
        accounts=frozenset({hold.account}) if hold.account else None,
        item=hold.item,
        thread=hold.thread,
        author=hold.author,
    )
    with reading(None) as opened, indexed(opened) as (records, _):
        hits = (hit for hit in records.search(wanted) if hit.disposed is None)
        return opened.store.hold(
            (hit.object_key for hit in hits if on or not any(each.covers(hit) for each in standing)), on=on
        )


def _on(count: int) -> str:
    return f" on {count} objects in the bucket" if count else ""


def _due(chosen: Settings) -> list[tuple[Due, bool]]:
    """What may go by the plan and the holds, each with whether there is a certificate of it already."""
    accounts: Mapping[tuple[str, str], Account] = load_accounts(chosen.accounts_file).by_identity()
    schedule = load_retention(chosen.retention_file)
    standing = holds.active(chosen.holds)

    def department_of(platform: str | None, account: str | None) -> str:
        found = accounts.get((platform or "", account or ""))
        return found.department if found else UNREGISTERED

    with reading(None) as opened, indexed(opened) as (records, _):
        hits = list(records.search(Wanted()))
    gone = {hit.object_key for hit in hits if hit.disposed}
    found = disposal.due(hits, schedule, department_of, standing, now().date())
    return [(each, each.object_key in gone) for each in found]


def _logged(where: Place) -> dict[str, str] | None:
    """What the log names of proposals and approvals, with the hashes; None for a store that has no log."""
    reader = LogReader(where.log)
    kinds = (f"{documents.PROPOSALS}/", f"{documents.APPROVALS}/")
    return {name: sha256 for name, sha256 in reader.entries() if name.startswith(kinds)} if reader.exists() else None


def _read(file: Path) -> Proposal:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Proposal)
    except msgspec.DecodeError:
        raise BadConfiguration(f"{file}: is no proposal: make one with `records dispose propose`") from None
