"""What the processes tell each other, as frozen values: order, withdrawal, review item, receipt, outcome, dead letter.

None of them has a field that could hold the text of a person (invariant 4): a value found is named by type, span, score
and a keyed token.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from pipeline.event import Moment, NativeId, ObjectKind
from pipeline.record import RawReference


class EndState(StrEnum):
    """What an order wants the item to be in the end."""

    HIDDEN = "hidden"
    REMOVED = "removed"


class Result(StrEnum):
    """How an order ended, or (held, overdue) why people must look at it."""

    HIDDEN = "hidden"
    REMOVED = "removed"
    ALREADY_GONE = "already_gone"
    GONE_BEFORE_US = "gone_before_us"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    OVERDUE = "overdue"
    AUTH_LOST = "auth_lost"
    NOT_PERMITTED = "not_permitted"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


class Notice(StrEnum):
    """How far telling the author goes: not at all, by people, or by us in private where the platform can."""

    NONE = "none"
    PEOPLE = "people"
    SEND = "send"

    @property
    def reach(self) -> int:
        """Its place on the ladder, 0 to 2."""
        return tuple(Notice).index(self)


class NoticeState(StrEnum):
    """What came of the notice to the author."""

    SENT = "sent"
    FOR_PEOPLE = "for_people"
    IN_DOUBT = "in_doubt"
    NOT_POSSIBLE = "not_possible"


class Why(StrEnum):
    """Why a withdrawal takes back what is pending for an item."""

    DELETED_BY_AUTHOR = "deleted_by_author"
    EDITED_CLEAN = "edited_clean"


class MediaState(StrEnum):
    """How it stands with an attachment: only what is pending will change."""

    PENDING = "pending"
    STORED = "stored"
    GIVEN_UP = "given_up"


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    version: Literal[1] = 1


class EventReference(msgspec.Struct, frozen=True):
    """The CloudEvents identity of the event behind a message."""

    source: str
    id: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The item a message is about, as the platform and we know it."""

    platform: str
    account_id: str
    department: str
    object_kind: ObjectKind
    object_id: str
    root_id: str
    parent_id: str | None = None
    is_own: bool = False
    native_ids: dict[str, NativeId] = {}

    @property
    def key(self) -> str:
        """The Kafka key: one thread stays in order."""
        return f"{self.platform}:{self.root_id}"

    @property
    def item(self) -> str:
        """The item's own identity across its versions."""
        return f"{self.platform}:{self.object_id}"


class ValueNote(msgspec.Struct, frozen=True, kw_only=True):
    """A finding without its value; `token` is the same for the same value, whatever its spelling.

    `sure` says that this value alone was reason to hide or remove the item.
    """

    type: str
    start: int
    end: int
    score: float
    rule: str
    field: str
    token: str
    sure: bool = False


class RuleNote(msgspec.Struct, frozen=True, kw_only=True):
    """A policy rule that spoke, in which mode, and the law it rests on."""

    id: str
    mode: str
    legal_basis: str


class Order(_Message, frozen=True, kw_only=True, tag_field="kind", tag="order"):
    """Take this item down; `order_id` is deterministic, so a repeated order is the same order."""

    order_id: str
    issued_at: Moment
    subject: Subject
    wanted: EndState
    rules: tuple[RuleNote, ...]
    findings: tuple[ValueNote, ...]
    policy: str
    raw: RawReference
    event: EventReference
    created_at: Moment
    changed_at: Moment
    deadline: Moment
    flags: tuple[str, ...] = ()
    notice: Notice = Notice.NONE


class Withdrawal(_Message, frozen=True, kw_only=True, tag_field="kind", tag="withdrawal"):
    """Whatever is pending for this item and was changed before `changed_at` is no longer wanted."""

    withdrawal_id: str
    issued_at: Moment
    subject: Subject
    why: Why
    policy: str
    raw: RawReference
    event: EventReference
    changed_at: Moment


class ReviewItem(_Message, frozen=True, kw_only=True):
    """People must look at this item; the text itself is read from the retention store.

    `notice` is what they are to send to its author, of which no word is anybody's but ours.
    """

    review_id: str
    issued_at: Moment
    subject: Subject
    rules: tuple[RuleNote, ...]
    findings: tuple[ValueNote, ...]
    concerns: tuple[ValueNote, ...]
    policy: str
    raw: RawReference
    event: EventReference
    created_at: Moment
    flags: tuple[str, ...] = ()
    notice: str | None = None


class MediaNote(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one attachment of an event; `reason` is a code for why it was not fetched."""

    field: str
    state: MediaState
    object_key: str | None = None
    sha256: str | None = None
    size: int | None = None
    reason: str | None = None


class Receipt(_Message, frozen=True, kw_only=True):
    """The retention store has confirmed the record: it can be read back under `object_key` and has this SHA-256.

    While attachments of its item are still being fetched (`media_pending`), nothing may be deleted; when the last is
    stored or given up, the receipt is sent once more.
    """

    object_key: str
    raw: RawReference
    size: int
    stored_at: Moment
    media: tuple[MediaNote, ...] = ()
    media_pending: int = 0


class Outcome(_Message, frozen=True, kw_only=True):
    """How an order ended (or stands), after the fact; `verified` means that the item was read back."""

    outcome_id: str
    order_id: str
    at: Moment
    subject: Subject
    wanted: EndState
    result: Result
    verified: bool
    attempts: int
    raw: RawReference
    rules: tuple[RuleNote, ...] = ()
    object_key: str | None = None
    hidden_at: Moment | None = None
    removed_at: Moment | None = None
    reason: str | None = None
    notice: NoticeState | None = None


class Fingerprint(_Message, frozen=True, kw_only=True):
    """A value that was removed, by its keyed token: it is known again until `known_until`, in whatever spelling.

    One that people have found not to be confidential is told once more, with a `known_until` that has passed.
    """

    token: str
    type: str
    order_id: str
    at: Moment
    known_until: Moment


class DeadLetterNote(_Message, frozen=True, kw_only=True):
    """A message that could not be handled: where it stands, at which stage, by which class of error, no more."""

    topic: str
    partition: int
    offset: int
    stage: str
    error: str
    reason: str
    group: str
    at: Moment


Message = Order | Withdrawal | ReviewItem | Receipt | Outcome | Fingerprint | DeadLetterNote
