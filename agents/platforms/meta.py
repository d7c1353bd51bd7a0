"""Facebook pages and Instagram, both on Meta's Graph API v26.0.

Parameters and fields are those of Meta's published specification (`Comment`, `IGComment`, `PagePost`). A comment that
is hidden on Facebook is still seen by its author and the author's friends; the platform offers nothing stronger that
can be undone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from agents.platforms import answers, capabilities
from agents.platforms.api import NO_CREDENTIALS, Api, Token, UnavailableError, told_apart
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

VERSION = "v26.0"

_TOKEN_INVALID = frozenset({102, 190, 463, 467})
_RATE_LIMITED = frozenset({4, 17, 32, 341, 613, *range(80000, 80010)})
_IN_DOUBT = frozenset({1, 2})
_BLOCKED_FOR_NOW = 368
_NO_SUCH_OBJECT = frozenset({(100, 33), (803, None)})
_NO_PERMISSION = frozenset({3, 10, *range(200, 300)})
# Meta says how busy we are in percent, and blocks at 100: slow down before that.
_BUSY_PERCENT, _BUSY_PAUSE = 85, timedelta(minutes=2)
_FULL_PERCENT, _FULL_PAUSE = 95, timedelta(minutes=10)
_BLOCK_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which the two products differ."""

    platform: str
    hide_parameter: str
    hidden_field: str
    control_edge: str
    longest_message: int


FACEBOOK = Dialect("facebook", "is_hidden", "is_hidden", "feed", 2000)
INSTAGRAM = Dialect("instagram", "hide", "hidden", "media", 1000)


@dataclass(frozen=True, slots=True)
class MetaAccount:
    """A page or an Instagram professional account: its id, its token, and the app's secret if it is to sign calls."""

    id: str
    token: Token
    app_secret: str | None = field(default=None, repr=False)


class Meta:
    """One of the two products; `accounts` by the account id of our register."""

    def __init__(
        self,
        dialect: Dialect,
        accounts: Mapping[str, MetaAccount],
        *,
        base_url: str = "https://graph.facebook.com",
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._dialect = dialect
        self._accounts = accounts
        self._api = Api(f"{base_url}/{VERSION}/", now, classify, timeout=timeout)

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """See the table."""
        return capabilities.of(self._dialect.platform, kind, is_own=is_own)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; a reading that finds nothing asks for the account's own list, which needs the same rights."""
        account = self._accounts.get(subject.account_id)
        if account is None:
            return NO_CREDENTIALS
        try:
            proof = _proof(account)
        except UnavailableError as error:
            return error.reply
        item, call = quote(subject.object_id, safe=""), self._api.call
        match action:
            case Action.DELETE:
                return call(action, account.token, "DELETE", item, params=proof).reply
            case Action.HIDE | Action.UNHIDE:
                wanted = {self._dialect.hide_parameter: "true" if action is Action.HIDE else "false"}
                return call(action, account.token, "POST", item, data=wanted | proof).reply
            case Action.READ:
                return self._read(item, account, proof)

    def notify(self, subject: Subject, text: str) -> Reply:
        """Send a private reply: one for each comment or post, within seven days, for as long as it is there."""
        account = self._accounts.get(subject.account_id)
        if account is None:
            return NO_CREDENTIALS
        if len(text.encode()) > self._dialect.longest_message:
            return Reply(Answer.PERMANENT, reason=f"the notice is over {self._dialect.longest_message} bytes")
        try:
            proof = _proof(account)
        except UnavailableError as error:
            return error.reply
        about = "post_id" if subject.object_kind is ObjectKind.POST else "comment_id"
        message = {"recipient": {about: subject.object_id}, "message": {"text": text}}
        return self._api.call(None, account.token, "POST", f"{account.id}/messages", json=message | proof).reply

    def check(self) -> Mapping[str, Reply]:
        """Ask for each account's own list, which needs the right to read it."""
        return {name: self._control(account) for name, account in self._accounts.items()}

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _read(self, item: str, account: MetaAccount, proof: dict[str, str]) -> Reply:
        fields = {"fields": f"id,{self._dialect.hidden_field}"}
        called = self._api.call(Action.READ, account.token, "GET", item, params=fields | proof)
        if called.done:
            hidden = isinstance(called.body, dict) and called.body.get(self._dialect.hidden_field) is True
            return called.seen(Presence.HIDDEN if hidden else Presence.VISIBLE)
        if called.reply.answer is not Answer.ALREADY_GONE:
            return called.reply
        return told_apart(self._control(account))

    def _control(self, account: MetaAccount) -> Reply:
        path = f"{account.id}/{self._dialect.control_edge}"
        try:
            one = {"fields": "id", "limit": "1"} | _proof(account)
        except UnavailableError as error:
            return error.reply
        return self._api.call(Action.READ, account.token, "GET", path, params=one).reply


def _proof(account: MetaAccount) -> dict[str, str]:
    """Sign the token with the app's secret, which makes a stolen token useless (Graph API: appsecret_proof)."""
    if account.app_secret is None:
        return {}
    signature = hmac.new(account.app_secret.encode(), account.token.current().encode(), hashlib.sha256)
    return {"appsecret_proof": signature.hexdigest()}


class _Error(msgspec.Struct, frozen=True):
    code: int = 0
    error_subcode: int | None = None
    is_transient: bool = False


class _Failure(msgspec.Struct, frozen=True):
    error: _Error


def classify(response: httpx.Response, action: Action | None, now: datetime) -> Reply:
    """Read Meta's error codes and usage headers; on success, too, as the account may have to slow down."""
    pause = _pause(response.headers, now)
    if response.is_success:
        refused = response.content.replace(b" ", b"") == b'{"success":false}'
        return Reply(Answer.PERMANENT, reason="success: false") if refused else Reply(Answer.DONE, retry_at=pause)
    try:
        error = msgspec.json.decode(response.content, type=_Failure).error
    except msgspec.DecodeError:
        return answers.classify(response, now)
    reason = f"code {error.code}" + (f", subcode {error.error_subcode}" if error.error_subcode else "")
    answer = _answer(error, action)
    if answer is not Answer.RETRY_AT:
        return Reply(answer, reason=reason)
    if error.code == _BLOCKED_FOR_NOW:
        pause = pause or now + _BLOCK_PAUSE
    elif error.code in _RATE_LIMITED:
        pause = pause or now + _FULL_PAUSE
    return Reply(answer, retry_at=pause, reason=reason)


def _answer(error: _Error, action: Action | None) -> Answer:
    if error.code in _TOKEN_INVALID:
        return Answer.AUTH_LOST
    if error.code in _RATE_LIMITED or error.code == _BLOCKED_FOR_NOW:
        return Answer.RETRY_AT
    if error.code in _IN_DOUBT or error.is_transient:
        return Answer.RETRY_AT if action is Action.READ else Answer.AMBIGUOUS
    if (error.code, error.error_subcode) in _NO_SUCH_OBJECT:
        return Answer.ALREADY_GONE
    return Answer.NOT_PERMITTED if error.code in _NO_PERMISSION else Answer.PERMANENT


def _pause(headers: httpx.Headers, now: datetime) -> datetime | None:
    """Until when to leave the account alone, by Meta's usage headers; the wait it names itself is in minutes."""
    usages: list[Any] = [_json(headers.get("x-app-usage"))]
    by_business = _json(headers.get("x-business-use-case-usage"))
    usages += [each for entries in by_business.values() if isinstance(entries, list) for each in entries]
    pauses = [_pause_of(usage) for usage in usages]
    longest = max(pauses, default=timedelta())
    return now + longest if longest else None


def _pause_of(usage: Any) -> timedelta:
    if not isinstance(usage, dict):
        return timedelta()
    minutes = usage.get("estimated_time_to_regain_access")
    if isinstance(minutes, int | float) and minutes > 0:
        return timedelta(minutes=minutes)
    shares = [usage.get(name) for name in ("call_count", "total_cputime", "total_time")]
    busiest = max((share for share in shares if isinstance(share, int | float)), default=0)
    return _FULL_PAUSE if busiest >= _FULL_PERCENT else _BUSY_PAUSE if busiest >= _BUSY_PERCENT else timedelta()


def _json(value: str | None) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(value or "{}")
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
