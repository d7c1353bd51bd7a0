"""Faust's transport, changed so that one poll of the broker is one message.

Faust spends some 100 microseconds on every message it hands to an agent. Handing over all that one fetch brought, for
every partition, as a single message makes that cost vanish and lets the agent share its broker round trips over the
whole poll, while the order within each partition stays what the broker gave. Commits are then ours to work out: see
`progress.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message

from agents.screen.progress import Progress, Ticket
from agents.stream import Record


class Poll:
    """The raw events of one fetch, in order within each partition."""

    __slots__ = ("records", "tickets")

    def __init__(self, records: Mapping[TP, list[Record]]) -> None:
        self.records = records
        self.tickets: tuple[Ticket[TP], ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.records.values()))

    def __repr__(self) -> str:
        return f"<Poll of {len(self)}>"


class PollConsumer(driver.Consumer):
    """A Faust consumer that hands over whole polls and never commits past one that is unfinished."""

    logger = driver.logger

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.progress: Progress[TP] = Progress()
        self._finished: dict[TP, int] = {}
        super().__init__(*args, **kwargs)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's name
        records = await super()._getmany(active_partitions, timeout)
        polled = {TP(tp.topic, tp.partition): found for tp, found in (records or {}).items() if found}
        return {next(iter(polled)): [Poll(polled)]} if polled else {}

    def _to_message(self, tp: TP, record: Poll) -> ConsumerMessage:
        poll = record
        poll.tickets = tuple(self.progress.hand_out(part, found[-1].offset) for part, found in poll.records.items())
        last = poll.records[tp][-1]
        return ConsumerMessage(
            topic=tp.topic,
            partition=tp.partition,
            offset=last.offset,
            timestamp=last.timestamp / 1000,
            timestamp_type=1,  # the broker's time, as the catalogue asks for
            headers=None,
            key=None,
            value=poll,  # type: ignore[arg-type] # the point of this class: a whole poll rides in the place of one value
            checksum=None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    def ack(self, message: Message) -> bool:
        """The whole poll is done."""
        poll: object = message.value
        if message.acked or not isinstance(poll, Poll):
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        for ticket in poll.tickets:
            ticket.done = True
            self._finished[ticket.partition] = ticket.last + 1
        return True

    def lag(self) -> dict[tuple[str, int], int]:
        """How many raw events wait on each partition that is ours, as far as the last fetch told."""
        known = {tp: self.highwater(tp) or 0 for tp in self.assignment()}  # none before the first fetch
        return {
            (tp.topic, tp.partition): max(0, high - self._finished.get(tp, self._committed_offset[tp] or 0))
            for tp, high in known.items()
        }

    def _filter_committable_offsets(self, tps: Iterable[TP]) -> dict[TP, int]:
        del tps  # Faust asks for the partitions with its own acks in memory; ours are in `progress`
        return self.progress.committable()

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Offsets between two polls of a partition are no gap: they came as part of the later one."""

    async def perform_seek(self) -> None:
        """Go back to what is committed; all that was handed out comes again."""
        self.progress.forget()
        await super().perform_seek()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Another worker has these partitions now."""
        self.progress.forget(revoked)
        await super().on_partitions_revoked(revoked)


class PollTransport(driver.Transport):
    """Faust's aiokafka transport with our consumer."""

    Consumer = PollConsumer
