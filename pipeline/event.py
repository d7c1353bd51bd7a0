"""A social event: who changed what, where, when, and every text in it.

The shape is CloudEvents 1.0 in structured JSON with our own `data`; unknown fields are allowed and live on in the
archived bytes. The structs are frozen, and their `repr` shows identity only, so that no text of a person reaches a log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from pipeline.ports import FieldText

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
NativeId = Annotated[str, msgspec.Meta(max_length=512)] | int
PlatformName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class ObjectKind(StrEnum):
    """What kind of thing the event is about."""

    POST = "post"
    COMMENT = "comment"
    REPLY = "reply"
    MESSAGE = "message"
    REVIEW = "review"
    STORY = "story"
    MENTION = "mention"
    MEDIA = "media"
    ACCOUNT = "account"


class Change(StrEnum):
    """What happened to it."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"
    REPORTED = "reported"
    RESTORED = "restored"
    SNAPSHOT = "snapshot"
    CHECKED = "checked"


class _Redacted(msgspec.Struct, frozen=True):
    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Author(_Redacted, frozen=True):
    """Who wrote it, as the platform says."""

    id: str | None = None
    display_name: str | None = None
    role: str | None = None


class Media(_Redacted, frozen=True):
    """An attachment and the texts that belong to it."""

    url: str | None = None
    mime: str | None = None
    alt_text: str | None = None
    ocr_text: str | None = None
    transcript: str | None = None


class Link(_Redacted, frozen=True):
    """A link as it is shown, and what the preview says."""

    shown: str | None = None
    expanded: str | None = None
    text: str | None = None
    title: str | None = None


class Item(_Redacted, frozen=True):
    """The `data` of a social event: one version of one post, comment or message.

    Or, of a whole account, that a connector has looked there and found nothing new; such a check says no more.
    """

    platform: PlatformName
    account_id: Id
    object_kind: ObjectKind
    change: Change
    object_id: Id
    root_id: Id
    parent_id: str | None = None
    is_own: bool = False
    visibility: str | None = None
    permalink: str | None = None
    native_ids: dict[str, NativeId] = {}
    change_actor: str | None = None
    author: Author | None = None
    text: str | None = None
    title: str | None = None
    media: tuple[Media, ...] | None = None
    urls: tuple[Link, ...] | None = None
    links: tuple[Link, ...] | None = None
    hashtags: tuple[str, ...] | None = None
    created_at: Moment | None = None
    edited_at: Moment | None = None

    def __post_init__(self) -> None:
        if self.change is not Change.CHECKED and self.object_kind is not ObjectKind.ACCOUNT:
            return
        words = (self.author, self.text, self.title, self.media, self.urls, self.links, self.hashtags)
        if not self.is_check or any(each is not None for each in words):
            # A check is not screened and an account is never taken down: neither may stand for what people wrote.
            raise ValueError("an account can be checked and nothing else, and a check holds no words")

    @property
    def is_check(self) -> bool:
        """Whether nothing has happened but that somebody looked."""
        return self.change is Change.CHECKED and self.object_kind is ObjectKind.ACCOUNT


class Event(msgspec.Struct, frozen=True):
    """One CloudEvent of ours. `source` and `id` together identify it (CloudEvents 1.0, section "id")."""

    specversion: str
    id: Id
    source: Id
    type: Id
    time: Moment
    data: Item
    subject: str | None = None

    def __repr__(self) -> str:
        return f"<Event {self.data.change} {self.identity[:12]}>"

    @property
    def identity(self) -> str:
        """SHA-256 (hex) over source and id: the same pair again is a duplicate."""
        return identity("event", self.source, self.id)

    @property
    def created_at(self) -> datetime:
        """When the item came to be on the platform."""
        return self.data.created_at or self.time

    @property
    def appeared_at(self) -> datetime:
        """When what this version says came to be seen: what exposure time is counted from."""
        return self.created_at if self.data.change is Change.CREATED else self.changed_at

    @property
    def changed_at(self) -> datetime:
        """When this version came to be: what decides which of two versions is the newer."""
        return self.data.edited_at or self.time

    def texts(self) -> tuple[FieldText, ...]:
        """Every textual field that holds anything, each with its JSON pointer into `data`."""
        return tuple([FieldText(pointer, text) for pointer, text in _texts(self.data) if text])

    def attachments(self) -> tuple[tuple[str, str], ...]:
        """Every attachment that has an address: its JSON pointer into `data`, and that address."""
        return tuple((f"/media/{number}", each.url) for number, each in enumerate(self.data.media or ()) if each.url)


def identity(*parts: str) -> str:
    """SHA-256 (hex) over parts; nothing inside a part can make it look like two others."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _texts(item: Item) -> Iterable[tuple[str, str | None]]:
    author = item.author.display_name if item.author else None
    usual = (("/text", item.text), ("/title", item.title), ("/author/display_name", author))
    if item.media or item.urls or item.links or item.hashtags:
        return (*usual, *_attached(item))
    return usual


def _attached(item: Item) -> Iterator[tuple[str, str | None]]:
    for i, medium in enumerate(item.media or ()):
        yield f"/media/{i}/alt_text", medium.alt_text
        yield f"/media/{i}/ocr_text", medium.ocr_text
        yield f"/media/{i}/transcript", medium.transcript
    for name, links in (("urls", item.urls), ("links", item.links)):
        for i, link in enumerate(links or ()):
            yield f"/{name}/{i}/shown", link.shown
            yield f"/{name}/{i}/expanded", link.expanded
            yield f"/{name}/{i}/text", link.text
            yield f"/{name}/{i}/title", link.title
    for i, tag in enumerate(item.hashtags or ()):
        yield f"/hashtags/{i}", tag
