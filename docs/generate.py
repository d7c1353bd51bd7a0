"""Writes the pages that are made from code: `python docs/generate.py` from the top of the tree."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from deploy.grafana import pages as dashboards
from docs import commands_page, metrics_page, platforms_page, settings_page
from topics import page as topics_page
from topics.asyncapi import document

ROOT = Path(__file__).parent.parent
_HEADER = "# Made by `python docs/generate.py` from topics/; a test fails when it is stale.\n"
_WIDTH = 120


class _Readable(yaml.SafeDumper):
    """Writes a text of several lines as it reads, and everything in full where it stands."""

    def ignore_aliases(self, data: object) -> bool:
        """An anchor saves lines and costs the reader a search."""
        del data
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Texts of several lines in block style."""
        style = "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Readable.add_representer(str, _Readable.represent_str)


def pages() -> dict[Path, str]:
    """Every page that is made from code, by its path below the top of the tree."""
    return {
        Path("docs/asyncapi.yaml"): _asyncapi(),
        Path("docs/topics.md"): topics_page.page(),
        Path("docs/settings.md"): settings_page.page(),
        Path("docs/metrics.md"): metrics_page.page(),
        Path("docs/commands.md"): commands_page.page(),
        **dashboards.files((ROOT / "docs/runbook.md").read_text(encoding="utf-8")),
        Path("docs/platforms.md"): platforms_page.page(),
    }


def _asyncapi() -> str:
    text: str = yaml.dump(document(_examples()), Dumper=_Readable, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return _HEADER + text


def _examples() -> dict[str, list[dict[str, Any]]]:
    """One golden example for each schema: the first by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "tests/golden").glob("*.v1.*.json")):
        schema = ".".join(path.name.split(".")[:2])
        found.setdefault(schema, [json.loads(path.read_text(encoding="utf-8"))])
    return found


def main(*, check: bool) -> None:
    """Write what is stale, or (`check`) exit with 1 and its name."""
    for path, text in pages().items():
        file = ROOT / path
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        if check:
            sys.exit(f"{path} is stale: run `make docs`")
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(check="--check" in sys.argv[1:])
