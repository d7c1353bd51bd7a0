"""Which dashboards are there, and in which file does Grafana find each?"""

from __future__ import annotations

from pathlib import Path

from deploy.grafana.flow import FLOW
from deploy.grafana.panel import Page
from deploy.grafana.records import RECORDS
from deploy.grafana.render import page_json, runbook_json, sections
from deploy.grafana.rules import RULES
from deploy.grafana.watch import WATCH

PAGES: tuple[Page, ...] = (WATCH, FLOW, RECORDS, RULES)
_FOLDER = Path("deploy/grafana/dashboards")


def files(runbook: str) -> dict[Path, str]:
    """Every dashboard by its path below the top of the tree; `runbook` is the text of docs/runbook.md."""
    told = sections(runbook)
    boards = {f"{page.uid.removeprefix('anslagsvakt-')}.json": page_json(page, told) for page in PAGES}
    return {_FOLDER / name: text for name, text in {**boards, "runbook.json": runbook_json(told)}.items()}
