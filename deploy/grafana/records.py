"""Is everything preserved, and is there room for more?"""

from __future__ import annotations

from deploy.grafana.panel import Page, Panel, Query, Unit, figure, most_take

RECORDS = Page(
    "anslagsvakt-records",
    "Anslagsvakt: records",
    "Is everything preserved, and is there room for more?",
    (
        figure(
            "How many wait to be archived?",
            "ArchivesTooLittle",
            Unit.COUNT,
            'sum(anslagsvakt_consumer_lag{topic="social.archive.v1"})',
            worry=1000,
            alarm=10000,
        ),
        figure(
            "How many were archived today?",
            "NotArchived",
            Unit.COUNT,
            'sum(increase(anslagsvakt_records_total{result="new"}[24h]))',
            note="New records of the last 24 hours.",
        ),
        figure(
            "How many came twice today?",
            "NotArchived",
            Unit.COUNT,
            'sum(increase(anslagsvakt_records_total{result="repeated"}[24h]))',
            note="The store had these bytes already and kept them once. After a crash that is well.",
        ),
        figure(
            "How many bytes came today?",
            "DiskFills",
            Unit.BYTES,
            "sum(increase(anslagsvakt_record_bytes_total[24h]))",
            note="Of new records, in the last 24 hours.",
        ),
        figure(
            "How much disk is free?",
            "DiskFills",
            Unit.SHARE,
            "min(anslagsvakt_disk_free_ratio)",
            note="The least free disk that a process keeps data on.",
            worry=0.2,
            alarm=0.1,
            less_is_worse=True,
        ),
        figure(
            "How long since all of it was verified?",
            "VerificationOverdue",
            Unit.SECONDS,
            "time() - max(anslagsvakt_last_verified_timestamp_seconds > 0)",
            note="By `anslagsvakt records verify` without a fault; no data: never.",
            worry=7 * 86400,
            alarm=8 * 86400,
            rare=True,
        ),
        Panel(
            "Which share of events has no record yet?",
            "ArchivesTooLittle",
            Unit.SHARE,
            (
                Query("anslagsvakt:archive_misses:ratio1h", "last hour"),
                Query("anslagsvakt:archive_misses:ratio6h", "last 6 hours"),
                Query("anslagsvakt:archive_misses:ratio3d", "last 3 days"),
            ),
            note="The objective is none. What is archived later than it is screened shows here for a while.",
            worry=0.001,
            alarm=0.0144,
        ),
        Panel(
            "How soon after its creation is an item archived?",
            "NotArchived",
            Unit.SECONDS,
            (
                Query(
                    'histogram_quantile(0.5, sum by (le) (rate(anslagsvakt_exposure_seconds_bucket{step="archived"}'
                    "[$__rate_interval])))",
                    "half",
                ),
                Query(
                    'histogram_quantile(0.95, sum by (le) (rate(anslagsvakt_exposure_seconds_bucket{step="archived"}'
                    "[$__rate_interval])))",
                    "95 of 100",
                ),
            ),
        ),
        Panel(
            "How many records are stored a second?",
            "NotArchived",
            Unit.EACH_SECOND,
            (Query("sum by (result) (rate(anslagsvakt_records_total[$__rate_interval]))", "{{result}}"),),
        ),
        Panel(
            "How many bytes are stored a second?",
            "DiskFills",
            Unit.BYTES_A_SECOND,
            (Query("sum(rate(anslagsvakt_record_bytes_total[$__rate_interval]))", "new records"),),
        ),
        Panel(
            "How long do deletions wait for their receipt, 95 of 100?",
            "ReceiptsSlow",
            Unit.SECONDS,
            (Query(most_take("anslagsvakt_receipt_wait_seconds"), "95 of 100"),),
            alarm=60,
        ),
        Panel(
            "How many attachments are fetched an hour, and how many are given up?",
            "AttachmentsLost",
            Unit.COUNT,
            (Query("sum by (result) (increase(anslagsvakt_media_total[1h]))", "{{result}}"),),
        ),
        Panel(
            "How many attachments are still to be fetched?",
            "AttachmentsLost",
            Unit.COUNT,
            (Query("sum(anslagsvakt_media_pending)", "pending"),),
        ),
        Panel(
            "For how long has the oldest of them been asked for?",
            "AttachmentsLost",
            Unit.SECONDS,
            (Query("max(anslagsvakt_media_oldest_seconds)", "oldest"),),
        ),
        Panel(
            "How much of each disk is free?",
            "DiskFills",
            Unit.SHARE,
            (Query("min by (job, instance) (anslagsvakt_disk_free_ratio)", "{{job}} {{instance}}"),),
            worry=0.2,
            alarm=0.1,
            less_is_worse=True,
        ),
    ),
)
