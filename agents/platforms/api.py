"""How an adapter calls a platform's API: with a token that may be renewed, and every answer in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import httpx
import msgspec

from agents.platforms import answers
from pipeline.platform import Action, Answer, Presence, Reply


class Token(Protocol):
    """Credentials of one account that may run out. Safe to use from several threads."""

    def current(self) -> str:
        """Return the token to send; raises Unavailable if there is none now."""
        ...

    def renew(self, refused: str) -> bool:
        """After the platform refused this token, get another; say whether there is one to try."""
        ...


class UnavailableError(Exception):
    """There is no token now; `reply` says what that means for a call."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.reason)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Fixed:
    """A token that nobody renews."""

    value: str = field(repr=False)

    def current(self) -> str:
        """Return it."""
        return self.value

    def renew(self, refused: str) -> bool:
        """There is no other."""
        del refused
        return False


@dataclass(frozen=True, slots=True)
class Called:
    """What a call came to, and the JSON that came with it when it is DONE."""

    reply: Reply
    body: Any = field(default=None, repr=False)

    @property
    def done(self) -> bool:
        """Whether the platform said yes."""
        return self.reply.answer is Answer.DONE

    def seen(self, presence: Presence) -> Reply:
        """The reply of a reading that found the item so."""
        return replace(self.reply, presence=presence)


Classify = Callable[[httpx.Response, Action | None, datetime], Reply]
"""How a platform's answer reads, headers and body; the call was this action on an item, or (None) is about no item."""


def plainly(response: httpx.Response, _: Action | None, now: datetime) -> Reply:
    """Read an answer by its status and the standard headers alone."""
    return answers.classify(response, now)


class Api:
    """One platform's API; safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        now: Callable[[], datetime],
        classify: Classify = plainly,
        *,
        timeout: httpx.Timeout = answers.TIMEOUT,
        headers: Mapping[str, str] | None = None,
        scheme: str = "Bearer {}",
        header: str = "Authorization",
    ) -> None:
        self._client = answers.client(timeout, base_url, headers)
        self._now = now
        self._classify = classify
        self._scheme = scheme
        self._header = header

    def call(self, action: Action | None, token: Token, method: str, path: str, **parts: Any) -> Called:
        """Send one request (`parts` as httpx takes them), and once more if the token could be renewed."""
        try:
            value = token.current()
            called = self._once(action, value, method, path, parts)
            if called.reply.answer is Answer.AUTH_LOST and token.renew(value):
                called = self._once(action, token.current(), method, path, parts)
        except UnavailableError as error:
            return Called(error.reply)
        return called

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _once(self, action: Action | None, token: str, method: str, path: str, parts: dict[str, Any]) -> Called:
        headers = {self._header: self._scheme.format(token)}
        response = answers.send(
            self._client, self._client.build_request(method, path, headers=headers, **parts), action
        )
        if isinstance(response, Reply):
            return Called(response)
        reply = self._classify(response, action, self._now())
        if reply.answer is not Answer.DONE or not response.content:
            return Called(reply)
        try:
            return Called(reply, msgspec.json.decode(response.content))
        except msgspec.DecodeError:
            unread = Answer.RETRY_AT if action is Action.READ else Answer.AMBIGUOUS
            return Called(Reply(unread, reason="the answer is not JSON"))


def told_apart(control: Reply) -> Reply:
    """What "not found" means for a reading, by what the account answers to the same token a moment later."""
    match control.answer:
        case Answer.DONE:
            return Reply(Answer.ALREADY_GONE, Presence.GONE, control.retry_at)
        case Answer.AUTH_LOST | Answer.RETRY_AT:
            return control
        case Answer.NOT_PERMITTED:
            return Reply(Answer.AUTH_LOST, reason="not found, and the account may not be moderated")
        case _:
            return Reply(Answer.AMBIGUOUS, reason=f"not found, and the account answers {control.reason}")


NO_CREDENTIALS = Reply(Answer.AUTH_LOST, reason="no credentials for this account")
"""What every call comes to for an account that we hold no token for."""
