"""YouTube Data API v3: comments under our videos, and our videos.

Hiding is `heldForReview` and can be undone. Deleting another's comment is `rejected`, which hides its replies as well
and can never be undone; our own comments and videos are deleted. After Google's discovery document for youtube v3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import msgspec

from agents.platforms import answers, capabilities
from agents.platforms.api import NO_CREDENTIALS, Api, Token, told_apart
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

_STATUS = {Action.HIDE: "heldForReview", Action.UNHIDE: "published", Action.DELETE: "rejected"}
_PRESENCE = {
    "heldForReview": Presence.HIDDEN,
    "likelySpam": Presence.HIDDEN,
    "published": Presence.VISIBLE,
    "rejected": Presence.GONE,
}
_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_TOO_FAST_PAUSE = timedelta(minutes=1)
_GONE = frozenset({"commentNotFound", "videoNotFound", "notFound"})


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of ours."""

    id: str
    token: Token


class YouTube:
    """All our channels, by the account id of our register."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        base_url: str = "https://youtube.googleapis.com",
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._channels = channels
        self._api = Api(f"{base_url}/youtube/v3/", now, classify, timeout=timeout)

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """See the table."""
        return capabilities.of("youtube", kind, is_own=is_own)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; a reading that finds nothing asks whose channel the token is."""
        channel = self._channels.get(subject.account_id)
        if channel is None:
            return NO_CREDENTIALS
        return self._read(channel, subject) if action is Action.READ else self._write(action, channel, subject)

    def check(self) -> Mapping[str, Reply]:
        """Ask whose channel each token is."""
        return {name: self._control(channel) for name, channel in self._channels.items()}

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _write(self, action: Action, channel: Channel, subject: Subject) -> Reply:
        item = {"id": subject.object_id}
        if action is Action.DELETE and subject.is_own:
            return self._api.call(action, channel.token, "DELETE", _list_of(subject), params=item).reply
        wanted = item | {"moderationStatus": _STATUS[action]}
        return self._api.call(action, channel.token, "POST", "comments/setModerationStatus", params=wanted).reply

    def _read(self, channel: Channel, subject: Subject) -> Reply:
        wanted = {"part": "snippet", "id": subject.object_id}
        called = self._api.call(Action.READ, channel.token, "GET", _list_of(subject), params=wanted)
        if called.done and (items := _items(called.body)):
            snippet = items[0].get("snippet")
            status = str(snippet.get("moderationStatus")) if isinstance(snippet, dict) else ""
            return called.seen(_PRESENCE.get(status, Presence.VISIBLE))
        if not called.done and called.reply.answer is not Answer.ALREADY_GONE:
            return called.reply
        return told_apart(self._control(channel))

    def _control(self, channel: Channel) -> Reply:
        mine = {"part": "id", "mine": "true"}
        called = self._api.call(Action.READ, channel.token, "GET", "channels", params=mine)
        if called.done and channel.id not in {each.get("id") for each in _items(called.body)}:
            return Reply(Answer.AUTH_LOST, reason="the token is not the channel's")
        return called.reply


def _list_of(subject: Subject) -> str:
    return "videos" if subject.object_kind is ObjectKind.POST else "comments"


def _items(body: Any) -> list[dict[str, Any]]:
    items = body.get("items") if isinstance(body, dict) else None
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


class _Reason(msgspec.Struct, frozen=True):
    reason: str = ""


class _Errors(msgspec.Struct, frozen=True):
    errors: tuple[_Reason, ...] = ()


class _Failure(msgspec.Struct, frozen=True):
    error: _Errors


def classify(response: httpx.Response, _: Action | None, now: datetime) -> Reply:
    """Read Google's error reasons: the day's quota comes back at midnight in California.

    `forbidden` and `processingFailure` may also mean "already deleted"; a refusal is read back by whoever asked.
    """
    by_status = answers.classify(response, now)
    if response.is_success:
        return by_status
    reason = _reason(response) or by_status.reason
    if reason in _QUOTA:
        return Reply(Answer.RETRY_AT, retry_at=next_quota(now), reason=reason)
    if reason in _TOO_FAST:
        return Reply(Answer.RETRY_AT, retry_at=by_status.retry_at or now + _TOO_FAST_PAUSE, reason=reason)
    if reason in _GONE:
        return Reply(Answer.ALREADY_GONE, reason=reason)
    return Reply(by_status.answer, by_status.presence, by_status.retry_at, reason)


def next_quota(now: datetime) -> datetime:
    """The next 08:00 UTC: midnight Pacific time in winter, an hour later than that in summer."""
    today = datetime.combine(now.astimezone(UTC).date(), time(8), UTC)
    return today if today > now else today + timedelta(days=1)


def _reason(response: httpx.Response) -> str | None:
    try:
        errors = msgspec.json.decode(response.content, type=_Failure).error.errors
    except msgspec.DecodeError:
        return None
    return errors[0].reason if errors else None
