"""How a thread stood: its items, each with its versions, as they may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from agents.retention.attachment import Attachment
from agents.retention.store import KeptRecord
from pipeline.errors import DeadLetter
from pipeline.event import Event
from pipeline.mask import Piece, Shown, analyse_all, mask, said
from pipeline.ports import Detector
from topics import wire

Show = Callable[[Event], Mapping[str, Shown]]
"""What may be shown of an event: its texts by field."""
Attached = Callable[[str], tuple[Attachment, ...]]
"""What is attached to a record, by its key."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an item; `shown` holds its texts by field as they may be shown.

    `raw` is what came in, None of what was disposed of. `actor` is who changed it, as far as the platform tells:
    author, account, platform or pipeline. `number` is its place in the store's log, by which a covered hand-out names
    it: a hash of what came in would let whoever has it try what is covered, value by value.
    """

    object_key: str
    sha256: str
    archived_at: datetime
    time: datetime | None
    change: str
    shown: Mapping[str, Shown] = field(repr=False)
    raw: bytes | None = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    actor: str | None = None
    number: int | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts by field, in words."""
        return {pointer: said(shown) for pointer, shown in self.shown.items()}

    @property
    def fetched(self) -> tuple[Attachment, ...]:
        """The attachments that could be had."""
        return tuple(each for each in self.attachments if each.missing is None)


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of an item without reading a record: that one was disposed of, or what we ourselves did."""

    platform: str
    account: str
    kind: str
    item: str
    thread: str
    version: Version


@dataclass(frozen=True, slots=True)
class Item:
    """A post, comment or message through time, oldest version first; `depth` is 0 for what answers nothing here."""

    platform: str
    account: str
    kind: str
    item: str
    thread: str
    parent: str | None
    is_own: bool
    versions: tuple[Version, ...]
    depth: int = 0

    @property
    def first(self) -> datetime | None:
        """When it came to be, as far as the records tell."""
        return self.versions[0].time


def covered(detector: Detector) -> Show:
    """Shows everything but what the detector finds confidential, and no names of those who wrote."""

    def show(event: Event) -> Mapping[str, Shown]:
        texts = [text for text in event.texts() if text.pointer != "/author/display_name"]
        return mask(texts, analyse_all(detector, texts))

    return show


def uncovered(event: Event) -> Mapping[str, Shown]:
    """Shows everything."""
    return {text.pointer: (Piece(text.text),) for text in event.texts()}


def histories(
    records: Iterable[KeptRecord],
    show: Show,
    attached: Attached = lambda _: (),
    traces: Iterable[Trace] = (),
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Item, ...]:
    """Put the records in order: by thread, an item before its answers, older before newer, versions with attachments.

    `numbers` are the records' places in the log.

    A record whose bytes are no event stands as an item of its own, named by its hash, with nothing to show.
    """
    versions: dict[tuple[str, str], list[tuple[Event | Trace | None, Version]]] = {}
    for kept in records:
        try:
            event = wire.decode_event(kept.raw.value)
        except DeadLetter:
            versions[("", kept.sha256)] = [(None, _version(kept, None, {}, (), numbers))]
            continue
        key = (event.data.platform, event.data.object_id)
        version = _version(kept, event, show(event), attached(kept.object_key), numbers)
        versions.setdefault(key, []).append((event, version))
    for trace in traces:
        versions.setdefault((trace.platform, trace.item), []).append((trace, trace.version))
    return tuple(_in_order([_item(each) for each in versions.values()]))


def _in_order(items: Sequence[Item]) -> Iterator[Item]:
    """Threads as they are read: an item, then what answers it."""
    by_age = sorted(items, key=lambda item: (item.platform, item.thread, item.first or item.versions[0].archived_at))
    answers: dict[tuple[str, str | None], list[Item]] = {}
    here = {(item.platform, item.item) for item in by_age}
    for item in by_age:
        above = (item.platform, item.parent)
        answers.setdefault(above if above in here else ("", None), []).append(item)
    told: set[tuple[str, str]] = set()
    waiting = [(item, 0) for item in reversed(answers.get(("", None), []))]
    while waiting:
        item, depth = waiting.pop()
        told.add((item.platform, item.item))
        yield replace(item, depth=depth)
        waiting += [(each, depth + 1) for each in reversed(answers.get((item.platform, item.item), []))]
    # Items that answer each other in a ring hang on nothing; they are told all the same.
    yield from (item for item in by_age if (item.platform, item.item) not in told)


def _version(
    kept: KeptRecord,
    event: Event | None,
    shown: Mapping[str, Shown],
    attachments: tuple[Attachment, ...],
    numbers: Mapping[str, int],
) -> Version:
    time, change = (event.time, str(event.data.change)) if event else (None, "unreadable")
    return Version(
        kept.object_key,
        kept.sha256,
        kept.archived_at,
        time,
        change,
        shown,
        kept.raw.value or b"",
        attachments,
        event.data.change_actor if event else None,
        numbers.get(kept.object_key),
    )


def _item(versions: list[tuple[Event | Trace | None, Version]]) -> Item:
    ordered = sorted(versions, key=lambda pair: (pair[1].time or pair[1].archived_at, pair[1].object_key))
    mine = tuple(version for _, version in ordered)
    event = next((told for told, _ in ordered if isinstance(told, Event)), None)
    trace = next((told for told, _ in ordered if isinstance(told, Trace)), None)
    if event is None and trace is not None:
        return Item(
            trace.platform, trace.account, trace.kind, trace.item, trace.thread, None, is_own=False, versions=mine
        )
    if event is None:
        return Item("", "", "", mine[0].sha256, "", None, is_own=False, versions=mine)
    told = event.data
    parent = told.parent_id if told.parent_id != told.object_id else None
    return Item(
        told.platform,
        told.account_id,
        told.object_kind,
        told.object_id,
        told.root_id,
        parent,
        is_own=told.is_own,
        versions=mine,
    )
