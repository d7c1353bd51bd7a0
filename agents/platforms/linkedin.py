"""LinkedIn, experimental: posts and comments of an organisation are deleted; nothing can be hidden.

The vendor's documents are closed: the paths are those that third parties' code agrees on, never tried on the real
thing. Whether an organisation may delete a member's comment, sources disagree; a refusal ends as `not_permitted`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote

import httpx

from agents.platforms import answers, capabilities
from agents.platforms.api import NO_CREDENTIALS, Api, Token, told_apart
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

_HEADERS = {"LinkedIn-Version": "202610", "X-Restli-Protocol-Version": "2.0.0"}


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of ours: its URN (urn:li:organization:1) and its token."""

    urn: str
    token: Token


class LinkedIn:
    """All our organisations, by the account id of our register."""

    def __init__(
        self,
        organisations: Mapping[str, Organisation],
        *,
        base_url: str = "https://api.linkedin.com",
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._organisations = organisations
        self._api = Api(f"{base_url}/rest/", now, classify, timeout=timeout, headers=_HEADERS)

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """See the table."""
        return capabilities.of("linkedin", kind, is_own=is_own)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; a reading that finds nothing asks for the organisation's own posts."""
        organisation = self._organisations.get(subject.account_id)
        if organisation is None:
            return NO_CREDENTIALS
        actor = {"actor": organisation.urn}
        if action is Action.DELETE:
            return self._api.call(action, organisation.token, "DELETE", _path(subject), params=actor).reply
        if action is not Action.READ:
            return Reply(Answer.UNSUPPORTED, reason=f"LinkedIn offers no {action}")
        called = self._api.call(action, organisation.token, "GET", _path(subject))
        if called.done:
            return called.seen(Presence.VISIBLE)
        if called.reply.answer is not Answer.ALREADY_GONE:
            return called.reply
        return told_apart(self._control(organisation))

    def check(self) -> Mapping[str, Reply]:
        """Ask for each organisation's own posts."""
        return {name: self._control(organisation) for name, organisation in self._organisations.items()}

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _control(self, organisation: Organisation) -> Reply:
        own_posts = {"author": organisation.urn, "q": "author", "count": "1"}
        return self._api.call(Action.READ, organisation.token, "GET", "posts", params=own_posts).reply


def _path(subject: Subject) -> str:
    if subject.object_kind is ObjectKind.POST:
        return f"posts/{quote(subject.object_id, safe='')}"
    thread = str(subject.native_ids.get("post_urn", subject.root_id))
    return f"socialActions/{quote(thread, safe='')}/comments/{quote(subject.object_id, safe='')}"


def classify(response: httpx.Response, _: Action | None, now: datetime) -> Reply:
    """Read an answer by its status; the limits are per day, and a day ends at midnight UTC."""
    reply = answers.classify(response, now)
    if reply.answer is not Answer.RETRY_AT or reply.retry_at:
        return reply
    midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return Reply(Answer.RETRY_AT, retry_at=midnight, reason=reply.reason)
