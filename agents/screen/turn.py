"""One turn of the screen agent: archive first, then judge, then publish; only then may the poll be acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Protocol

from agents.metrics import Metrics, Stage, Step
from agents.screen.judge import Judgement
from agents.stream import Record
from pipeline.decide import Verdict
from pipeline.detect.finding import Analysis
from pipeline.errors import Stop
from pipeline.record import Coordinates
from pipeline.repost import RULE as REPOST
from pipeline.route import State
from topics import catalog
from topics.outgoing import Outgoing
from topics.stamp import stamp


class Producer(Protocol):
    """Where messages go."""

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Return when every message is confirmed; raise `Stop` if that cannot be."""


def to_archive(record: Record) -> Outgoing:
    """The raw event for the archive topic: value, key and headers untouched, and where it stood in headers of ours."""
    ours = stamp(Coordinates(record.topic, record.partition, record.offset), record.timestamp)
    return Outgoing(catalog.ARCHIVE, record.key, record.value, (*record.headers, *ours), partition=record.partition)


class Turn:
    """Takes polls, one at a time, through all steps.

    Args:
        judge: what becomes of one event; runs in `executor`, off the event loop.
        producer: confirms what is published.
        dead_letter_limit: so many dead letters in a row stop the process (invariant 7).
    """

    def __init__(
        self,
        judge: Callable[[Record, datetime], Judgement],
        producer: Producer,
        metrics: Metrics,
        executor: Executor,
        dead_letter_limit: int,
    ) -> None:
        self._judge = judge
        self._producer = producer
        self._metrics = metrics
        self._executor = executor
        self._dead_letter_limit = dead_letter_limit
        self._dead_in_a_row = 0

    async def take(self, records: Mapping[object, Sequence[Record]]) -> None:
        """Handle the records of one poll, in order within each partition, and return when all is confirmed.

        Raises:
            Stop: something could not be confirmed, or the brake on dead letters tripped; do not acknowledge.
        """
        polled = [record for part in records.values() for record in part]
        seen = datetime.now(UTC)
        self._metrics.batch(len(polled))
        started = time.perf_counter()
        await self._producer.publish([to_archive(record) for record in polled])
        archived = time.perf_counter()
        self._metrics.took(Stage.ARCHIVE, archived - started)
        loop = asyncio.get_running_loop()
        judgements = await loop.run_in_executor(self._executor, self._judge_all, polled, seen)
        judged = time.perf_counter()
        self._metrics.took(Stage.JUDGE, judged - archived)
        await self._producer.publish([message for judgement in judgements for message in judgement.outgoing])
        self._metrics.took(Stage.PUBLISH, time.perf_counter() - judged)
        self._count(judgements, seen, datetime.now(UTC))
        self._brake(judgements)

    def _judge_all(self, polled: Iterable[Record], now: datetime) -> list[Judgement]:
        return [self._judge(record, now) for record in polled]

    def _count(self, judgements: Sequence[Judgement], seen: datetime, published: datetime) -> None:
        metrics = self._metrics
        for (account, state, check), count in Counter((j.account, j.state, j.check) for j in judgements).items():
            metrics.ended(account, state, count)
            (metrics.checked if check else metrics.taken_in)(account, seen)
        if created := [j.created_at for j in judgements if j.created_at]:
            metrics.all_exposed(Step.SEEN, created, seen)
        for judgement in judgements:
            if judgement.created_at and judgement.state is State.TAKEDOWN:
                metrics.exposed(Step.ORDERED, judgement.created_at, published)
            if judgement.error:
                metrics.dead_letter(Stage.DECODE, judgement.error)
            if judgement.verdict:
                self._count_why(judgement.analysis, judgement.verdict, judgement.department)

    def _count_why(self, analysis: Analysis, verdict: Verdict, department: str) -> None:
        for finding in analysis.findings:
            self._metrics.found(finding.type)
            if finding.rule == REPOST:
                self._metrics.reposted(finding.type)
        for concern in analysis.concerns:
            self._metrics.found(concern.concern)
        for gap in analysis.gaps:
            self._metrics.not_analysed(gap)
        for hit in verdict.hits:
            self._metrics.rule_hit(hit.rule, hit.mode, department)

    def _brake(self, judgements: Sequence[Judgement]) -> None:
        for judgement in judgements:
            self._dead_in_a_row = self._dead_in_a_row + 1 if judgement.state is State.DEAD_LETTER else 0
            if self._dead_in_a_row >= self._dead_letter_limit:
                raise Stop(
                    f"{self._dead_in_a_row} dead letters in a row: look at {catalog.DEAD_LETTER} and at what writes "
                    f"{catalog.RAW}, then start again (limit: ANSLAGSVAKT_DEAD_LETTER_LIMIT)"
                )
