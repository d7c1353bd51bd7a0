"""Writes the pages that are made from code: `python docs/generate.py` from the top of the tree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from topics.asyncapi import document
from topics.page import page

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
    return {Path("docs/asyncapi.yaml"): _asyncapi(), Path("docs/topics.md"): page()}


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


if __name__ == "__main__":
    for path, text in pages().items():
        (ROOT / path).write_text(text, encoding="utf-8")
