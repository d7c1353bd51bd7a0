"""The Mastodon adapter on `mastodon-mock`: another author's mock of Mastodon, no more proof than that."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from agents.platforms.api import Fixed
from agents.platforms.mastodon import Mastodon, MastodonAccount
from deploy.local.ports import free_port
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Presence, Reply
from tests.orders import a_subject

DELETE, READ = Action.DELETE, Action.READ
TOKEN = "mock_token"


class Mock:
    """The running mock."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=f"{url}/api/v1/", headers={"Authorization": f"Bearer {TOKEN}"})

    def write(self, text: str) -> Subject:
        made = self._client.post("statuses", data={"status": text})
        assert made.is_success, made.text
        return a_subject(str(made.json()["id"]), platform="mastodon", own=True)

    def fail_next(self, kind: str, **about: int) -> None:
        """Let the next call meet this fault of the mock's."""
        fault = {"match": {}, "effect": {"type": kind} | about, "count": 1}
        assert self._client.post("_mock/faults", json=fault).is_success

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    command = shutil.which("mastodon_mock", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("did not run: the Mastodon adapter on a mock (pip install mastodon-mock)")
    url = f"http://127.0.0.1:{(port := free_port())}"
    arguments = [command, "serve", "--in-memory", "--port", str(port)]
    with (
        (tmp_path_factory.mktemp("mock") / "log").open("wb") as log,
        subprocess.Popen(arguments, stdout=log, stderr=log) as process,
    ):
        try:
            _await_ready(url)
            with closing(Mock(url)) as mock:
                yield mock
        finally:
            process.kill()


def _await_ready(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/api/v1/instance", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the mock did not come up")


@pytest.fixture
def adapter(mock: Mock) -> Iterator[Mastodon]:
    with closing(Mastodon({"eslovskommun": MastodonAccount(mock.url, Fixed(TOKEN))})) as adapter:
        yield adapter


def test_our_own_status_is_deleted_and_seen_to_be_gone(mock: Mock, adapter: Mastodon) -> None:
    status = mock.write("Välkommen")
    assert adapter.perform(READ, status) == Reply(Answer.DONE, Presence.VISIBLE)
    assert adapter.perform(DELETE, status) == Reply(Answer.DONE)
    assert adapter.perform(READ, status) == Reply(Answer.ALREADY_GONE, Presence.GONE)
    assert adapter.perform(DELETE, status) == Reply(Answer.ALREADY_GONE, reason="HTTP 404")


def test_too_many_requests_are_told_with_their_end(mock: Mock, adapter: Mastodon) -> None:
    status = mock.write("Kvar")
    mock.fail_next("ratelimit")
    reply = adapter.perform(DELETE, status)
    assert (reply.answer, reply.reason) == (Answer.RETRY_AT, "HTTP 429")
    assert reply.retry_at is not None
    assert timedelta(0) < reply.retry_at - datetime.now(UTC) <= timedelta(minutes=6)
    assert adapter.perform(READ, status).presence is Presence.VISIBLE


@pytest.mark.parametrize(
    ("fault", "about", "there"),
    [
        pytest.param("status", {"status": 503}, Presence.VISIBLE, id="503"),
        pytest.param("status", {"status": 500}, Presence.VISIBLE, id="500"),
        pytest.param("malformed", {}, Presence.VISIBLE, id="an answer that is no JSON"),
        pytest.param("latency", {"delay_ms": 1500}, Presence.GONE, id="a time-out before the deed is done"),
    ],
)
def test_a_deletion_in_doubt_is_told_by_reading(mock: Mock, fault: str, about: dict[str, int], there: Presence) -> None:
    status, account = mock.write("Kvar?"), MastodonAccount(mock.url, Fixed(TOKEN))
    with closing(Mastodon({"eslovskommun": account}, timeout=httpx.Timeout(1.0))) as adapter:
        mock.fail_next(fault, **about)
        assert adapter.perform(DELETE, status).answer is Answer.AMBIGUOUS
        until = time.monotonic() + 10
        while (found := adapter.perform(READ, status).presence) is not there:
            assert time.monotonic() < until, found
            time.sleep(0.1)


def test_anothers_status_is_reported(mock: Mock, adapter: Mastodon) -> None:
    """The mock takes a report of any status, ours as well; nobody else writes on it."""
    status = mock.write("Kvar")
    assert adapter.report(status, "A Swedish public authority asks you to look at this.") == Reply(Answer.DONE)
    assert adapter.report(msgspec.structs.replace(status, object_id="0"), "x").answer is Answer.ALREADY_GONE


def test_an_unknown_token_is_lost_credentials(mock: Mock) -> None:
    status = mock.write("Kvar")
    with closing(Mastodon({"eslovskommun": MastodonAccount(mock.url, Fixed("another"))})) as adapter:
        assert adapter.perform(DELETE, status).answer is Answer.AUTH_LOST


def test_an_id_with_a_slash_leads_nowhere_else(mock: Mock, adapter: Mastodon) -> None:
    status = mock.write("Kvar")
    strange = msgspec.structs.replace(status, object_id=f"../statuses/{status.object_id}")
    assert adapter.perform(DELETE, strange).answer is not Answer.DONE
    assert adapter.perform(READ, status).presence is Presence.VISIBLE
