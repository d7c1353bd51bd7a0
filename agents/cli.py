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
from pipeline.errors import AnslagsvaktError, BadConfiguration

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Archives, screens and takes down what must not stand on a municipality's social media, with proof.",
)
policy_app = typer.Typer(no_args_is_help=True, help="The policy: what is looked for and how far each rule may go.")
app.add_typer(policy_app, name="policy")


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


@policy_app.command()
def check(file: Annotated[Path, typer.Argument(help="a policy file (TOML)")]) -> None:
    """Validate a policy and print what it would do."""
    from agents.configuration import load_policy
    from agents.policy_view import show

    show(load_policy(file), Console())


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
