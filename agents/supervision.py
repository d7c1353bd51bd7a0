"""The command `anslagsvakt supervision`: the proof that watch was kept over each account (BBS-lagen 4 §)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from agents import settings
from agents.configuration import load_accounts
from agents.duty_view import show
from agents.retention.opened import Folder, indexed, reading, refusing
from agents.retention.wanted import Hit, Wanted
from agents.worker import now
from pipeline.event import Change
from pipeline.supervision import DutyLog, Sighting, Terms, duty_log

app = typer.Typer(no_args_is_help=True, help="Supervision: the proof that the duty to keep watch was met.")


@app.callback()
def _group() -> None:
    """Keep `report` a subcommand though it is the only one."""


@app.command()
def report(
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first day, in UTC")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="last day, in UTC")],
    store: Folder = None,
    silence_hours: Annotated[float, typer.Option(min=0.01, help="tell of silences from this length")] = 72.0,
    delay_minutes: Annotated[float, typer.Option(min=0.01, help="an event must be taken in within this time")] = 60.0,
    check_hours: Annotated[float, typer.Option(min=0.01, help="an account must be checked within this time")] = 3.0,
    json: Annotated[bool, typer.Option("--json", help="as JSON, with every gap and every late event")] = False,
) -> None:
    """Show, per account, the last event and check, silences, and what was seen late or not checked; exits 1 for those.

    An account is taken to be checked by what came from it, and by a connector's word that nothing new was there.
    """
    start, end = first.replace(tzinfo=UTC), min(last.replace(tzinfo=UTC) + timedelta(days=1), now())
    if end <= start:
        raise typer.BadParameter("--to: is before --from, or --from is in the future: name a period that has begun")
    terms = Terms(timedelta(hours=silence_hours), timedelta(minutes=delay_minutes), timedelta(hours=check_hours))
    log = _log(store, start, end, terms)
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(log), indent=1))
    else:
        show(log, Console())
    raise typer.Exit(0 if log.met else 1)


def _log(folder: Path | None, start: datetime, end: datetime, terms: Terms) -> DutyLog:
    with refusing():
        registered = [account.label for account in load_accounts(settings.load().accounts_file).account]
        with reading(folder) as opened, indexed(opened) as (index, _):
            hits = index.search(Wanted(since=start.date(), until=end.date()))
            return duty_log(registered, filter(None, map(_sighting, hits)), start, end, terms)


def _sighting(hit: Hit) -> Sighting | None:
    """A record as an event of its account; bytes that were no event belong to none."""
    if hit.time is None:
        return None
    return Sighting(f"{hit.platform}/{hit.account}", hit.time, hit.archived_at, is_check=hit.change == Change.CHECKED)
