"""A session with a Bluesky server, renewed when it runs out; kept, as logins are limited to 30 in 5 minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import msgspec

from agents.platforms import answers
from agents.platforms.api import UnavailableError
from pipeline.platform import Action, Answer, Reply

_TOKEN_REFUSED = frozenset(
    {
        "AccountDeactivated",
        "AccountTakedown",
        "AuthFactorTokenRequired",
        "AuthMissing",
        "AuthenticationRequired",
        "ExpiredToken",
        "InvalidToken",
    }
)
_NO_SUCH_RECORD = frozenset({"RecordNotFound", "RepoNotFound"})


class _Tokens(msgspec.Struct, frozen=True):
    did: str
    accessJwt: str  # noqa: N815 - the lexicon's name
    refreshJwt: str  # noqa: N815 - the lexicon's name

    def __repr__(self) -> str:
        return "<_Tokens>"


class _Failure(msgspec.Struct, frozen=True):
    error: str


class Session:
    """The token of one account; safe to use from several threads, which then share one login."""

    def __init__(
        self,
        service: str,
        identifier: str,
        password: str,
        now: Callable[[], datetime],
        *,
        timeout: httpx.Timeout = answers.TIMEOUT,
    ) -> None:
        self._client = answers.client(timeout, f"{service}/xrpc/")
        self._login = {"identifier": identifier, "password": password}
        self._now = now
        self._lock = threading.Lock()
        self._tokens: _Tokens | None = None

    def current(self) -> str:
        """Return the access token, logging in if there is none; raises UnavailableError."""
        return self._current().accessJwt

    def did(self) -> str:
        """Return who we are; raises UnavailableError."""
        return self._current().did

    def renew(self, refused: str) -> bool:
        """Refresh a refused session, or log in anew if that is refused, too; raises UnavailableError."""
        with self._lock:
            if self._tokens is None or self._tokens.accessJwt != refused:
                return True
            refresh, self._tokens = self._tokens.refreshJwt, None
            try:
                self._tokens = self._ask("refreshSession", headers={"Authorization": f"Bearer {refresh}"})
            except UnavailableError as error:
                if error.reply.answer is not Answer.AUTH_LOST:
                    raise
                self._tokens = self._ask("createSession", json=self._login)
            return True

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _current(self) -> _Tokens:
        with self._lock:
            self._tokens = self._tokens or self._ask("createSession", json=self._login)
            return self._tokens

    def _ask(self, method: str, **parts: object) -> _Tokens:
        request = self._client.build_request("POST", f"com.atproto.server.{method}", **parts)  # type: ignore[arg-type]  # httpx's own keywords
        response = answers.send(self._client, request, Action.READ)
        if isinstance(response, Reply):
            raise UnavailableError(response)
        reply = classify(response, Action.READ, self._now())
        if reply.answer is not Answer.DONE:
            lost = reply.answer in {Answer.PERMANENT, Answer.NOT_PERMITTED}
            raise UnavailableError(Reply(Answer.AUTH_LOST, reason=reply.reason) if lost else _nothing_done(reply))
        return msgspec.json.decode(response.content, type=_Tokens)


def _nothing_done(reply: Reply) -> Reply:
    """A login in doubt is no deed in doubt."""
    return reply if reply.answer is Answer.AUTH_LOST else Reply(Answer.RETRY_AT, None, reply.retry_at, reply.reason)


def classify(response: httpx.Response, _: Action | None, now: datetime) -> Reply:
    """Read an XRPC answer: the error's name, and `ratelimit-reset` (Unix seconds) when there were too many."""
    if response.is_success:
        return Reply(Answer.DONE)
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return Reply(
            Answer.RETRY_AT, retry_at=_reset(response) or _by_status(response, now).retry_at, reason="HTTP 429"
        )
    name = _name(response)
    if name in _TOKEN_REFUSED:
        return Reply(Answer.AUTH_LOST, reason=name)
    if name in _NO_SUCH_RECORD:
        return Reply(Answer.ALREADY_GONE, reason=name)
    return Reply(_by_status(response, now).answer, reason=name or f"HTTP {response.status_code}")


def _by_status(response: httpx.Response, now: datetime) -> Reply:
    return answers.classify(response, now)


def _name(response: httpx.Response) -> str | None:
    try:
        return msgspec.json.decode(response.content, type=_Failure).error
    except msgspec.DecodeError:
        return None


def _reset(response: httpx.Response) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(response.headers["ratelimit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError):
        return None
