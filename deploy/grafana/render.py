"""How do our pages become Grafana's JSON? With Grafana's own builders, so that the form is theirs to get right."""

from __future__ import annotations

import json
import re

from grafana_foundation_sdk.builders import common, prometheus, stat, table, text, timeseries
from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    Threshold,
    ThresholdsMode,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from grafana_foundation_sdk.models.text import TextMode

from deploy.grafana.panel import Page, Panel, Query, Shape, Unit

RUNBOOK_UID = "anslagsvakt-runbook"
_SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
_TAG = "anslagsvakt"
_GREEN, _ORANGE, _RED = "green", "orange", "red"


def sections(runbook: str) -> dict[str, str]:
    """The sections of the runbook (Markdown) by their title, in order; what stands before the first is under ''."""
    head, *rest = re.split(r"^## (.+)\n", runbook, flags=re.MULTILINE)
    return {"": head.strip()} | {title: body.strip() for title, body in zip(rest[::2], rest[1::2], strict=True)}


def page_json(page: Page, runbook: dict[str, str]) -> str:
    """A page as the file that Grafana reads."""
    built = _dashboard(page.uid, page.title, page.about).refresh("5s").annotation(_firing())
    if page.by_account:
        built.with_variable(_account())
    numbers = list(runbook)
    for number, panel in enumerate(page.panels, start=1):
        built.with_panel(_panel(panel, number, numbers.index(panel.runbook)))
    return _text(built)


def runbook_json(runbook: dict[str, str]) -> str:
    """The runbook as a page of Grafana's, a panel a section, so that it is at hand where the panels are."""
    built = _dashboard(RUNBOOK_UID, "Anslagsvakt: runbook", "What an alert means and what to do: docs/runbook.md.")
    for number, (title, body) in enumerate(runbook.items()):
        panel = text.Panel().id(number or len(runbook)).title(title or "How to use this page")
        built.with_panel(panel.mode(TextMode.MARKDOWN).content(body).span(12).height(10))
    return _text(built)


def _text(built: board.Dashboard) -> str:
    return json.dumps(built.build(), cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _dashboard(uid: str, title: str, about: str) -> board.Dashboard:
    others = (
        board.DashboardLink("Anslagsvakt").type(DashboardLinkType.DASHBOARDS).tags([_TAG]).keep_time(keep_time=True)
    )
    return (
        board.Dashboard(title)
        .uid(uid)
        .description(about)
        .tags([_TAG])
        .readonly()
        .version(1)
        .time("now-1h", "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(others)
    )


def _panel(panel: Panel, number: int, section: int) -> stat.Panel | timeseries.Panel | table.Panel:
    url = f"/d/{RUNBOOK_UID}?viewPanel=panel-{section}"
    link = board.DashboardLink(f"Runbook: {panel.runbook}").type(DashboardLinkType.LINK).url(url)
    built = _shape(panel).id(number).title(panel.question).description(panel.note).datasource(_SOURCE).links([link])
    if panel.unit is Unit.COUNT and panel.shape is not Shape.LINES:
        built.decimals(0)  # `increase` reckons with the edges of its range, and half an order would puzzle people
    built.unit(panel.unit).thresholds(_thresholds(panel)).span(panel.width).height(panel.height)
    for letter, query in zip("ABC", panel.queries, strict=False):
        built.with_target(_target(query, letter, panel.shape))
    return built


def _shape(panel: Panel) -> stat.Panel | timeseries.Panel | table.Panel:
    match panel.shape:
        case Shape.FIGURE:
            return (
                stat.Panel()
                .color_mode(looks.BigValueColorMode.VALUE)
                .graph_mode(looks.BigValueGraphMode.NONE)
                .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            )
        case Shape.TABLE:
            return table.Panel().show_header(show_header=True)
        case Shape.LINES:
            style = looks.GraphThresholdsStyleMode.DASHED if panel.alarm else looks.GraphThresholdsStyleMode.OFF
            return (
                timeseries.Panel()
                .thresholds_style(common.GraphThresholdsStyleConfig().mode(style))
                .fill_opacity(10)
                .legend(
                    common.VizLegendOptions()
                    .show_legend(show_legend=True)
                    .display_mode(looks.LegendDisplayMode.LIST)
                    .placement(looks.LegendPlacement.BOTTOM)
                )
                .tooltip(
                    common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI).sort(looks.SortOrder.DESCENDING)
                )
                .min(0)
            )


def _target(query: Query, letter: str, shape: Shape) -> prometheus.Dataquery:
    target = prometheus.Dataquery().ref_id(letter).expr(query.promql).legend_format(query.legend).datasource(_SOURCE)
    if shape is Shape.LINES:
        return target.range()
    target.instant()
    return target.format(PromQueryFormat.TABLE) if shape is Shape.TABLE else target


def _thresholds(panel: Panel) -> board.ThresholdsConfig:
    marks = [(panel.worry, _ORANGE), (panel.alarm, _RED)]
    if panel.less_is_worse:
        # Grafana colours upwards: what is below the first mark is worst.
        worry, alarm = panel.worry or 0.0, panel.alarm or 0.0
        steps = [Threshold(None, _RED), Threshold(alarm, _ORANGE), Threshold(worry, _GREEN)]
    else:
        steps = [Threshold(None, _GREEN), *(Threshold(value, colour) for value, colour in marks if value is not None)]
    return board.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def _firing() -> board.AnnotationQuery:
    firing = board.AnnotationQuery().name("Alerts").type("dashboard").datasource(_SOURCE)
    return firing.enable(enable=True).icon_color(_RED).expr('ALERTS{alertstate="firing"}')


def _account() -> board.QueryVariable:
    return (
        board.QueryVariable("account")
        .label("Account")
        .datasource(_SOURCE)
        .query("label_values(anslagsvakt_events_total, account)")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .include_all(include_all=True)
        .all_value(".*")
        .multi(multi=True)
    )
