"""The command line: every command explains itself, and what is wrong is one line and the right exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agents import cli
from agents.configuration import load_policy
from docs.commands_page import commands

PATHS = [path for path, _ in commands()]


@pytest.mark.parametrize("path", PATHS)
def test_every_command_has_help(path: str) -> None:
    answer = CliRunner().invoke(cli.app, [*path.split(), "--help"])
    assert answer.exit_code == 0
    assert path.rsplit(maxsplit=1)[-1] in answer.output


@pytest.mark.parametrize(("path", "command"), commands(), ids=PATHS)
def test_every_command_and_option_says_what_it_is(path: str, command: Any) -> None:
    assert command.help, path
    assert [each.name for each in command.params if each.name != "help" and not each.help] == []


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `anslagsvakt` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["anslagsvakt", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["policy", "check", "nowhere.toml"], 2),
        (["records", "verify", "--store", "nowhere"], 2),
        (["fly"], 2),
        (["policy", "check"], 2),
        (["screen", "--fast"], 2),
        (["--help"], 0),
    ],
    ids=["no such policy", "no such store", "no such command", "argument missing", "no such option", "help"],
)
def test_exit_codes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], code: int) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, *arguments) == code


def test_what_is_wrong_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, "policy", "check", "nowhere.toml")
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("anslagsvakt: nowhere.toml: cannot be read")
    assert written.err.count("\n") == 1


def test_a_wrong_setting_is_bad_usage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ANSLAGSVAKT_BATCH_SIZE", "many")
    assert run(monkeypatch, "screen") == 2
    assert capsys.readouterr().err.startswith("anslagsvakt: ANSLAGSVAKT_BATCH_SIZE: ")


def test_the_shipped_policy_is_read_aloud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No name of a rule is cut, though the terminal is narrow."""
    monkeypatch.setenv("COLUMNS", "80")
    policy = Path(cli.__file__).parents[1] / "deploy/config/policy.toml"
    assert run(monkeypatch, "policy", "check", str(policy)) == 0
    written = capsys.readouterr().out
    rules = [rule.id for rule in load_policy(policy).rule]
    assert [rule for rule in rules if written.count(rule) < 2] == [], "each with what it does, and with its decision"
    assert "limit: a message goes no further than review" in written


def test_only_the_screen_loads_presidio() -> None:
    """It takes a second and 70 MB, which archive and takedown have no use for, each time they start."""
    parts = "cli", "processes", "archive", "media.collect", "retention.place", "takedown.run", "platforms.connect"
    loads = ", ".join(f"agents.{part}" for part in parts)
    looks = f"import sys, {loads}; print('presidio_analyzer' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", looks], check=True, capture_output=True, text=True)
    assert said.stdout == "False\n"
