"""TikTok for Business, organic comments, experimental: others' comments are hidden, our own deleted.

The vendor publishes no specification of this API: the calls are those that third parties' code agrees on, never tried
on the real thing. It answers errors with HTTP 200 and a `code` other than 0. (The advertisers' comment API has other
verbs; the two must not be mixed.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from agents.platforms import answers, capabilities
from agents.platforms.api import NO_CREDENTIALS, Api, Called, Token, told_apart
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

_CODES = {
    40001: Answer.NOT_PERMITTED,
    40002: Answer.PERMANENT,
    40100: Answer.RETRY_AT,
    40101: Answer.AUTH_LOST,
    40102: Answer.AUTH_LOST,
    40104: Answer.AUTH_LOST,
    40105: Answer.AUTH_LOST,
}
_SERVER_ERRORS = 50000
_TOO_FAST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Business:
    """A business account of ours."""

    id: str
    token: Token


class TikTok:
    """All our business accounts, by the account id of our register."""

    def __init__(
        self,
        businesses: Mapping[str, Business],
        *,
        base_url: str = "https://business-api.tiktok.com",
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._businesses = businesses
        self._api = Api(
            f"{base_url}/open_api/v1.3/", now, classify, timeout=timeout, header="Access-Token", scheme="{}"
        )

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """See the table."""
        return capabilities.of("tiktok", kind, is_own=is_own)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; how a second hide or delete is answered nobody says, so the comment is looked up first."""
        business = self._businesses.get(subject.account_id)
        if business is None:
            return NO_CREDENTIALS
        item = {"business_id": business.id, "comment_id": subject.object_id}
        video = {"video_id": str(subject.native_ids.get("video_id", subject.root_id))}
        found = self._read(business, subject, video)
        if action is Action.READ:
            return found
        if found.presence is None:
            # Nothing was done yet, so a reading in doubt is no write in doubt.
            return replace(found, answer=Answer.RETRY_AT) if found.answer is Answer.AMBIGUOUS else found
        if found.presence is Presence.GONE:
            return Reply(Answer.ALREADY_GONE, reason="not among the video's comments")
        if action is Action.DELETE:
            return self._post(action, business, "delete", item)
        return self._post(action, business, "hide", item | video | {"action": action.value.upper()})

    def check(self) -> Mapping[str, Reply]:
        """Ask for each business account."""
        return {name: self._control(business) for name, business in self._businesses.items()}

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _post(self, action: Action, business: Business, verb: str, body: dict[str, str]) -> Reply:
        return self._api.call(action, business.token, "POST", f"business/comment/{verb}/", json=body).reply

    def _read(self, business: Business, subject: Subject, video: dict[str, str]) -> Reply:
        ids = msgspec.json.encode([subject.object_id]).decode()
        wanted = {"business_id": business.id, "comment_ids": ids} | video
        called = self._api.call(Action.READ, business.token, "GET", "business/comment/list/", params=wanted)
        if not called.done:
            return called.reply
        found = [each for each in _comments(called) if each.get("comment_id") == subject.object_id]
        if found:
            return called.seen(Presence.HIDDEN if found[0].get("status") == "HIDDEN" else Presence.VISIBLE)
        return told_apart(self._control(business))

    def _control(self, business: Business) -> Reply:
        own = {"business_id": business.id}
        return self._api.call(Action.READ, business.token, "GET", "business/get/", params=own).reply


def _comments(called: Called) -> list[dict[str, Any]]:
    data = called.body.get("data") if isinstance(called.body, dict) else None
    comments = data.get("comments") if isinstance(data, dict) else None
    return [each for each in comments if isinstance(each, dict)] if isinstance(comments, list) else []


class _Body(msgspec.Struct, frozen=True):
    code: int


def classify(response: httpx.Response, action: Action | None, now: datetime) -> Reply:
    """Read the `code` of the body, whatever the status says."""
    reply = answers.classify(response, now)
    try:
        code = msgspec.json.decode(response.content, type=_Body).code
    except msgspec.DecodeError:
        return reply if reply.answer is not Answer.DONE else Reply(Answer.AMBIGUOUS, reason="the answer has no code")
    if code == 0:
        return reply
    broken = Answer.RETRY_AT if action is Action.READ else Answer.AMBIGUOUS
    answer = broken if code >= _SERVER_ERRORS else _CODES.get(code, Answer.PERMANENT)
    pause = now + _TOO_FAST_PAUSE if answer is Answer.RETRY_AT and code < _SERVER_ERRORS else None
    return Reply(answer, retry_at=reply.retry_at or pause, reason=f"code {code}")
