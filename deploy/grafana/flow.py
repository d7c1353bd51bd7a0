"""Do events flow, how fast, and where do they wait?"""

from __future__ import annotations

from deploy.grafana.panel import ACCOUNT, Page, Panel, Query, Shape, Unit, figure, most_take

_RATE = "[$__rate_interval]"

FLOW = Page(
    "anslagsvakt-flow",
    "Anslagsvakt: flow",
    "Do events flow, how fast, and where do they wait?",
    (
        figure(
            "How many events come in a second?",
            "NothingComesIn",
            Unit.EACH_SECOND,
            f"sum(rate(anslagsvakt_events_total{{{ACCOUNT}}}{_RATE}))",
        ),
        figure(
            "How many messages wait?",
            "Behind",
            Unit.COUNT,
            "sum(anslagsvakt_consumer_lag)",
            worry=1000,
            alarm=10000,
        ),
        figure(
            "How long until all is caught up?",
            "Behind",
            Unit.SECONDS,
            "max(sum by (job) (anslagsvakt_consumer_lag) / sum by (job) (rate(anslagsvakt_batch_size_sum[5m])))",
            note="What waits, at the pace of the last five minutes.",
            worry=60,
            alarm=600,
        ),
        figure(
            "How many were set aside today?",
            "DeadLetter",
            Unit.COUNT,
            "sum(increase(anslagsvakt_dead_letters_total[24h])) or vector(0)",
            note="Dead letters of the last 24 hours.",
            worry=0.5,
            alarm=20,
        ),
        figure(
            "How many were not analysed today?",
            "NotAnalysed",
            Unit.COUNT,
            "sum(increase(anslagsvakt_not_analysed_total[24h])) or vector(0)",
            note="In the last 24 hours; they went to people.",
            worry=0.5,
        ),
        figure(
            "How often did partitions move?",
            "Stuck",
            Unit.COUNT,
            "sum(faust_total_rebalances)",
            note="Rebalances of screen since it started.",
        ),
        Panel(
            "What becomes of events?",
            "NothingComesIn",
            Unit.EACH_SECOND,
            (Query(f"sum by (state) (rate(anslagsvakt_events_total{{{ACCOUNT}}}{_RATE}))", "{{state}}"),),
        ),
        Panel(
            "Which topics have messages waiting?",
            "Behind",
            Unit.COUNT,
            (Query("sum by (topic) (anslagsvakt_consumer_lag)", "{{topic}}"),),
            alarm=10000,
        ),
        Panel(
            "Does every process move?",
            "Stuck",
            Unit.EACH_SECOND,
            (Query(f"sum by (job) (rate(anslagsvakt_batch_size_sum{_RATE}))", "{{job}}"),),
            note="Messages handled a second, by kind of process.",
        ),
        Panel(
            "How long does each stage take for a batch, 95 of 100?",
            "Behind",
            Unit.SECONDS,
            (Query(most_take("anslagsvakt_processing_seconds", "stage"), "{{stage}}"),),
        ),
        Panel(
            "What is set aside, where and why?",
            "ManyDeadLetters",
            Unit.COUNT,
            (
                Query(
                    f"sum by (stage, error) (increase(anslagsvakt_dead_letters_total{_RATE}))", "{{stage}}: {{error}}"
                ),
            ),
        ),
        Panel(
            "What is tried again?",
            "Retrying",
            Unit.COUNT,
            (Query(f"sum by (stage) (increase(anslagsvakt_retries_total{_RATE}))", "{{stage}}", rare=True),),
        ),
        Panel(
            "How many messages share a turn?",
            "Behind",
            Unit.COUNT,
            (
                Query(most_take("anslagsvakt_batch_size", "job", 0.5), "{{job}}, half"),
                Query(most_take("anslagsvakt_batch_size", "job", 0.99), "{{job}}, 99 of 100"),
            ),
        ),
        Panel(
            "What could not be analysed, and why?",
            "NotAnalysed",
            Unit.COUNT,
            (Query(f"sum by (reason) (increase(anslagsvakt_not_analysed_total{_RATE}))", "{{reason}}", rare=True),),
        ),
        Panel(
            "Which version and policy run where?",
            "PoliciesDiffer",
            Unit.COUNT,
            (Query("max by (job, version, policy) (anslagsvakt_build_info)", "{{job}}: {{version}}, {{policy}}"),),
            Shape.TABLE,
            width=24,
            height=6,
        ),
    ),
    by_account=True,
)
