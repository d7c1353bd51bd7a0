"""Alerts, the runbook's sections and the panels' links hold together: whoever is woken finds the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from deploy.grafana.pages import PAGES
from deploy.grafana.render import RUNBOOK_UID, sections
from tests.watching import ALERTS, DASHBOARDS

RUNBOOK = sections((Path(__file__).parents[2] / "docs/runbook.md").read_text(encoding="utf-8"))
SECTIONS = {title: body for title, body in RUNBOOK.items() if title}
NO_ALERT = {"A rule speaks too often or too seldom"}
PARTS = ["Means", "First look", "Remedy", "Who decides"]
QUESTIONS = [panel.question for page in PAGES for panel in page.panels]
LINKS = [
    (f"{name} {panel['title']}", panel)
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard["panels"]
    if panel["type"] != "text"
]


def test_every_alert_has_a_section_and_every_section_an_alert() -> None:
    assert set(SECTIONS) - NO_ALERT == {rule["alert"] for rule in ALERTS}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: f"{rule['alert']} {rule['labels']['severity']}")
def test_an_alert_names_its_section(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_says_what_it_means_what_to_do_and_who_decides(title: str) -> None:
    assert re.findall(r"^\*\*(.+)\.\*\* \S", SECTIONS[title], flags=re.MULTILINE) == PARTS


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_names_panels_and_sections_that_there_are(title: str) -> None:
    text = re.sub(r"\s+", " ", SECTIONS[title]).replace("**", "")
    for named in re.findall(r"\*([^*]+)\*", text):
        if re.match(r"(How|What|Which|Does|For) ", named):
            assert [question for question in QUESTIONS if question.startswith(named)], named
        elif re.fullmatch(r"([A-Z][a-z]+){1,4}", named):
            assert named in SECTIONS
        elif named in {page.title.removeprefix("Anslagsvakt: ") for page in PAGES}:
            continue
        else:
            assert named in {"Dead letters in a row", "Faust has crashed", "Kafka has not confirmed"}


@pytest.mark.parametrize(("where", "panel"), LINKS, ids=[where for where, _ in LINKS])
def test_a_panel_asks_has_a_unit_and_links_to_its_section(where: str, panel: dict[str, Any]) -> None:
    assert panel["title"].endswith("?"), where
    assert panel["fieldConfig"]["defaults"]["unit"]
    [link] = panel["links"]
    title = link["title"].removeprefix("Runbook: ")
    pages = {f"panel-{each['id']}": each["title"] for each in DASHBOARDS["runbook"]["panels"]}
    assert pages[link["url"].removeprefix(f"/d/{RUNBOOK_UID}?viewPanel=")] == title
    assert title in SECTIONS


def test_every_section_is_a_link_of_some_panel() -> None:
    linked = {panel.runbook for page in PAGES for panel in page.panels}
    assert linked == set(SECTIONS)


def test_the_lines_of_logs_that_the_runbook_quotes_are_there() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "agents").rglob("*.py"))
    for quoted in ("dead letters in a row", "Faust has crashed", "Kafka has not confirmed", "waits %.1f s at"):
        assert quoted in code
