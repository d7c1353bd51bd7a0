"""How a thread stood: its items, each with its versions, as they may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agents.retention.attachment import Attachment
from agents.retention.store import KeptRecord
from pipeline.errors import DeadLetter
from pipeline.event import Event
from pipeline.mask import analyse_all, mask
from pipeline.ports import Detector
from topics import wire

Show = Callable[[Event], Mapping[str, str]]
"""What may be shown of an event: its texts by field."""
Attached = Callable[[str], tuple[Attachment, ...]]
"""What is attached to a record, by its key."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an item; `texts` may be shown, `raw` is what came in."""

    object_key: str
    sha256: str
    archived_at: datetime
    time: datetime | None
    change: str
    texts: Mapping[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A post, comment or message through time, oldest version first."""

    platform: str
    account: str
    kind: str
    item: str
    thread: str
    parent: str | None
    is_own: bool
    versions: tuple[Version, ...]

    @property
    def first(self) -> datetime | None:
        """When it came to be, as far as the records tell."""
        return self.versions[0].time


def covered(detector: Detector) -> Show:
    """Shows everything but what the detector finds confidential, and no names of those who wrote."""

    def show(event: Event) -> Mapping[str, str]:
        texts = [text for text in event.texts() if text.pointer != "/author/display_name"]
        return mask(texts, analyse_all(detector, texts))

    return show


def uncovered(event: Event) -> Mapping[str, str]:
    """Shows everything."""
    return {text.pointer: text.text for text in event.texts()}


def histories(records: Iterable[KeptRecord], show: Show, attached: Attached = lambda _: ()) -> tuple[Item, ...]:
    """Put the records in order: by thread, then by when each item came to be, each version with what is attached.

    A record whose bytes are no event stands as an item of its own, named by its hash, with nothing to show.
    """
    versions: dict[tuple[str, str], list[tuple[Event | None, Version]]] = {}
    for kept in records:
        try:
            event = wire.decode_event(kept.raw.value)
        except DeadLetter:
            versions[("", kept.sha256)] = [(None, _version(kept, None, {}, ()))]
            continue
        key = (event.data.platform, event.data.object_id)
        versions.setdefault(key, []).append((event, _version(kept, event, show(event), attached(kept.object_key))))
    items = [_item(each) for each in versions.values()]
    return tuple(
        sorted(items, key=lambda item: (item.platform, item.thread, item.first or item.versions[0].archived_at))
    )


def _version(
    kept: KeptRecord, event: Event | None, texts: Mapping[str, str], attachments: tuple[Attachment, ...]
) -> Version:
    time, change = (event.time, str(event.data.change)) if event else (None, "unreadable")
    return Version(
        kept.object_key, kept.sha256, kept.archived_at, time, change, texts, kept.raw.value or b"", attachments
    )


def _item(versions: list[tuple[Event | None, Version]]) -> Item:
    ordered = sorted(versions, key=lambda pair: (pair[1].time or pair[1].archived_at, pair[1].object_key))
    event = ordered[0][0]
    mine = tuple(version for _, version in ordered)
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
