"""Tokens that are refreshed: against a small authorisation server on this machine (RFC 6749, section 6)."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest

from agents.platforms.api import UnavailableError
from agents.platforms.oauth import Client, Refreshed, TokenFile
from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving
from pipeline.platform import Answer, Reply
from tests.orders import T0


class AuthorisationServer(LoopbackServer):
    """Gives out access tokens 1, 2, 3 ...; when `rotates`, a refresh token is worth one of them."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.rotates = False
        self.good = "refresh0"
        self.given = 0
        self.asked: list[dict[str, str]] = []
        self.status = 200


class _Handler(LoopbackHandler):
    server: AuthorisationServer

    def do_POST(self) -> None:
        form = {k: v[0] for k, v in parse_qs(self.body().decode()).items()}
        server = self.server
        server.asked.append(form)
        right = form["grant_type"] == "refresh_token" and form["refresh_token"] == server.good
        status = server.status if server.status != 200 else 200 if right else 400
        body: dict[str, object] = {"error": "invalid_grant"}
        if status == 200:
            server.given += 1
            body = {"access_token": f"access{server.given}", "token_type": "bearer", "expires_in": 7200}
            if server.rotates:
                server.good = f"refresh{server.given}"
                body["refresh_token"] = server.good
        self.answer(status, msgspec.json.encode(body))


@pytest.fixture
def server() -> Iterator[AuthorisationServer]:
    with serving(AuthorisationServer()) as server:
        yield server


@pytest.fixture
def refresh_file(tmp_path: Path) -> Path:
    path = tmp_path / "refresh"
    path.write_text("refresh0\n", encoding="utf-8")
    return path


@pytest.fixture
def token(server: AuthorisationServer, refresh_file: Path) -> Refreshed:
    client = Client(f"{server.url}/token", "me", "secret")
    return Refreshed(client, refresh_file, lambda: T0, timeout=httpx.Timeout(2.0))


def test_one_access_token_is_asked_for_and_kept(server: AuthorisationServer, token: Refreshed) -> None:
    assert [token.current(), token.current()] == ["access1", "access1"]
    assert server.asked == [
        {"grant_type": "refresh_token", "refresh_token": "refresh0", "client_id": "me", "client_secret": "secret"}
    ]


def test_a_refused_token_is_renewed_once_for_all_threads(server: AuthorisationServer, token: Refreshed) -> None:
    refused = token.current()
    assert token.renew(refused) is True
    assert token.renew(refused) is True, "another thread has"
    assert token.current() == "access2"
    assert server.given == 2


def test_a_refresh_token_that_changes_is_kept_before_it_is_needed(
    server: AuthorisationServer, token: Refreshed, refresh_file: Path
) -> None:
    server.rotates = True
    refused = token.current()
    assert refresh_file.read_text(encoding="utf-8") == "refresh1"
    assert stat.S_IMODE(refresh_file.stat().st_mode) == 0o600
    token.renew(refused)
    assert (token.current(), refresh_file.read_text(encoding="utf-8")) == ("access2", "refresh2")


def test_processes_that_share_a_refresh_token_take_turns(server: AuthorisationServer, refresh_file: Path) -> None:
    server.rotates = True
    client = Client(f"{server.url}/token", "me")
    tokens = [Refreshed(client, refresh_file, lambda: T0, timeout=httpx.Timeout(5.0)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        given = sorted(pool.map(lambda each: each.current(), tokens))
    assert given == [f"access{number}" for number in range(1, 9)]
    assert refresh_file.read_text(encoding="utf-8") == "refresh8"


def test_a_refresh_token_in_a_folder_that_cannot_be_written_to_is_used(token: Refreshed, refresh_file: Path) -> None:
    (refresh_file.parent / "refresh.lock").mkdir()
    assert token.current() == "access1"


@pytest.mark.parametrize(
    ("status", "answer"),
    [(400, Answer.AUTH_LOST), (401, Answer.AUTH_LOST), (500, Answer.RETRY_AT), (429, Answer.RETRY_AT)],
)
def test_a_server_that_refuses_or_fails(
    server: AuthorisationServer, token: Refreshed, status: int, answer: Answer
) -> None:
    server.status = status
    with pytest.raises(UnavailableError) as caught:
        token.current()
    assert caught.value.reply.answer is answer
    server.status = 200
    assert token.current() == "access1"


def test_a_token_file_that_is_written_anew_is_taken_up(tmp_path: Path) -> None:
    token = TokenFile(tmp_path / "token")
    with pytest.raises(UnavailableError) as caught:
        token.current()
    assert caught.value.reply == Reply(Answer.AUTH_LOST, reason="token file: No such file or directory")
    token.path.write_text("first\n", encoding="utf-8")
    assert (token.current(), token.renew("first")) == ("first", False)
    token.path.write_text("second\n", encoding="utf-8")
    assert (token.renew("first"), token.current()) == (True, "second")
