"""The command `records media`: which attachments are not in the store, and why; and asking for them once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec
import typer

from agents import settings
from agents.clock import now
from agents.media.queue import Expected, MediaQueue
from agents.retention import attachment, form
from agents.retention.opened import Folder, Opened, progress, reading, refusing
from agents.retention.records import RecordStore
from agents.retention.store import Disposed, KeptRecord
from pipeline.errors import DeadLetter
from pipeline.event import Event
from pipeline.message import Receipt
from pipeline.record import RawReference, object_key
from topics import wire


class Lacking(msgspec.Struct, frozen=True, omit_defaults=True):
    """One attachment that is not in the store; `given_up` says that nobody asks for it any more."""

    record: str
    field: str
    since: datetime
    reason: str | None
    given_up: bool
    attempts: int = 0


def media(
    *,
    store: Folder = None,
    again: Annotated[
        bool, typer.Option("--again", help="ask once more for all that is not there; reads the whole store")
    ] = False,
) -> None:
    """List the attachments that are not in the store, a JSON object a line, with the reason; exits 1 if any is not."""
    with refusing(), reading(store) as opened, MediaQueue(settings.load().media) as queue:
        if again:
            count = sum(_expect(queue, opened.store))
            typer.echo(f"{count} attachments are asked for once more, when the archive process runs")
            return
        lacking = list(_lacking(opened, queue))
        for each in lacking:
            typer.echo(msgspec.json.encode(each).decode())
    if lacking:
        raise typer.Exit(1)


def _lacking(opened: Opened, queue: MediaQueue) -> Iterator[Lacking]:
    pending = set()
    if opened.is_ours:
        for job, reason in queue.pending():
            pending.add((job.sha, job.field))
            yield Lacking(object_key(job.sha), job.field, job.since, reason, given_up=False, attempts=job.attempts)
    records = dict.fromkeys(
        attachment.record_of(name) for name in opened.store.attachment_keys() if attachment.is_missing(name)
    )
    for record in records:
        for each in _attached(opened.store, record):
            if each.missing and (each.record, each.field) not in pending:
                yield Lacking(record, each.field, each.at, each.missing, given_up=True)


def _attached(store: RecordStore, record: str) -> tuple[attachment.Attachment, ...]:
    """What is attached to a record; nothing to one that was disposed of."""
    try:
        return store.attachments(record)
    except Disposed:
        return ()


def _expect(queue: MediaQueue, store: RecordStore) -> Iterator[int]:
    """Take up everything that a record names and the store has not, from the store alone: the queue may be lost."""
    queue.again(now())
    for count, name in enumerate(store.object_keys(), 1):
        progress(count)
        if form.is_addendum(name):
            continue
        try:
            kept = store.read(name)
            event = wire.decode_event(kept.raw.value)
        except (DeadLetter, Disposed):
            continue
        had = {each.field for each in _attached(store, name) if each.missing is None} if event.attachments() else set()
        fields = tuple(pointer for pointer, _ in event.attachments() if pointer not in had)
        if fields:
            queue.expect([_expected(kept, event, fields)], now())
            yield len(fields)


def _expected(kept: KeptRecord, event: Event, fields: tuple[str, ...]) -> Expected:
    at = kept.raw.at
    receipt = Receipt(
        object_key=kept.object_key,
        raw=RawReference(at.topic, at.partition, at.offset, kept.sha256),
        size=len(kept.raw.value or b""),
        stored_at=kept.archived_at,
    )
    item = f"{event.data.platform}:{event.data.object_id}"
    return Expected(kept.sha256, item, fields, wire.encode(receipt), kept.raw.key)
