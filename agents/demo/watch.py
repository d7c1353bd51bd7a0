"""Follows a demo: reads what the processes publish and what their metrics say."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from kafka import KafkaConsumer, TopicPartition

from agents.demo.ledger import Ledger
from agents.demo.scrape import Scraped, Scraper
from pipeline.route import State
from topics.catalog import TOPICS

_POLL_MS = 100
_SCRAPE_EVERY_S = 0.5


class Watch:
    """Belongs to no consumer group, so that it takes nothing from anyone."""

    def __init__(self, bootstrap: str, metrics: Mapping[str, str]) -> None:
        self.ledger = Ledger()
        self.scraped = Scraped()
        self._scraper = Scraper(metrics)
        self._next_scrape = 0.0
        self._consumer = KafkaConsumer(
            bootstrap_servers=[bootstrap], group_id=None, auto_offset_reset="earliest", enable_auto_commit=False
        )
        self._consumer.assign(
            [
                TopicPartition(topic.name, partition)
                for topic in TOPICS
                if topic.name in self.ledger.topics
                for partition in range(topic.partitions)
            ]
        )

    def look(self) -> None:
        """Take in what is new; waits a moment for it."""
        for records in self._consumer.poll(timeout_ms=_POLL_MS, max_records=5000).values():
            for record in records:
                self.ledger.take(record.topic, record.value)
        if time.monotonic() >= self._next_scrape:
            self._next_scrape = time.monotonic() + _SCRAPE_EVERY_S
            self.scraped = self._scraper.scrape()

    def settled(self, sent: int) -> bool:
        """Whether so many events have all been counted, archived and, where ordered, dealt with."""
        told = self.ledger.told()
        counts_agree = all(self.scraped.states[state] == told[state] for state in State if state is not State.PASSED)
        return (
            counts_agree
            and sum(self.scraped.states[state] for state in State) >= sent
            and len(self.ledger.receipts) >= sent
            and self.ledger.orders.keys() == self.ledger.ended().keys()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._scraper.close()
        self._consumer.close(autocommit=False)
