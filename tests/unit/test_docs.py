"""What the documents point at exists, and what the README shows is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_NAMED = re.compile(r"`((?:pipeline|topics|agents|deploy|tests|docs)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = _NAMED.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_decision_is_listed_in_order() -> None:
    listed = re.findall(r"^(\d+)\. \[.*\]\((.+)\)$", (ROOT / "docs/decisions/README.md").read_text(), re.MULTILINE)
    pages = sorted(page.name for page in ROOT.glob("docs/decisions/[0-9]*.md"))
    assert [name for _, name in listed] == pages
    assert [int(number) for number, _ in listed] == [int(name[:3]) for name in pages]


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [phony] = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(re.findall(r"^([a-z-]+):.* ## .", makefile, re.MULTILINE)) == set(phony.split())


def test_every_module_that_make_runs_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    modules = [ROOT / name.replace(".", "/") for name in re.findall(r"python -m (tests[.\w]+)", makefile)]
    files = [module / "__main__.py" if module.is_dir() else module.with_suffix(".py") for module in modules]
    files += [ROOT / name for name in re.findall(r"python ((?:docs|tests)/\S+\.py)", makefile)]
    assert files
    assert [file for file in files if not file.is_file()] == []


def test_the_readme_names_every_part_of_the_tree() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(re.findall(r"\[(\w+)/\]", readme))
