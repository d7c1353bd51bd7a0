"""How a sample event is written: one version of one item, as the bytes and key a connector would send."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from pipeline.route import State

PICTURES = "https://cdn.example.org"
"""Where the pictures of the samples are said to be."""

Headers = tuple[tuple[str, bytes], ...]
HEADERS: Headers = (("content-type", b"application/cloudevents+json"), ("connector", b"sample \xe5\x00"))
"""Headers are bytes, not text: the second holds some that are no UTF-8, and must be archived as they are."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must become of an event: its counted state, what it holds, and whether its item must be gone in the end.

    `gone` is None where both ends are right (its author has taken it back, or cleaned it after a removal had begun).
    """

    scene: str
    ends: State
    planted: tuple[str, ...] = field(default=(), repr=False)
    gone: bool | None = False


@dataclass(frozen=True, slots=True)
class Sample:
    """One message for the raw topic, to be sent `after` seconds from the start."""

    after: float
    key: bytes | None
    value: bytes | None = field(repr=False)
    expectation: Expectation
    headers: Headers = field(default=HEADERS, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: platform, account, thread, and its own id."""

    platform: str
    account: str
    kind: str
    object_id: str
    root_id: str
    parent_id: str | None = None
    own: bool = False

    @property
    def key(self) -> bytes:
        """The Kafka key: one thread stays in order."""
        return f"{self.platform}:{self.root_id}".encode()


@dataclass(frozen=True, slots=True)
class Version:
    """One change of an item: what it says now and when that happened."""

    change: str
    number: int
    created: datetime
    changed: datetime
    author: str | None = field(repr=False)
    text: str | None = field(default=None, repr=False)
    alt: str | None = field(default=None, repr=False)
    ocr: str | None = field(default=None, repr=False)


def with_pictures_at(sample: Sample, url: str) -> Sample:
    """The sample with its pictures where somebody serves them."""
    value = sample.value and sample.value.replace(PICTURES.encode(), url.encode())
    return replace(sample, value=value)


def write(place: Place, version: Version) -> bytes:
    """The CloudEvent (structured JSON) for one version of an item."""
    data = _data(place, version)
    event = {
        "specversion": "1.0",
        "id": f"{place.platform}:{place.object_id}:{version.change}:{version.number}",
        "source": f"/{place.platform}/{place.account}",
        "type": f"se.social.{place.kind}.{version.change}.v1",
        "subject": f"{place.platform}:{place.object_id}",
        "time": version.changed,
        "recordedtime": version.changed + timedelta(milliseconds=150),
        "datacontenttype": "application/json",
        "data": {name: value for name, value in data.items() if value is not None},
    }
    return msgspec.json.encode(event)


def _data(place: Place, version: Version) -> dict[str, object]:
    role = "municipality" if place.own else "citizen"
    picture = {"url": f"{PICTURES}/{place.object_id}.gif", "mime": "image/gif"}
    texts = {"alt_text": version.alt, "ocr_text": version.ocr}
    shown = {name: text for name, text in texts.items() if text}
    return {
        "platform": place.platform,
        "account_id": place.account,
        "object_kind": place.kind,
        "change": version.change,
        "object_id": place.object_id,
        "root_id": place.root_id,
        "parent_id": place.parent_id,
        "permalink": f"https://{place.platform}.example.org/{place.account}/{place.root_id}",
        "is_own": place.own,
        "visibility": "direct" if place.kind == "message" else "public",
        "author": version.author and {"id": f"a-{place.object_id}", "display_name": version.author, "role": role},
        "text": version.text,
        "media": [picture | shown] if shown else None,
        "created_at": version.created,
        "edited_at": version.changed if version.change == "edited" else None,
    }
