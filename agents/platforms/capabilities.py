"""What each platform's API lets a moderator do, by kind of object, our own or another's.

Read from the vendors' specifications and documents; `docs/platforms.md` says from which, and what is not sure. What is
not listed cannot be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.event import ObjectKind
from pipeline.platform import Capabilities

_NOTHING = Capabilities()
_REPORT = Capabilities(report=True)
_DELETE = Capabilities(delete=True)
_HIDE = Capabilities(hide=True, unhide=True)
_HIDE_AND_REPORT = Capabilities(hide=True, unhide=True, report=True)
_HIDE_UNSEEN = Capabilities(hide=True, unhide=True, sees_hidden=False)
_ALL = Capabilities(hide=True, unhide=True, delete=True)
_ALL_AND_TELL = Capabilities(hide=True, unhide=True, delete=True, notify=True)


@dataclass(frozen=True, slots=True)
class Rights:
    """What can be done to one kind of object."""

    own: Capabilities = _NOTHING
    other: Capabilities = _NOTHING


_POST, _COMMENT, _REPLY, _MESSAGE = ObjectKind.POST, ObjectKind.COMMENT, ObjectKind.REPLY, ObjectKind.MESSAGE


def _comments(rights: Rights) -> dict[ObjectKind, Rights]:
    return {_COMMENT: rights, _REPLY: rights}


TABLE: Mapping[str, Mapping[ObjectKind, Rights]] = {
    # A page's own comment has can_hide false; a message in Messenger cannot be taken back by the page.
    "facebook": {_POST: Rights(_ALL, _ALL_AND_TELL), **_comments(Rights(_DELETE, _ALL_AND_TELL))},
    "instagram": _comments(Rights(_DELETE, _ALL_AND_TELL)),
    # Hide is heldForReview. Delete is `rejected` for others' comments, and that is never undone.
    "youtube": {_POST: Rights(own=_DELETE), **_comments(Rights(_DELETE, _ALL))},
    # Hidden replies cannot be told from others by reading; only replies in our own conversations can be hidden.
    "x": {_POST: Rights(own=_DELETE), **_comments(Rights(_DELETE, _HIDE_UNSEEN))},
    # Others' statuses can only be reported.
    "mastodon": {
        _POST: Rights(_DELETE, _REPORT),
        _MESSAGE: Rights(_DELETE, _REPORT),
        **_comments(Rights(_DELETE, _REPORT)),
    },
    # Others' replies are hidden by the thread gate of our own post; it holds at most 300.
    "bluesky": {_POST: Rights(_DELETE, _REPORT), **_comments(Rights(_DELETE, _HIDE_AND_REPORT))},
    # Experimental: whether an organisation may delete a member's comment, the vendor's documents leave open.
    "linkedin": {_POST: Rights(own=_DELETE), **_comments(Rights(_DELETE, _DELETE))},
    # Experimental: the vendor publishes no specification of the organic API.
    "tiktok": _comments(Rights(_DELETE, _HIDE)),
}

EXPERIMENTAL = frozenset({"linkedin", "tiktok"})
"""Platforms whose documents are closed: written after third parties' code, never tried on the real thing."""


def of(platform: str, kind: ObjectKind, *, is_own: bool) -> Capabilities:
    """What can be done there to this kind of object."""
    rights = TABLE[platform].get(kind, Rights())
    return rights.own if is_own else rights.other
