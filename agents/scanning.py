"""`anslagsvakt scan`: which file is read, in which form, and where the result goes."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from agents.configuration import load_accounts, load_policy
from agents.detection import build_detector
from agents.scan import Form, Scanner, scan_lines, scan_lines_in_words, scan_text
from agents.settings import Settings
from pipeline.errors import BadConfiguration


def run(settings: Settings, file: Path, form: Form | None, *, values: bool, explain: bool) -> int:
    """Scan a file (`-`: standard input) and print what was found; returns the exit code.

    Raises:
        BadConfiguration: the file cannot be read.
    """
    name = "standard input" if str(file) == "-" else str(file)
    lines = file.suffix == ".jsonl"
    chosen = form or (Form.JSONL if lines else Form.TEXT)
    scanner = Scanner(
        build_detector(settings),
        load_policy(settings.policy_file),
        load_accounts(settings.accounts_file).by_identity(),
    )
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            if chosen is Form.JSONL:
                return scan_lines(scanner, stream, name, sys.stdout, sys.stderr, values=values, explain=explain)
            console = Console(highlight=False)
            if lines:
                return scan_lines_in_words(scanner, stream, name, console, sys.stderr, values=values, explain=explain)
            return scan_text(scanner, stream.read(), name, console, sys.stderr, values=values, explain=explain)
    except OSError as error:
        raise BadConfiguration(f"{name}: cannot be read ({error.strerror}): check the path") from None
