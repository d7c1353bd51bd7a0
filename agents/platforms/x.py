"""X, API v2: our own posts are deleted, others' replies in our conversations are hidden.

After X's OpenAPI description. Nothing there shows whether a reply is hidden, so a hide rests on the platform's word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from agents.platforms import answers, capabilities
from agents.platforms.api import NO_CREDENTIALS, Api, Called, Token, told_apart
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

# X names its problems by address, on api.twitter.com until 2026 and on api.x.com after that: the last part tells.
_PROBLEMS = {"resource-not-found": Answer.ALREADY_GONE, "not-authorized-for-resource": Answer.NOT_PERMITTED}


class X:
    """All our accounts; tokens by the account id of our register."""

    def __init__(
        self,
        tokens: Mapping[str, Token],
        *,
        base_url: str = "https://api.x.com",
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._tokens = tokens
        self._api = Api(f"{base_url}/2/", now, classify, timeout=timeout)

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """See the table."""
        return capabilities.of("x", kind, is_own=is_own)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; a reading that finds nothing asks whether the token is still good."""
        token = self._tokens.get(subject.account_id)
        if token is None:
            return NO_CREDENTIALS
        post = f"tweets/{quote(subject.object_id, safe='')}"
        match action:
            case Action.DELETE:
                return _said(self._api.call(action, token, "DELETE", post), "deleted", expected=True)
            case Action.HIDE | Action.UNHIDE:
                wanted = action is Action.HIDE
                called = self._api.call(action, token, "PUT", f"{post}/hidden", json={"hidden": wanted})
                return _said(called, "hidden", expected=wanted)
            case Action.READ:
                called = self._api.call(action, token, "GET", post)
                if called.done:
                    return called.seen(Presence.VISIBLE)
                if called.reply.answer is not Answer.ALREADY_GONE:
                    return called.reply
                return told_apart(self._control(token))

    def check(self) -> Mapping[str, Reply]:
        """Ask who each token is."""
        return {name: self._control(token) for name, token in self._tokens.items()}

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _control(self, token: Token) -> Reply:
        return self._api.call(Action.READ, token, "GET", "users/me").reply


def _said(called: Called, name: str, *, expected: bool) -> Reply:
    """X says in the body what came of it."""
    data = called.body.get("data") if isinstance(called.body, dict) else None
    if not called.done or (isinstance(data, dict) and data.get(name) is expected):
        return called.reply
    return Reply(Answer.AMBIGUOUS, reason=f"the answer does not say {name}")


class _Problem(msgspec.Struct, frozen=True):
    type: str = ""


class _Body(msgspec.Struct, frozen=True):
    data: Any = None
    errors: tuple[_Problem, ...] = ()


def classify(response: httpx.Response, _: Action | None, now: datetime) -> Reply:
    """Read an answer: problems come with 200 as well, and x-rate-limit-reset is in Unix seconds."""
    reply = answers.classify(response, now)
    if reply.answer is Answer.RETRY_AT:
        return Reply(Answer.RETRY_AT, retry_at=reply.retry_at or _reset(response), reason=reply.reason)
    try:
        body = msgspec.json.decode(response.content, type=_Body)
    except msgspec.DecodeError:
        return reply
    if body.data is not None or not body.errors:
        return reply
    kinds = {problem.type.rpartition("/problems/")[2] for problem in body.errors}
    for kind, answer in _PROBLEMS.items():
        if kind in kinds:
            return Reply(answer, reason=kind)
    return reply if reply.answer is not Answer.DONE else Reply(Answer.AMBIGUOUS, reason="errors and no data")


def _reset(response: httpx.Response) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(response.headers["x-rate-limit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError):
        return None
