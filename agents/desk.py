"""The command `anslagsvakt takedown`: run the process, and decide on orders as people must."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import msgspec
import typer

from agents import settings
from agents.clock import now
from agents.configuration import load_policy
from agents.handout.noted import note
from agents.retention import place
from agents.retention.store import Faulty
from agents.takedown import people
from agents.takedown.journal import Journal
from agents.takedown.people import Standing
from pipeline.errors import BadConfiguration, Stop
from pipeline.message import Result
from pipeline.notice import Deed, Language, compose
from pipeline.record import object_key
from topics import wire

app = typer.Typer(
    invoke_without_command=True,
    help="Carry out takedown orders and prove that they are done; with a command: decide on them.",
)
_Order = Annotated[str, typer.Argument(help="the order's id, as `takedown orders` shows it")]
_DONE = {Result.HIDDEN: Deed.HIDDEN, Result.REMOVED: Deed.REMOVED}


@app.callback()
def takedown(context: typer.Context) -> None:
    """Carry out takedown orders on the platforms and prove that they are done; SIGTERM finishes and commits."""
    if context.invoked_subcommand is not None:
        return
    from agents import processes

    raise typer.Exit(processes.takedown(settings.load()))


@app.command()
def orders(
    *,
    held: Annotated[bool, typer.Option("--held", help="those alone that the brake holds for people")] = False,
    waiting: Annotated[bool, typer.Option("--open", help="those alone that have not ended")] = False,
) -> None:
    """List orders, oldest first, a JSON object a line, without any text; exits 1 if there is none."""
    found = False
    with _journal() as journal, journal.transaction() as db:
        for each in people.standings(db):
            if (held and not each.held) or (waiting and each.ended):
                continue
            typer.echo(_line(each))
            found = True
    if not found:
        raise typer.Exit(1)


@app.command()
def release(order: _Order) -> None:
    """Let an order that the brake holds go on; exits 1 if it is not held."""
    with _journal() as journal, journal.transaction() as db:
        if not people.let_go_on(db, order):
            raise Stop(f"{order} is not held: see `anslagsvakt takedown orders --held`")
    typer.echo(f"{order} goes on")


@app.command()
def restore(order: _Order) -> None:
    """Show an item again; if it is gone for good, exits 1 and prints its archived text, to be posted again by hand."""
    with _journal() as journal, journal.transaction() as db:
        standing = _known(people.find(db, order), order)
        called_off = people.call_off(db, standing)
        if not called_off:
            people.forget_values(db, standing, now())  # else posting it again would be caught
    if called_off:
        typer.echo(f"{order} is called off: what is hidden is shown again, where {_platform(standing)} can")
        return
    if standing.ended is Result.WITHDRAWN:
        raise Stop(f"{order} was withdrawn already: nothing is hidden by it")
    typer.echo(f"{order}: the item is gone from {_platform(standing)}, and no platform gives it back", err=True)
    typer.echo(_archived(standing))
    raise typer.Exit(1)


@app.command()
def forget(order: _Order) -> None:
    """Know what the order removed no longer when it is posted again; exits 1 if it was sure of no value."""
    with _journal() as journal, journal.transaction() as db:
        count = people.forget_values(db, _known(people.find(db, order), order), now())
    if not count:
        raise Stop(f"{order} has not ended, or was sure of no value: nothing is known again by it")
    typer.echo(f"{count} values of {order} are known no longer")


@app.command()
def notice(
    order: _Order,
    contact: Annotated[str | None, typer.Option(help="whom the author may turn to; default: the policy's")] = None,
    language: Annotated[Language | None, typer.Option(help="the notice's language; default: the policy's")] = None,
) -> None:
    """Write what the author is to be told, without what was found; exits 1 if nothing was hidden or removed."""
    with _journal() as journal, journal.transaction() as db:
        standing = _known(people.find(db, order), order)
    done = _DONE.get(standing.ended) if standing.ended else None
    if done is None:
        raise Stop(f"{order} has hidden or removed nothing (it stands as {standing.ended or 'open'})")
    ours = load_policy(settings.load().policy_file).notices
    text = compose(standing.order, done, contact=contact or ours.contact, language=language or ours.language)
    typer.echo(text, nl=False)


@contextmanager
def _journal() -> Iterator[Journal]:
    path = settings.load().journal
    if not path.exists():
        raise BadConfiguration(f"{path}: no takedown journal: name it with ANSLAGSVAKT_JOURNAL_FILE")
    with closing(Journal(path)) as journal:
        yield journal


def _known(found: Standing | None, order: str) -> Standing:
    if found is None:
        raise Stop(f"{order} is no order of this journal: see `anslagsvakt takedown orders`")
    return found


def _platform(standing: Standing) -> str:
    return standing.order.subject.platform


def _line(standing: Standing) -> str:
    order = standing.order
    shown = {
        "order_id": order.order_id,
        "item": order.subject.item,
        "account": order.subject.account_id,
        "wanted": order.wanted,
        "rules": [rule.id for rule in order.rules],
        "deadline": order.deadline,
        "ended": standing.ended,
        "alarms": sorted(standing.alarms),
    }
    return msgspec.json.encode(shown).decode()


def _archived(standing: Standing) -> str:
    """The text of the item, from the retention store; who reads it is noted first."""
    chosen = settings.load()
    key = object_key(standing.order.raw.sha256)
    try:
        with place.for_reading(place.of(chosen), now) as store:
            record = store.read(key)
    except Faulty as error:
        raise Stop(f"its record cannot be read: {error}") from error
    note(chosen, "takedown restore", (key,))
    event = wire.decode_event(record.raw.value)
    return "\n\n".join(field.text for field in event.texts() if field.pointer in {"/title", "/text"})
