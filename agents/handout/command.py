"""The commands `records show`, `export` and `check`: read records out, covered unless decided otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agents import settings
from agents.acting import user
from agents.clock import now
from agents.handout import attachments, traces
from agents.handout.contents import Handout
from agents.handout.history import Item, Trace, covered, histories, uncovered
from agents.handout.noted import note
from agents.retention import bundle
from agents.retention.log import LogReader
from agents.retention.opened import Folder, Opened, indexed, reading, refusing
from agents.retention.wanted import Wanted
from pipeline.errors import BadConfiguration, Stop

_Keys = Annotated[
    list[str] | None,
    typer.Argument(help="object keys, as `records search` shows them, or numbers, as a covered hand-out does"),
]
_Item = Annotated[str | None, typer.Option(help="all versions of this post or comment, by its id on the platform")]
_Thread = Annotated[str | None, typer.Option(help="the whole thread that hangs on this post")]
_Unmasked = Annotated[
    str | None, typer.Option(metavar="DECISION", help="cover nothing, on this decision (noted in the access log)")
]


class Form(StrEnum):
    """What a hand-out is packed as."""

    BAG = "bag"
    FGS = "fgs"


def show(
    keys: _Keys = None,
    *,
    store: Folder = None,
    item: _Item = None,
    thread: _Thread = None,
    unmasked: _Unmasked = None,
) -> None:
    """Show records, a whole item or a whole thread as it stood, with its versions; what is confidential is covered."""
    with refusing(), reading(store) as opened:
        items, _ = _read_out(opened, "show", _Selection(tuple(keys or ()), item, thread), unmasked)
    for each in items:
        for line in _lines(each):
            typer.echo(f"{'    ' * each.depth}{line}")


def export(
    keys: _Keys = None,
    *,
    to: Annotated[Path, typer.Option(help="a folder that does not exist yet; its name is the package's")],
    store: Folder = None,
    item: _Item = None,
    thread: _Thread = None,
    unmasked: _Unmasked = None,
    form: Annotated[
        Form, typer.Option("--format", help="bag: to hand out; fgs: to transfer to an archive (FGS Paketstruktur 2.0)")
    ] = Form.BAG,
    creator: Annotated[
        str | None, typer.Option(help="fgs: the authority whose archive the records are of (arkivbildare)")
    ] = None,
    creator_code: Annotated[str | None, typer.Option(help="fgs: its organisation number")] = None,
    agreement: Annotated[str | None, typer.Option(help="fgs: the submission agreement")] = None,
) -> None:
    """Write a hand-out, with a page to read and the data; if nothing is covered, with originals and proofs.

    A bag (BagIt) is for whoever asked for the records, an archive package (fgs) for an archive that takes them over.
    """
    from agents.handout import bag, fixity, package

    with refusing(), reading(store) as opened:
        if to.exists():
            raise BadConfiguration(f"{to} exists already: name a new folder")
        if form is Form.FGS and unmasked is None:
            raise BadConfiguration("an archive takes records over as they are: name the decision on it by --unmasked")
        if form is Form.FGS and creator is None:
            raise BadConfiguration("an archive package tells whose records they are: name the authority by --creator")
        items, chosen = _read_out(opened, f"export {form}", _Selection(tuple(keys or ()), item, thread), unmasked)
        reader = LogReader(opened.log)
        originals = [each.object_key for item in items for each in item.versions if each.raw is not None]
        fetched = [each for item in items for version in item.versions for each in version.fetched]
        proofs = bundle.prove_all(reader, originals, fetched) if unmasked and reader.exists() else {}
        handout = Handout(items, proofs, now(), unmasked)
        if creator is None or form is Form.BAG:
            bag.write(handout, to)
            page = to / "data" / "index.html"
        else:
            package.write(
                handout, package.Transfer(creator, user(settings.load().data_dir), creator_code, agreement), to
            )
            page = to / package.DATA / "index.html"
        if faults := list(fixity.faults(to)):
            raise Stop(f"{to}: was not written whole ({faults[0]}): remove it and try again")
    covered = "nothing is covered" if unmasked else "findings are covered"
    typer.echo(f"{len(chosen)} records in {to} ({covered}); open {page}")


def check(folder: Annotated[Path, typer.Argument(help="a bag or an archive package")]) -> None:
    """Check every file of a bag or an archive package against the hashes in it; exits 1 if one is not what it was."""
    from agents.handout import fixity

    with refusing():
        faults = list(fixity.faults(folder))
    for fault in faults:
        typer.echo(f"FAULT {fault}")
    typer.echo(f"{folder}: {len(faults)} faults" if faults else f"{folder}: all files are as they were packed")
    if faults:
        raise typer.Exit(1)


def _lines(item: Item) -> Iterator[str]:
    """An item with its versions, oldest first, for a terminal."""
    answers = f", answers {item.parent}" if item.parent else ""
    whose = " by the municipality" if item.is_own else ""
    yield f"{item.kind or 'unreadable'} {item.item}{whose} on {item.platform}, account {item.account}{answers}"
    for version in item.versions:
        by = f" by {version.actor}" if version.actor else ""
        yield f"  {version.change}{by} {version.time or ''}  {version.object_key}"
        for pointer, text in version.texts.items():
            yield f"    {pointer}: {text}"
        for attached in version.attachments:
            yield f"    {attached.field}: {attachments.told(attached)}"


@dataclass(frozen=True, slots=True)
class _Selection:
    keys: tuple[str, ...]
    item: str | None
    thread: str | None


def _read_out(
    opened: Opened, command: str, selection: _Selection, decision: str | None
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Read what was chosen as it may be shown, having noted who reads it."""
    reader = LogReader(opened.log)
    chosen = dict.fromkeys(_named(reader, key) for key in selection.keys)
    told: list[Trace] = []
    if selection.item or selection.thread:
        with indexed(opened) as (records, _):
            hits = list(records.search(Wanted(item=selection.item, thread=selection.thread)))
            chosen |= dict.fromkeys(hit.object_key for hit in hits if hit.disposed is None)
            told += traces.of_disposed(hits)
            items = sorted({(hit.platform or "", hit.item or "") for hit in hits})
            told += traces.of_takedowns(records, opened.store, items)
    elif not chosen:
        raise BadConfiguration("name object keys, --item or --thread")
    if not (chosen or told):
        typer.echo("no record fits", err=True)
        raise typer.Exit(1)
    from agents.detection import build_detector  # a second of imports that the other commands need not pay

    current = settings.load()
    note(current, command, tuple(chosen), decision=decision, ours=opened.is_ours)
    reveal = uncovered if decision else covered(build_detector(current))
    kept = [opened.store.read(key) for key in chosen]
    numbers = {name: index for name, (index, _) in reader.find(chosen).items()} if reader.exists() else {}
    return histories(kept, reveal, opened.store.attachments, told, numbers), tuple(chosen)


def _named(reader: LogReader, key: str) -> str:
    """The object key, where a number in the log stands for it."""
    if not key.isdecimal():
        return key
    named = next(reader.entries(int(key)), None) if reader.exists() else None
    if named is None:
        raise BadConfiguration(f"{key} is no number in the log of this store: name it as `records search` shows it")
    return named[0]
