"""The page about the command line, `docs/commands.md`, made by walking the app in `agents/cli.py`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import typer

from agents.cli import app

_ABOUT = """\
# Commands

Made from `agents/cli.py` by `make docs`; a test fails when it is stale.

`make install` puts the command at `.venv/bin/anslagsvakt`. Every command has `--help`, and exits 0 on success, 1 when
the thing asked about is not so, and 2 on bad usage or input; what is wrong is said in one line on standard error.
[Settings](settings.md) come from the environment.
"""


def page() -> str:
    """The whole page in Markdown."""
    return _ABOUT + "".join(_section(path, command) for path, command in commands())


def commands() -> list[tuple[str, Any]]:
    """Every command, by what is typed after `anslagsvakt`, sorted."""
    return sorted(_walk(typer.main.get_command(app), ""))


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Commands, for which Typer has no public type of its own, below this one."""
    below = getattr(command, "commands", None)
    if below is None or command.invoke_without_command:
        yield path, command
    if below is None:
        return
    for name, child in below.items():
        yield from _walk(child, f"{path} {name}".strip())


def _section(path: str, command: Any) -> str:
    parameters = [each for each in command.params if each.name != "help"]
    usage = " ".join(("anslagsvakt", path, *(_usage(each) for each in parameters)))
    told = "\n".join(f"- `{_spelled(each)}`: {_meaning(each)}" for each in parameters)
    return f"\n## {path}\n\n{inspect.cleandoc(command.help or '')}\n\n```sh\n{usage}\n```\n" + (
        f"\n{told}\n" if told else ""
    )


def _usage(parameter: Any) -> str:
    spelled = _spelled(parameter)
    return spelled if parameter.required else f"[{spelled}]"


def _spelled(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"{parameter.name.upper()}{'...' if parameter.nargs < 0 else ''}"
    return str(max(parameter.opts, key=len))


def _meaning(parameter: Any) -> str:
    told = str(getattr(parameter, "help", None) or "")
    default = parameter.default
    plain = isinstance(default, str | int | float | PurePath) and not isinstance(default, bool)
    return f"{told} (default: `{default}`)" if plain and not callable(default) else told
