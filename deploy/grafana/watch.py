"""Is anything up that should not be?"""

from __future__ import annotations

from deploy.grafana.panel import Page, Panel, Query, Shape, Unit, figure, most_take

WATCH = Page(
    "anslagsvakt-watch",
    "Anslagsvakt: watch",
    "Is anything up that should not be? Every figure counts something that has happened.",
    (
        figure(
            "Does every process answer?",
            "ProcessDown",
            Unit.COUNT,
            'count(count by (job) (up{job=~"screen|archive|takedown"} == 1)) or vector(0)',
            note="Of three kinds: screen, archive and takedown.",
            worry=3,
            alarm=2.5,
            less_is_worse=True,
        ),
        figure(
            "How many items stand that should not?",
            "StillStands",
            Unit.COUNT,
            "sum(anslagsvakt_standing_orders)",
            note="Open orders whose item has not been read back out of sight.",
            worry=1,
            alarm=20,
        ),
        figure(
            "How long has the oldest stood?",
            "StillStands",
            Unit.SECONDS,
            "max(anslagsvakt_standing_oldest_seconds)",
            note="Since the order for it came.",
            worry=60,
            alarm=300,
        ),
        figure("How many orders are open?", "OrdersPileUp", Unit.COUNT, "sum(anslagsvakt_open_orders)", worry=100),
        figure(
            "How many were overdue today?",
            "OrderOverdue",
            Unit.COUNT,
            'sum(increase(anslagsvakt_orders_total{result="overdue"}[24h]))',
            note="Past the deadline of the policy, in the last 24 hours.",
            alarm=0.5,
        ),
        figure(
            "How many removals failed today?",
            "RemovalFailed",
            Unit.COUNT,
            'sum(increase(anslagsvakt_orders_total{result=~"failed|unsupported|not_permitted|auth_lost"}[24h]))',
            note="In the last 24 hours; people must take these down by hand.",
            worry=0.5,
        ),
        Panel(
            "Which share is hidden later than 60 seconds after it was seen?",
            "HidesTooSlowly",
            Unit.SHARE,
            (
                Query("anslagsvakt:hide_misses:ratio1h", "last hour"),
                Query("anslagsvakt:hide_misses:ratio6h", "last 6 hours"),
                Query("anslagsvakt:hide_misses:ratio3d", "last 3 days"),
            ),
            note="The objective is one in a hundred at most. Overdue and failed orders count as missed.",
            worry=0.01,
            alarm=0.144,
        ),
        Panel(
            "How long do items stand until each step, 95 of 100?",
            "StandsTooLong",
            Unit.SECONDS,
            (Query(most_take("anslagsvakt_exposure_seconds", "step"), "{{step}}"),),
            note="From the item's creation on the platform, so a slow connector shows here as well.",
            alarm=300,
        ),
        Panel(
            "How do orders end?",
            "RemovalFailed",
            Unit.COUNT,
            (Query("sum by (result) (increase(anslagsvakt_orders_total[$__rate_interval]))", "{{result}}"),),
        ),
        Panel(
            "What do the platforms answer?",
            "RightsLost",
            Unit.EACH_MINUTE,
            (
                Query(
                    "sum by (action, result) (rate(anslagsvakt_platform_calls_total[$__rate_interval])) * 60",
                    "{{action}}: {{result}}",
                ),
            ),
        ),
        Panel(
            "For how long has each account been silent?",
            "AccountSilent",
            Unit.SECONDS,
            (
                Query(
                    "sort_desc(time() - max by (account) ("
                    "max_over_time(anslagsvakt_last_event_timestamp_seconds[30d])))",
                    "{{account}}",
                ),
            ),
            Shape.TABLE,
            width=8,
            note="Since the last event of any kind. `anslagsvakt supervision report` has the whole log.",
        ),
        Panel(
            "How long ago was each account last checked?",
            "AccountUnchecked",
            Unit.SECONDS,
            (
                Query(
                    "sort_desc(time() - max by (account) ("
                    "max_over_time(anslagsvakt_last_check_timestamp_seconds[4d])))",
                    "{{account}}",
                ),
            ),
            Shape.TABLE,
            width=8,
            note="By the word of a connector that nothing new was there; accounts with none tell of no checks.",
            worry=5400,
            alarm=10800,
        ),
        Panel(
            "Which removals does the brake hold?",
            "BrakeHolds",
            Unit.COUNT,
            (Query('sum(increase(anslagsvakt_orders_total{result="held"}[1h]))', "held in the last hour"),),
            width=8,
            alarm=0.5,
        ),
        Panel(
            "Which alerts fire now?",
            "ProcessDown",
            Unit.COUNT,
            (
                Query(
                    'count by (alertname, severity) (ALERTS{alertstate="firing"})',
                    "{{severity}}: {{alertname}}",
                    rare=True,
                ),
            ),
            Shape.TABLE,
            width=24,
            height=6,
        ),
    ),
)
