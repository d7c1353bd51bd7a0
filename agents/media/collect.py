"""Collects attachments of records: fetches what is due beside the loop, stores it in the loop, tells what came of it.

An attachment is settled when it is stored, or when its absence is: then the word that it could not be had stands beside
the record. Until all of an item are, its receipts say how many are pending, and the takedown process deletes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from agents.media.fetch import Failed, Fetched
from agents.media.queue import LONGEST_PAUSE, Expected, Job, MediaQueue, Waiting
from agents.media.workers import Done, Workers
from agents.metrics import Fetching
from agents.retention.attachment import Attachment
from agents.retention.store import Disposed, Faulty, KeptRecord
from pipeline.errors import Stop
from pipeline.message import MediaNote, MediaState
from pipeline.record import object_key
from topics import wire

_LEASE = timedelta(minutes=3)
_LEAST_ATTEMPTS = 3
_HOUSEKEEPING = timedelta(seconds=10)
_TOLD_AT_ONCE = 500
_DISPOSED = "record-disposed"


@dataclass(frozen=True, slots=True)
class Terms:
    """For how long an attachment is asked for before it is given up, and how many of one event are fetched."""

    patience: timedelta = timedelta(hours=1)
    most: int = 20
    first_delay: timedelta = timedelta(seconds=5)
    lease: timedelta = _LEASE


class Keeping(Protocol):
    """What collecting asks of a store; `agents.retention.records.RecordStore` fits."""

    def read(self, object_key: str) -> KeptRecord:
        """A record, by its key."""
        ...

    def attach(self, attachments: Sequence[Attachment]) -> tuple[str, ...]:
        """Store attachments beside their records; the keys that are safe."""
        ...


class MediaMeter(Protocol):
    """What is measured; `agents.metrics.Metrics` fits."""

    def media(self, result: Fetching, count: int = 1) -> None:
        """So many attachments were stored, given up or put off."""
        ...

    def media_pending(self, count: int, oldest_seconds: float) -> None:
        """So many are still to be fetched, the oldest since so long."""
        ...


class Collector:
    """One process's part in it; all methods are called from the loop's own thread, and none waits for a server."""

    def __init__(
        self,
        queue: MediaQueue,
        store: Keeping,
        fetch: Callable[[str], Fetched | Failed],
        meter: MediaMeter,
        terms: Terms | None = None,
    ) -> None:
        self._queue = queue
        self._store = store
        self._meter = meter
        self._terms = terms or Terms()
        self._workers = Workers(fetch)
        self._unstored: list[Done] = []
        self._told: tuple[str, ...] = ()
        self._housekeeping_due = datetime.min.replace(tzinfo=UTC)

    def expect(self, records: Sequence[Expected], now: datetime) -> Mapping[str, tuple[tuple[MediaNote, ...], int]]:
        """Take up what records attach; see `MediaQueue.expect`."""
        return self._queue.expect(records, now)

    @property
    def open(self) -> int:
        """How many attachments are still to be fetched, and receipts to be told."""
        return self._queue.open().count + self._queue.waiting()

    def tick(self, now: datetime) -> list[tuple[Waiting, tuple[MediaNote, ...]]]:
        """Store what came, begin what is due, and return the receipts that are final now, with their notes.

        That it is called again means that the receipts it returned last are confirmed.
        """
        if self._told:
            self._queue.told(self._told)
            self._told = ()
        self._unstored += self._workers.take()
        if self._unstored:
            self._settle(self._unstored, now)
            self._unstored = []
        self._begin(now)
        if not now < self._housekeeping_due <= now + _HOUSEKEEPING:  # the clock may have been set back
            self._housekeeping_due = now + _HOUSEKEEPING
            self._queue.prune(now)
            still = self._queue.open()
            self._meter.media_pending(still.count, (now - still.oldest).total_seconds() if still.oldest else 0.0)
        ready = [(each, self._queue.notes(each.sha)) for each in self._queue.ready(_TOLD_AT_ONCE)]
        self._told = tuple(each.sha for each, _ in ready)
        return ready

    def close(self) -> None:
        """Begin nothing new; what is not stored is fetched again after the next start."""
        self._workers.close()

    def _begin(self, now: datetime) -> None:
        free = self._workers.free
        if free <= 0:
            return
        for job in self._queue.claim(free, now, now + self._terms.lease):
            try:
                url = self._address(job)
            except Disposed:
                self._give_up_unwritten(job, now)
                continue
            except Faulty as fault:
                raise Stop(f"the store is damaged at {fault}; run `anslagsvakt records verify`") from None
            if url is None:
                self._unstored.append(Done(job, Failed("too-many", hopeless=True)))
            else:
                self._workers.give(job, url)

    def _address(self, job: Job) -> str | None:
        """Where the attachment is, read from its record as it is needed: the queue holds no address."""
        attached = wire.decode_event(self._store.read(object_key(job.sha)).raw.value).attachments()
        return dict(attached[: self._terms.most]).get(job.field)

    def _settle(self, done: Sequence[Done], now: datetime) -> None:
        late = [each for each in done if isinstance(each.outcome, Failed) and not self._is_final(each, now)]
        final = {
            _attachment(each, now).object_key: (each.job, _attachment(each, now)) for each in done if each not in late
        }
        safe = set(self._store.attach([attached for _, attached in final.values()]))
        notes = [(job.sha, _note(attached, stored=key in safe)) for key, (job, attached) in final.items()]
        self._queue.settle(notes, now)
        for result in (Fetching.STORED, Fetching.GIVEN_UP):
            if count := sum(note.state.value == result.value for _, note in notes):
                self._meter.media(result, count)
        for each in late:
            if isinstance(each.outcome, Failed):
                self._queue.put_off(each.job, each.outcome.reason, now + self._delay(each.job))
                self._meter.media(Fetching.PUT_OFF)

    def _is_final(self, done: Done, now: datetime) -> bool:
        failed, job = done.outcome, done.job
        if not isinstance(failed, Failed) or failed.hopeless:
            return True
        # Three times in any case: after a long wait in the queue the first time may be past all patience.
        return job.attempts + 1 >= _LEAST_ATTEMPTS and (failed.refused or now - job.since >= self._terms.patience)

    def _delay(self, job: Job) -> timedelta:
        return min(LONGEST_PAUSE, self._terms.first_delay * 3.0 ** min(job.attempts, 10))

    def _give_up_unwritten(self, job: Job, now: datetime) -> None:
        note = MediaNote(field=job.field, state=MediaState.GIVEN_UP, reason=_DISPOSED)
        self._queue.settle([(job.sha, note)], now)


@contextmanager
def collecting(
    path: Path,
    store: Keeping,
    fetch: Callable[[str], Fetched | Failed],
    meter: MediaMeter,
    terms: Terms | None = None,
) -> Iterator[Collector]:
    """A collector with the queue in this file, while the block lasts; raises RetryLater or Stop."""
    with MediaQueue(path) as queue, closing(Collector(queue, store, fetch, meter, terms)) as collector:
        yield collector


def _attachment(done: Done, now: datetime) -> Attachment:
    job, outcome = done.job, done.outcome
    if isinstance(outcome, Failed):
        return Attachment(job.sha, job.field, now, missing=outcome.reason)
    return Attachment.fetched(job.sha, job.field, now, outcome.content, outcome.mime)


def _note(attached: Attachment, *, stored: bool) -> MediaNote:
    if not stored:
        return MediaNote(field=attached.field, state=MediaState.GIVEN_UP, reason=_DISPOSED)
    if attached.missing is not None:
        return MediaNote(
            field=attached.field,
            state=MediaState.GIVEN_UP,
            object_key=attached.object_key,
            reason=attached.missing,
        )
    return MediaNote(
        field=attached.field,
        state=MediaState.STORED,
        object_key=attached.object_key,
        sha256=attached.sha256,
        size=len(attached.content),
    )
