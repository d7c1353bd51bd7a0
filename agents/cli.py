"""The command `anslagsvakt`: what each subcommand is called, takes and says; the work is done elsewhere.

Exit codes: 0 success, 1 the thing asked about is not so, 2 bad usage or input; every error is one line.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from agents import settings
from agents.desk import app as takedown_app
from agents.records import app as records_app
from agents.scan import Form
from agents.supervision import app as supervision_app
from pipeline.errors import AnslagsvaktError, BadConfiguration

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Archives, screens and takes down what must not stand on a municipality's social media, with proof.",
)
policy_app = typer.Typer(no_args_is_help=True, help="The policy: what is looked for and how far each rule may go.")
topics_app = typer.Typer(no_args_is_help=True, help="The topics: what is promised about them, and what is there.")
app.add_typer(policy_app, name="policy")
app.add_typer(topics_app, name="topics")
app.add_typer(records_app, name="records")
app.add_typer(takedown_app, name="takedown")
app.add_typer(supervision_app, name="supervision")


@app.command()
def screen() -> None:
    """Archive and screen every raw event (the Faust agent); SIGTERM finishes what was begun and commits."""
    from agents import processes

    processes.screen(settings.load())


@app.command()
def broker(
    folder: Annotated[Path, typer.Option(help="where its data is kept")] = Path("data/kafka"),
    port: Annotated[int | None, typer.Option(help="port for clients; default: the one it had, or a free one")] = None,
    heap: Annotated[str, typer.Option(help="most memory of the Java heap")] = "768m",
) -> None:
    """Run the embedded Apache Kafka (KRaft, one node) in the foreground, for trying out and small installations."""
    from agents.broker import serve

    serve(folder, settings.load().cache, Console(), port=port, heap=heap)


@app.command()
def archive() -> None:
    """Write every archived event to the retention store and give a receipt; SIGTERM finishes and commits."""
    from agents import processes

    raise typer.Exit(processes.archive(settings.load()))


@app.command()
def scan(
    file: Annotated[Path, typer.Argument(help="what to scan; - for standard input")] = Path("-"),
    form: Annotated[
        Form | None,
        typer.Option("--format", help="text: words, for each line of a *.jsonl; default: jsonl for *.jsonl, else text"),
    ] = None,
    *,
    show_values: Annotated[bool, typer.Option("--show-values", help="show what was found, unmasked")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="say why: rule, tier, context, suppressors")] = False,
) -> None:
    """Detect and decide without Kafka: a text in words, or JSON lines ({"id", "text"} or raw events) in and out."""
    from agents import scanning

    raise typer.Exit(scanning.run(settings.load(), file, form, values=show_values, explain=explain))


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="what the demo writes: records, logs, broker data")] = Path("data/demo"),
    seconds: Annotated[float, typer.Option(min=1, max=600, help="how long the sample stream is played")] = 12.0,
) -> None:
    """Run everything on this machine: a real Kafka, all processes, a sample stream, a live view, a summary."""
    import os

    from agents.demo.run import run_demo

    raise typer.Exit(run_demo(folder, settings.load().cache, Console(), os.environ, seconds=seconds))


@topics_app.command()
def apply(
    replication: Annotated[int | None, typer.Option(min=1, help="copies; default: 3, or as many as brokers")] = None,
    *,
    raise_partitions: Annotated[bool, typer.Option(help="add partitions where the catalogue has more")] = False,
) -> None:
    """Create missing topics and correct their settings; never shrinks or deletes. Exits 1 if anything differs still."""
    from agents.admin import connected
    from agents.topics import run_apply

    with connected(settings.load().kafka()) as admin:
        code = run_apply(admin, Console(), replication=replication, raise_partitions=raise_partitions)
    raise typer.Exit(code)


@topics_app.command()
def show(
    replication: Annotated[int | None, typer.Option(min=1, help="copies; default: 3, or as many as brokers")] = None,
) -> None:
    """Show every topic beside the catalogue; exits 1 if they differ."""
    from agents.admin import connected
    from agents.topics import run_show

    with connected(settings.load().kafka()) as admin:
        code = run_show(admin, Console(), replication=replication)
    raise typer.Exit(code)


@topics_app.command()
def read(
    topic: Annotated[str, typer.Argument(help="the topic, such as social.outcome.v1")],
    last: Annotated[int, typer.Option(min=1, help="so many messages at most")] = 20,
) -> None:
    """Print the last messages of a topic, a JSON object a line, oldest first; none of a topic that holds texts."""
    from agents.latest import latest

    for line in latest(settings.load().kafka(), topic, last):
        typer.echo(line)


@app.command()
def doctor(
    *,
    store: Annotated[
        bool, typer.Option("--store", help="put the record store to the test instead: write, overwrite, delete, list")
    ] = False,
) -> None:
    """Check configuration, broker, topics, store, platform and clock: one line each; exits 1 if one is not well."""
    from agents.doctor import examine, try_store

    checked = []
    for each in (try_store if store else examine)(settings.load()):
        typer.echo(f"{'ok  ' if each.well else 'FAIL'} {each.name}: {each.said}")
        checked.append(each.well)
    raise typer.Exit(0 if all(checked) else 1)


@topics_app.command()
def acl(
    *, apply: Annotated[bool, typer.Option("--apply", help="give them ourselves; needs a super user of Kafka")] = False
) -> None:
    """Print the access rules that each process needs, as commands of Kafka's; exits 1 if --apply finds more given."""
    from agents.acl import run_apply, run_print
    from agents.admin import connected

    chosen = settings.load()
    if not apply:
        raise typer.Exit(run_print(chosen.bootstrap_servers, Console()))
    with connected(chosen.kafka()) as admin:
        code = run_apply(admin, Console())
    raise typer.Exit(code)


@policy_app.command()
def check(file: Annotated[Path, typer.Argument(help="a policy file (TOML)")]) -> None:
    """Validate a policy and print what it would do."""
    from agents.configuration import load_policy
    from agents.policy_view import show as print_policy

    print_policy(load_policy(file), Console())


@policy_app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="the new policy (TOML)")],
    against: Annotated[Path | None, typer.Option(help="the old policy; default: ANSLAGSVAKT_POLICY_FILE")] = None,
    most: Annotated[int, typer.Option(min=0, help="so many new removals are accepted")] = 0,
) -> None:
    """Judge all that is archived by a new policy and print what would change; exits 1 if it would remove too much."""
    from agents.backtest import run

    raise typer.Exit(run(settings.load(), file, against, most, Console()))


def main() -> None:
    """Run the command line; every foreseen error is one line on standard error."""
    try:
        app()
    except BadConfiguration as error:
        sys.exit(_refuse(error, 2))
    except AnslagsvaktError as error:
        sys.exit(_refuse(error, 1))
    except KeyboardInterrupt:
        sys.exit(130)


def _refuse(error: AnslagsvaktError, code: int) -> int:
    typer.echo(f"anslagsvakt: {error}", err=True)
    return code


if __name__ == "__main__":
    main()
