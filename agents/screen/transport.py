"""Faust's transport, changed so that one poll of the broker is one message.

Faust spends some 100 microseconds on every message it hands to an agent. Handing over all that one fetch brought, for
every partition, as a single message makes that cost vanish and lets the agent share its broker round trips over the
whole poll, while the order within each partition stays what the broker gave. Commits are then ours to work out: see
`progress.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message

from agents.screen.progress import Progress, Ticket
from agents.screen.standstill import Sight
from agents.stream import Record


class Poll:
    """The raw events of one fetch or more, in order within each partition; grows until the agent begins it."""

    __slots__ = ("_begun", "_records", "generation", "tickets")

    def __init__(self, records: Mapping[TP, list[Record]], generation: int) -> None:
        self._records = {tp: list(found) for tp, found in records.items()}
        self._begun = False
        self.generation = generation
        self.tickets: list[Ticket[TP]] = []

    @property
    def records(self) -> Mapping[TP, list[Record]]:
        """The raw events, by partition, so far."""
        return self._records

    def begin(self) -> Mapping[TP, list[Record]]:
        """The raw events, by partition; from here on nothing is added."""
        self._begun = True
        return self._records

    def takes(self, records: Mapping[TP, list[Record]], generation: int, limit: int) -> bool:
        """Whether these later records may still join: not begun, of the same assignment, and room for them."""
        more = sum(map(len, records.values()))
        return not self._begun and self.generation == generation and len(self) + more <= limit

    def add(self, records: Mapping[TP, list[Record]]) -> None:
        """Append what came later."""
        for tp, found in records.items():
            self._records.setdefault(tp, []).extend(found)

    def __len__(self) -> int:
        return sum(map(len, self._records.values()))

    def __repr__(self) -> str:
        return f"<Poll of {len(self)}>"


class _Thread(driver.AIOKafkaConsumerThread):
    """Faust's thread for the consumer, which lets go of its connections also when their broker is away."""

    logger = driver.logger

    async def on_thread_stop(self) -> None:
        try:
            await super().on_thread_stop()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._consumer is None or (task and task.cancelling()):
                raise
            # Nobody has cancelled us: aiokafka waits for fetches that it has cancelled itself, and is left half closed.
            await self._consumer._client.close()  # noqa: SLF001 - nothing public closes the rest


class PollConsumer(driver.Consumer):
    """A Faust consumer that hands over whole polls and never commits past one that is unfinished."""

    logger = driver.logger

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.progress: Progress[TP] = Progress()
        self._newest: Poll | None = None
        self._finished: dict[TP, int] = {}
        self.polls_ended = 0
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's name
        generation = self.app.consumer_generation_id
        records = await super()._getmany(active_partitions, timeout)
        polled = {TP(tp.topic, tp.partition): found for tp, found in (records or {}).items() if found}
        if not polled:
            return {}
        if self._joins_newest(polled, generation):
            return {}
        self._newest = Poll(polled, generation)
        return {next(iter(polled)): [self._newest]}

    def _joins_newest(self, records: Mapping[TP, list[Record]], generation: int) -> bool:
        """Let records join the poll that still waits for the agent, so that a busy agent finds one poll, not many."""
        poll = self._newest
        current = self.flow_active and self.app.consumer_generation_id == generation
        if not (poll and poll.tickets and current and poll.takes(records, generation, self._longest_poll)):
            return False
        poll.add(records)
        self._hand_out(poll, records)
        return True

    def _hand_out(self, poll: Poll, records: Mapping[TP, list[Record]]) -> None:
        poll.tickets += [self.progress.hand_out(tp, found[-1].offset) for tp, found in records.items()]

    @property
    def _longest_poll(self) -> int:
        return int(self.app.conf.broker_max_poll_records or 1)

    def on_buffer_full(self, tp: TP) -> None:
        """A poll belongs to every partition, so none of them is held back while one waits.

        Faust would stop reading the partition that the message names, and what has been fetched of it would stop
        aiokafka from fetching any other for a tenth of a second. Memory stays bounded: Faust's own queue holds one
        poll, and handing over another one waits.
        """

    def on_buffer_drop(self, tp: TP) -> None:
        """Nothing was held back."""

    def _to_message(self, tp: TP, record: Poll) -> ConsumerMessage:
        poll = record
        self._hand_out(poll, poll.records)
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
        self.polls_ended += 1
        return True

    @property
    def idle(self) -> bool:
        """Whether no poll waits for the agent, and none is being worked on."""
        return self._newest is None or all(ticket.done for ticket in self._newest.tickets)

    def sights(self) -> dict[TP, Sight]:
        """What is known of each partition that is ours."""
        subscription = self._thread._ensure_consumer()._subscription.subscription  # noqa: SLF001 - nothing public tells
        assignment = subscription.assignment if subscription else None
        if assignment is None:
            return {}
        states = {TP(tp.topic, tp.partition): assignment.state_value(tp) for tp in assignment.tps}
        return {
            tp: Sight(state.position if state.has_valid_position else None, state.highwater, state.timestamp)
            for tp, state in states.items()
        }

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
        self._newest = None
        self.progress.forget()
        await super().perform_seek()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Another worker has these partitions now."""
        self._newest = None
        self.progress.forget(revoked)
        await super().on_partitions_revoked(revoked)


class PollTransport(driver.Transport):
    """Faust's aiokafka transport with our consumer."""

    Consumer = PollConsumer
