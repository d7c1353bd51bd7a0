"""Mastodon: our own statuses are deleted; another's can only be reported to the people who run its server.

After Mastodon's API documents (methods/statuses, methods/reports, api/rate-limits). The item's id is its id on our own
server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from agents.platforms import answers, capabilities
from agents.platforms.api import NO_CREDENTIALS, Api, Token, told_apart
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

_LONGEST_REPORT = 1000


@dataclass(frozen=True, slots=True)
class MastodonAccount:
    """An account and the address of its server; the token needs the scopes that `docs/platforms.md` names."""

    server: str
    token: Token


class Mastodon:
    """All our accounts on Mastodon servers, by the account id of our register."""

    def __init__(
        self,
        accounts: Mapping[str, MastodonAccount],
        *,
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._accounts = accounts
        self._apis = {
            name: Api(f"{account.server}/api/v1/", now, classify, timeout=timeout) for name, account in accounts.items()
        }

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """See the table."""
        return capabilities.of("mastodon", kind, is_own=is_own)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; a reading that finds nothing asks whether the token is still good."""
        account = self._accounts.get(subject.account_id)
        if account is None:
            return NO_CREDENTIALS
        api, status = self._apis[subject.account_id], f"statuses/{quote(subject.object_id, safe='')}"
        if action is Action.DELETE:
            return api.call(action, account.token, "DELETE", status).reply
        if action is not Action.READ:
            return Reply(Answer.UNSUPPORTED, reason=f"Mastodon offers no {action}")
        called = api.call(action, account.token, "GET", status)
        if called.done:
            return called.seen(Presence.VISIBLE)
        if called.reply.answer is not Answer.ALREADY_GONE:
            return called.reply
        return told_apart(self._control(subject.account_id))

    def report(self, subject: Subject, text: str) -> Reply:
        """Report the status to the people of our server, and of its own: the report names who wrote it."""
        account = self._accounts.get(subject.account_id)
        if account is None:
            return NO_CREDENTIALS
        api = self._apis[subject.account_id]
        status = api.call(Action.READ, account.token, "GET", f"statuses/{quote(subject.object_id, safe='')}")
        writer = status.body.get("account") if status.done and isinstance(status.body, dict) else None
        if not isinstance(writer, dict):
            return status.reply if not status.done else Reply(Answer.PERMANENT, reason="the status names no account")
        told = {
            "account_id": writer.get("id"),
            "status_ids": [subject.object_id],
            "comment": text[:_LONGEST_REPORT],
            "category": "legal",
            "forward": True,
        }
        return api.call(None, account.token, "POST", "reports", json=told).reply

    def check(self) -> Mapping[str, Reply]:
        """Ask who each token is."""
        return {name: self._control(name) for name in self._accounts}

    def close(self) -> None:
        """Let go of the connections."""
        for api in self._apis.values():
            api.close()

    def _control(self, name: str) -> Reply:
        token = self._accounts[name].token
        return self._apis[name].call(Action.READ, token, "GET", "accounts/verify_credentials").reply


def classify(response: httpx.Response, _: Action | None, now: datetime) -> Reply:
    """Read an answer; X-RateLimit-Reset is a moment in ISO 8601."""
    reply = answers.classify(response, now)
    if reply.answer is not Answer.RETRY_AT:
        return reply
    try:
        reset = datetime.fromisoformat(response.headers["x-ratelimit-reset"])
    except (KeyError, ValueError):
        return reply
    return Reply(Answer.RETRY_AT, retry_at=reset if reset.tzinfo else reset.replace(tzinfo=UTC), reason=reply.reason)
