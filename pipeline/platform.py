"""What a platform can do to an item, and what it may answer.

Platforms are not alike and their answers are not facts: an answer says what the call claims, a presence what was seen
when the item was read back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """One call to a platform."""

    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"
    READ = "read"


class Answer(StrEnum):
    """What a call came to, in the one vocabulary that all adapters speak.

    To a hide or a delete, ALREADY_GONE is a claim: this call found nothing, which is also what lost rights look like.
    To a READ it comes with the presence GONE, and lost rights are ruled out.
    """

    DONE = "done"
    ALREADY_GONE = "already_gone"
    AMBIGUOUS = "ambiguous"
    RETRY_AT = "retry_at"
    AUTH_LOST = "auth_lost"
    NOT_PERMITTED = "not_permitted"
    UNSUPPORTED = "unsupported"
    PERMANENT = "permanent"


class Presence(StrEnum):
    """How the item stood when it was read back; gone means that lost rights were ruled out."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform lets us do to one kind of object, our own or another's.

    `verify`: the item can be read back at all; `sees_hidden`: reading it tells hidden from visible. `notify`: its
    author can be told in private, while the item is there. `report`: those who run the platform can be asked to act.
    """

    hide: bool = False
    unhide: bool = False
    delete: bool = False
    verify: bool = True
    sees_hidden: bool = True
    notify: bool = False
    report: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What one call came to.

    `presence` comes with a READ that is DONE or ALREADY_GONE. `retry_at` is the platform's own word and holds for the
    whole account; without it we choose the pause ourselves. `reason` is a code of ours or the platform's, never a text.
    """

    answer: Answer
    presence: Presence | None = None
    retry_at: datetime | None = None
    reason: str | None = None


class Addressee(StrEnum):
    """To whom we write about an item: its author, or those who run the platform."""

    AUTHOR = "author"
    MODERATORS = "moderators"


@dataclass(frozen=True, slots=True)
class Written:
    """The one attempt to write to somebody; without an answer the process died between the call and its answer."""

    began_at: datetime
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call as the journal knows it; without a reply the process died between the call and its answer."""

    action: Action
    began_at: datetime
    ended_at: datetime | None = None
    reply: Reply | None = None

    @property
    def answer(self) -> Answer:
        """A call whose answer we never learned may have had its effect: it is ambiguous."""
        return self.reply.answer if self.reply else Answer.AMBIGUOUS

    @property
    def last_at(self) -> datetime:
        """The last moment that we know of."""
        return self.ended_at or self.began_at
