"""What do the rules find, where, and what would they do if they were let?"""

from __future__ import annotations

from deploy.grafana.panel import ACCOUNT, Page, Panel, Query, Shape, Unit, figure

_WEEK = "[7d]"
_SECTION = "A rule speaks too often or too seldom"


def _share(state: str) -> str:
    one = f'anslagsvakt_events_total{{{ACCOUNT}, state="{state}"}}'
    return f"sum(increase({one}[24h])) / sum(increase(anslagsvakt_events_total{{{ACCOUNT}}}[24h]))"


RULES = Page(
    "anslagsvakt-rules",
    "Anslagsvakt: rules",
    "What do the rules find, where, and what would they do if they were let?",
    (
        figure("Which share passes?", _SECTION, Unit.SHARE, _share("passed"), note="Of the last 24 hours."),
        figure("Which share goes to people?", _SECTION, Unit.SHARE, _share("review"), note="Of the last 24 hours."),
        figure("Which share is taken down?", _SECTION, Unit.SHARE, _share("takedown"), note="Of the last 24 hours."),
        figure(
            "How many would be acted on?",
            _SECTION,
            Unit.COUNT,
            'sum(increase(anslagsvakt_rule_hits_total{mode="observe"}[7d])) or vector(0)',
            note="Hits in a week of rules that only observe: what a stricter mode would bring.",
        ),
        figure(
            "How many rules spoke this week?",
            _SECTION,
            Unit.COUNT,
            "count(sum by (rule) (increase(anslagsvakt_rule_hits_total[7d])) > 0) or vector(0)",
        ),
        figure(
            "How many orders were withdrawn this week?",
            _SECTION,
            Unit.COUNT,
            'sum(increase(anslagsvakt_orders_total{result="withdrawn"}[7d]))',
            note="Their authors deleted or cleaned the item before we were done, or people called them off.",
        ),
        Panel(
            "Which rules speak, in which mode?",
            _SECTION,
            Unit.EACH_MINUTE,
            (
                Query(
                    "sum by (rule, mode) (rate(anslagsvakt_rule_hits_total[$__rate_interval])) * 60",
                    "{{rule}} ({{mode}})",
                ),
            ),
        ),
        Panel(
            "What is found?",
            _SECTION,
            Unit.EACH_MINUTE,
            (Query("sum by (type) (rate(anslagsvakt_findings_total[$__rate_interval])) * 60", "{{type}}"),),
        ),
        Panel(
            "Which rules spoke this week, and in which departments?",
            _SECTION,
            Unit.COUNT,
            (
                Query(
                    f"sort_desc(sum by (rule, mode, department) (increase(anslagsvakt_rule_hits_total{_WEEK})))",
                    "{{rule}} ({{mode}}), {{department}}",
                ),
            ),
            Shape.TABLE,
            height=10,
        ),
        Panel(
            "Which share of what a rule takes down do people take back?",
            _SECTION,
            Unit.SHARE,
            (
                Query(
                    f"sum by (rule) (increase(anslagsvakt_taken_back_total{_WEEK}))"
                    f' / sum by (rule) (increase(anslagsvakt_rule_hits_total{{mode=~"hide|delete"}}{_WEEK}))',
                    "{{rule}}",
                    rare=True,
                ),
            ),
            note="Wrong removals of the last week: `anslagsvakt takedown restore`, which works while they are hidden.",
            height=10,
            worry=0.01,
        ),
        Panel(
            "How many orders were called off, by rule?",
            _SECTION,
            Unit.COUNT,
            (Query(f"sum by (rule) (increase(anslagsvakt_taken_back_total{_WEEK}))", "{{rule}}", rare=True),),
        ),
        Panel(
            "Which removed values were posted again?",
            _SECTION,
            Unit.COUNT,
            (
                Query(f"sum by (type) (increase(anslagsvakt_reposts_total{_WEEK}))", "{{type}}", rare=True),
                Query("max(anslagsvakt_known_values)", "values known"),
            ),
            note="Found in a week, and known by the keyed token of what was removed before.",
        ),
        Panel(
            "What came of telling the authors?",
            _SECTION,
            Unit.COUNT,
            (Query(f"sum by (state) (increase(anslagsvakt_notices_total{_WEEK}))", "{{state}}", rare=True),),
            note="In a week. What could not be sent, or may not have arrived, is on a review item for people to send.",
        ),
        Panel(
            "Which accounts have the most takedowns and reviews this week?",
            _SECTION,
            Unit.COUNT,
            (
                Query(
                    f"sort_desc(sum by (account, state) (increase("
                    f'anslagsvakt_events_total{{{ACCOUNT}, state=~"takedown|review"}}{_WEEK})))',
                    "{{account}}: {{state}}",
                ),
            ),
            Shape.TABLE,
            height=10,
        ),
    ),
    by_account=True,
)
