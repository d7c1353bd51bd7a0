"""Every command that a page or an alert names is there, with its options: nobody finds out at three in the morning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from agents.cli import app
from tests.compose import SERVICES
from tests.watching import ALERTS
from topics.catalog import TOPICS

ROOT = Path(__file__).parents[2]
PAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_STARTS = re.compile(r"(?:^|-- |exec [\w-]+ |\| |/bin/|DIR=\S+ )anslagsvakt ([a-z][^|]*)")
_SHORT = re.compile(r"(?:records|takedown|topics|policy|supervision) [a-z][a-z-]*\b.*")


def _named() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for span in re.findall(r"`([^`]+)`", page.read_text(encoding="utf-8")):
            text = " ".join(span.split())
            told = [text] if _SHORT.fullmatch(text) else _STARTS.findall(text)
            yield from ((page.name, each) for each in told)
    for alert in ALERTS:
        said = re.findall(r"Run anslagsvakt ([a-z0-9. -]+)", alert["annotations"]["action"])
        yield from ((alert["alert"], each.strip()) for each in said)


NAMED = sorted(set(_named()))


def faults(text: str) -> list[str]:
    """What of a command line there is not."""
    command: Any = get_command(app)
    words = text.replace("/--", " --").split()
    while words and re.fullmatch(r"[a-z-]+", words[0]) and (below := getattr(command, "commands", None)):
        name = words.pop(0)
        if name not in below:
            return [name]
        command = below[name]
    options = {option for parameter in command.params for option in parameter.opts}
    unknown = [word for word in words if word.startswith("--") and word != "--" and word not in options]
    topics = [word for word in words if word.startswith("social.") and word not in {each.name for each in TOPICS}]
    return unknown + topics


def test_many_are_named_and_a_wrong_one_would_be_seen() -> None:
    assert len(NAMED) > 50
    wrong = ("records verfy", "records verify --al", "topics read social.outcome", "duty")
    assert [faults(each) for each in wrong] == [["verfy"], ["--al"], ["social.outcome"], ["duty"]]


@pytest.mark.parametrize(("where", "text"), NAMED, ids=[f"{where}: {text}" for where, text in NAMED])
def test_it_is_there(where: str, text: str) -> None:
    assert faults(text) == [], where


def test_the_services_that_are_named_are_there() -> None:
    text = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = re.findall(r"docker\s+compose\s+(?:exec|restart|logs(?:\s+--since\s+\w+)?)\s+([a-z]+)", text)
    assert len(named) > 3
    assert set(named) <= set(SERVICES)
