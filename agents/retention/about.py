"""What a record is about, as far as it may be known without reading it: what searches go by. No text, no names."""

from __future__ import annotations

import hmac
from datetime import datetime

import msgspec

from agents.retention.store import Raw
from pipeline.errors import DeadLetter
from topics import wire


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of one item; `author` is a token that is the same for the same person, and tells nobody who."""

    source: str
    event: str
    platform: str
    account: str
    kind: str
    change: str
    item: str
    thread: str
    time: datetime
    author: str | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What may be known of a stored object without reading it."""

    archived_at: datetime
    size: int
    about: About | None = None


def about(raw: Raw, token_key: bytes | None) -> About | None:
    """Describe a raw event, or None where the bytes are none; authors are left out without a `token_key`."""
    try:
        event = wire.decode_event(raw.value)
    except DeadLetter:
        return None
    item = event.data
    author = item.author.id if item.author else None
    return About(
        source=event.source,
        event=event.id,
        platform=item.platform,
        account=item.account_id,
        kind=item.object_kind,
        change=item.change,
        item=item.object_id,
        thread=item.root_id,
        time=event.time,
        author=author_token(token_key, item.platform, author) if author and token_key else None,
    )


def author_token(token_key: bytes, platform: str, author: str) -> str:
    """The token of an author (HMAC-SHA256, 32 hexadecimal digits)."""
    return hmac.digest(token_key, f"author\n{platform}\n{author}".encode(), "sha256").hex()[:32]
