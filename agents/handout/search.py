"""The command `records search`: which records fit, without their text, and no people by what is sensitive of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
import typer

from agents import settings
from agents.configuration import load_accounts
from agents.handout import asked
from agents.handout.noted import note
from agents.retention.opened import Folder, indexed, reading, refusing
from agents.retention.wanted import DISPOSED, Hit, Wanted
from pipeline.errors import BadConfiguration
from pipeline.event import Change
from pipeline.searchwords import words as words_in

_MOST = 1000
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="by the event's own time, in UTC")]
_STATES = (*Change, DISPOSED)
_UNSIGNED = (1 << 64) - 1


def search(
    *,
    store: Folder = None,
    platform: Annotated[str | None, typer.Option(help="facebook, instagram, …")] = None,
    account: Annotated[str | None, typer.Option(help="the account's id on the platform")] = None,
    department: Annotated[str | None, typer.Option(help="a department of the register of accounts")] = None,
    kind: Annotated[str | None, typer.Option(help="post, comment, message, …")] = None,
    change: Annotated[str | None, typer.Option(help="created, edited, deleted, …")] = None,
    state: Annotated[str | None, typer.Option(help="how an item stands now: its newest change, or disposed")] = None,
    item: Annotated[str | None, typer.Option(help="the id of a post or comment: shows its versions")] = None,
    thread: Annotated[str | None, typer.Option(help="the id of the post that a thread hangs on")] = None,
    author: Annotated[str | None, typer.Option(help="an author's token, as a search shows it")] = None,
    text: Annotated[str | None, typer.Option(help="words, in any form and order, all of which are there")] = None,
    own: Annotated[bool, typer.Option("--own", help="only what the municipality wrote")] = False,
    concern: Annotated[
        str | None,
        typer.Option("--category", "--concern", help="is refused: nobody is selected by what is said of them"),
    ] = None,
    since: _Day = None,
    until: _Day = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"at most so many; with --text or --author {_MOST} unless told otherwise")
    ] = None,
) -> None:
    """List the records that fit, oldest first, a JSON object a line, without their text; exits 1 if there is none.

    A search by text or author is noted in the access log, and one that would select people by sensitive data refused.
    """
    with refusing():
        if concern is not None:
            raise asked.refused("what is said of them")
        if state is not None and state not in _STATES:
            raise BadConfiguration(f"--state {state}: is no state: use one of {', '.join(_STATES)}")
        chosen = settings.load()
        selection = asked.lawful(text, chosen.lexicon_dir, own=own) if text is not None else None
        with reading(store) as opened, indexed(opened) as (records, _):
            tokens: frozenset[int] | None = None
            if selection is not None or own:
                key = asked.take_in(chosen, opened, records, selection)
                tokens = key.tokens(words_in(text)) if text is not None else None
            wanted = Wanted(
                platform=platform,
                accounts=_accounts(account, department),
                kind=kind,
                change=change,
                state=state,
                item=item,
                thread=thread,
                author=author,
                words=tokens,
                own=own,
                since=since.date() if since else None,
                until=until.date() if until else None,
            )
            if text is None and author is None:
                found = sum(map(_say, records.search(wanted, limit)))
            else:
                hits = list(records.search(wanted, limit or _MOST))
                command = "search by text" if text is not None else "search by author"
                keys = tuple(hit.object_key for hit in hits)
                asked_for = sorted(f"{each & _UNSIGNED:016x}" for each in tokens or ())
                note(chosen, command, keys, words=asked_for, ours=opened.is_ours)
                found = sum(map(_say, hits))
                if found == (limit or _MOST):
                    typer.echo(f"there may be more than these {found}: ask for more by --limit", err=True)
    if not found:
        raise typer.Exit(1)


def _say(hit: Hit) -> int:
    typer.echo(msgspec.json.encode(hit).decode())
    return 1


def _accounts(account: str | None, department: str | None) -> frozenset[str] | None:
    if department is None:
        return None if account is None else frozenset({account})
    register = load_accounts(settings.load().accounts_file).account
    theirs = frozenset(each.id for each in register if each.department == department)
    if not theirs:
        raise BadConfiguration(f"{department!r} has no accounts: see ANSLAGSVAKT_ACCOUNTS_FILE for the departments")
    return theirs if account is None else theirs & {account}
