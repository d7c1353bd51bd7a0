"""A bearer token that is refreshed when it runs out (RFC 6749, section 6), or when a file is written anew."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import msgspec

from agents.platforms import answers
from agents.platforms.api import UnavailableError
from pipeline.platform import Action, Answer, Reply


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A token kept in a file by somebody else; a new one is taken up without a restart."""

    path: Path

    def current(self) -> str:
        """Return what the file holds now; raises UnavailableError."""
        try:
            token = self.path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise UnavailableError(Reply(Answer.AUTH_LOST, reason=f"token file: {error.strerror}")) from None
        if not token:
            raise UnavailableError(Reply(Answer.AUTH_LOST, reason="token file: empty"))
        return token

    def renew(self, refused: str) -> bool:
        """Whether somebody has written another."""
        return self.current() != refused


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the authorisation server; a public client has no secret."""

    token_url: str
    id: str
    secret: str | None = field(default=None, repr=False)


class _Granted(msgspec.Struct, frozen=True):
    access_token: str
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "<_Granted>"


class Refreshed:
    """Access tokens got with a refresh token that is kept in a file.

    Where the server gives a new refresh token with each access token (X does), the file is replaced before the access
    token is used: the old one is worth nothing from then on.
    """

    def __init__(
        self,
        client: Client,
        refresh_file: Path,
        now: Callable[[], datetime],
        *,
        timeout: httpx.Timeout = answers.TIMEOUT,
    ) -> None:
        self._client = client
        self._file = refresh_file
        self._now = now
        self._timeout = timeout
        self._lock = threading.Lock()
        self._access: str | None = None

    def current(self) -> str:
        """Return the access token, getting one if there is none; raises UnavailableError."""
        with self._lock:
            self._access = self._access or self._granted()
            return self._access

    def renew(self, refused: str) -> bool:
        """Get another, unless another thread has; raises UnavailableError."""
        with self._lock:
            if self._access == refused:
                self._access = None
                self._access = self._granted()
            return True

    def _granted(self) -> str:
        # Processes that share the file take turns: a refresh token that changes is good for one of them only.
        with _alone_with(self._file):
            return self._asked()

    def _asked(self) -> str:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": TokenFile(self._file).current(),
            "client_id": self._client.id,
        }
        if self._client.secret is not None:
            form["client_secret"] = self._client.secret
        with answers.client(self._timeout) as http:
            response = answers.send(http, http.build_request("POST", self._client.token_url, data=form), Action.READ)
        if isinstance(response, Reply):
            raise UnavailableError(response)
        if not response.is_success:
            raise UnavailableError(_refused(response, self._now()))
        try:
            granted = msgspec.json.decode(response.content, type=_Granted)
        except msgspec.DecodeError:
            raise UnavailableError(Reply(Answer.RETRY_AT, reason="the token answer is not JSON")) from None
        if granted.refresh_token:
            self._keep(granted.refresh_token)
        return granted.access_token

    def _keep(self, refresh_token: str) -> None:
        new = self._file.with_name(f"{self._file.name}.new")
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(refresh_token)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._file)
        except OSError as error:
            raise UnavailableError(Reply(Answer.AUTH_LOST, reason=f"refresh token file: {error.strerror}")) from None


@contextmanager
def _alone_with(file: Path) -> Iterator[None]:
    """Hold a lock beside the file, which the kernel opens however we end."""
    try:
        handle = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        # In a folder that we may not write to stands a token that does not change: there is nothing to take turns for.
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refused(response: httpx.Response, now: datetime) -> Reply:
    """A 4xx is an answer about our credentials, but for too many requests; no deed is in doubt."""
    reply = answers.classify(response, now)
    if response.is_client_error and reply.answer is not Answer.RETRY_AT:
        return Reply(Answer.AUTH_LOST, reason=f"token refused with HTTP {response.status_code}")
    return Reply(Answer.RETRY_AT, None, reply.retry_at, reply.reason)
