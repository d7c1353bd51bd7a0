"""The command `records evidence`: what is handed to the police about one post or comment, on a decision."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from agents import settings
from agents.clock import now
from agents.configuration import load_accounts, load_policy
from agents.handout import evidence
from agents.handout.contents import Handout
from agents.handout.cover import Facts
from agents.handout.history import Item, covered, histories, uncovered
from agents.handout.noted import note
from agents.retention import bundle
from agents.retention.log import LogReader
from agents.retention.opened import Folder, Opened, indexed, reading, refusing
from agents.retention.wanted import Hit, Wanted
from agents.settings import Settings
from agents.takedown import people
from agents.takedown.journal import Journal
from agents.takedown.people import Deeds
from pipeline.decide import decide
from pipeline.errors import BadConfiguration
from pipeline.message import RuleNote
from pipeline.policy import UNREGISTERED
from pipeline.ports import Detector
from topics import wire


def write_evidence(
    item: Annotated[str, typer.Argument(help="the post or comment, by its id on the platform")],
    *,
    to: Annotated[Path, typer.Option(help="a folder that does not exist yet")],
    decision: Annotated[str, typer.Option(help="on what it is handed over (noted in the access log)")],
    platform: Annotated[str | None, typer.Option(help="where, if several platforms have such an id")] = None,
    store: Folder = None,
) -> None:
    """Write a package for a police report: the item as it came in, with proofs, its thread and what was done."""
    with refusing(), reading(store) as opened:
        if to.exists():
            raise BadConfiguration(f"{to} exists already: name a new folder")
        made = _gathered(opened, settings.load(), item, platform, decision)
        evidence.write(made, to)
    typer.echo(f"{item}, and its thread of {len(made.thread)} items, in {to}; open {to / 'data' / 'forsattsblad.html'}")


def _gathered(opened: Opened, chosen: Settings, item: str, platform: str | None, decision: str) -> evidence.Evidence:
    """Read what belongs together, having noted who reads it."""
    ours, thread = _found(opened, item, platform)
    from agents.detection import build_detector  # a second of imports that the other commands need not pay

    keys = tuple(dict.fromkeys(hit.object_key for hit in (*ours, *thread)))
    note(chosen, "evidence", keys, decision=decision, ours=opened.is_ours)
    detector = build_detector(chosen)
    store, reader = opened.store, LogReader(opened.log)
    (reported,) = histories([store.read(hit.object_key) for hit in ours], uncovered, store.attachments)
    around = histories([store.read(key) for key in keys], covered(detector), store.attachments)
    fetched = [each for version in reported.versions for each in version.fetched]
    proofs = bundle.prove_all(reader, [hit.object_key for hit in ours], fetched) if reader.exists() else {}
    handout = Handout((reported,), proofs, now(), decision)
    return evidence.Evidence(_facts(chosen, detector, reported), handout, around, _deeds(chosen, reported))


def _found(opened: Opened, item: str, platform: str | None) -> tuple[list[Hit], list[Hit]]:
    """The item's own records, and those of its thread."""
    with indexed(opened) as (records, _):
        ours = _readable(records.search(Wanted(platform=platform, item=item)))
        if not ours:
            typer.echo("no record fits", err=True)
            raise typer.Exit(1)
        if len({hit.platform for hit in ours}) > 1:
            raise BadConfiguration(f"{item} is on several platforms: name one with --platform")
        return ours, _readable(records.search(Wanted(platform=ours[0].platform, thread=ours[0].thread)))


def _readable(hits: Iterable[Hit]) -> list[Hit]:
    """All but those that were disposed of."""
    return [hit for hit in hits if hit.disposed is None]


def _facts(chosen: Settings, detector: Detector, reported: Item) -> Facts:
    """What the newest version that has a text tells, and which rules speak of it."""
    policy, accounts = load_policy(chosen.policy_file), load_accounts(chosen.accounts_file).by_identity()
    account = accounts.get((reported.platform, reported.account))
    grounds: dict[str, RuleNote] = {}
    told = Facts(None, None, None, (), policy.notices.contact)
    for version in reported.versions:
        event = wire.decode_event(version.raw)
        author = event.data.author
        told = replace(
            told,
            permalink=event.data.permalink or told.permalink,
            author_id=(author.id if author else None) or told.author_id,
            author_name=(author.display_name if author else None) or told.author_name,
        )
        verdict = decide(detector.detect(event.texts()), policy, account.department if account else UNREGISTERED)
        for hit in verdict.hits:
            grounds.setdefault(hit.rule, RuleNote(id=hit.rule, mode=hit.mode, legal_basis=hit.legal_basis))
    return replace(told, grounds=tuple(grounds.values()))


def _deeds(chosen: Settings, reported: Item) -> tuple[Deeds, ...]:
    if not chosen.journal.exists():
        return ()
    with closing(Journal(chosen.journal)) as journal, journal.transaction() as db:
        return people.deeds(db, f"{reported.platform}:{reported.item}")
