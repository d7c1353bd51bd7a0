"""What YouTube's answers mean, and that we send only what Google's discovery document knows."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from agents.platforms.api import Fixed
from agents.platforms.simulated import Item
from agents.platforms.youtube import Channel, YouTube, classify, next_quota
from pipeline.event import ObjectKind
from pipeline.platform import Action, Answer, Reply
from tests.orders import T0
from tests.peers.adapters import KINDS, TIMEOUT, on_loopback
from tests.peers.dialects import YouTubeDialect
from tests.peers.loopback import TOKEN, Request, speaking

OTHER, OWN = KINDS["youtube"].other, KINDS["youtube"].own
VIDEO = msgspec.structs.replace(OWN, object_kind=ObjectKind.POST)
METHODS = {
    ("GET", "comments"): ("comments", "list"),
    ("GET", "videos"): ("videos", "list"),
    ("GET", "channels"): ("channels", "list"),
    ("DELETE", "comments"): ("comments", "delete"),
    ("DELETE", "videos"): ("videos", "delete"),
    ("POST", "comments/setModerationStatus"): ("comments", "setModerationStatus"),
}


def test_every_request_stands_in_googles_discovery_document() -> None:
    document = _discovery()
    with on_loopback("youtube") as peer:
        for action in Action:
            peer.adapter.perform(action, OTHER)
        for action in (Action.READ, Action.DELETE, Action.READ):
            peer.adapter.perform(action, OWN)
        for action in (Action.READ, Action.DELETE):
            peer.adapter.perform(action, VIDEO)
        seen = {_checked(request, document) for request in peer.server.requests}
    assert seen == set(METHODS.values())


def _checked(request: Request, document: dict[str, Any]) -> tuple[str, str]:
    """The method of the document that this request is; every parameter must be known to it, and every enum kept."""
    path = request.path.removeprefix(f"/{document['servicePath']}youtube/v3/")
    resource, name = METHODS[request.method, path]
    method = document["resources"][resource]["methods"][name]
    assert (method["httpMethod"], method["path"]) == (request.method, f"youtube/v3/{path}")
    known = method["parameters"]
    assert set(request.fields) <= set(known)
    assert {field for field, about in known.items() if about.get("required")} <= set(request.fields)
    for field, value in request.fields.items():
        assert value in known[field].get("enum", [value])
    return resource, name


def _discovery() -> dict[str, Any]:
    client = pytest.importorskip(
        "googleapiclient.discovery_cache",
        reason="did not run: our calls against Google's discovery document (pip install google-api-python-client)",
    )
    path = Path(client.DISCOVERY_DOC_DIR) / "youtube.v3.json"
    document: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    return document


def failure(status: int, reason: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": status, "errors": [{"reason": reason, "domain": "x"}]}})


ANSWERS = {
    "deleted": (httpx.Response(204), Reply(Answer.DONE)),
    "quota": (
        failure(403, "quotaExceeded"),
        Reply(Answer.RETRY_AT, retry_at=datetime(2026, 11, 24, 8, tzinfo=UTC), reason="quotaExceeded"),
    ),
    "not found": (failure(404, "commentNotFound"), Reply(Answer.ALREADY_GONE, reason="commentNotFound")),
    "forbidden": (failure(403, "forbidden"), Reply(Answer.NOT_PERMITTED, reason="forbidden")),
    "processing failure": (failure(400, "processingFailure"), Reply(Answer.PERMANENT, reason="processingFailure")),
    "expired": (failure(401, "authError"), Reply(Answer.AUTH_LOST, reason="authError")),
    "backend": (failure(503, "backendError"), Reply(Answer.AMBIGUOUS, reason="backendError")),
    "not JSON": (httpx.Response(502, text="x"), Reply(Answer.AMBIGUOUS, reason="HTTP 502")),
}


@pytest.mark.parametrize(("response", "reply"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_is_read(response: httpx.Response, reply: Reply) -> None:
    assert classify(response, Action.DELETE, T0) == reply


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "quota"),
    [
        pytest.param(at(23, 7, 59), at(23, 8), id="before midnight in California"),
        pytest.param(at(23, 8), at(24, 8), id="at it"),
        pytest.param(at(30, 12), datetime(2026, 12, 1, 8, tzinfo=UTC), id="over a month's end"),
    ],
)
def test_the_quota_comes_back_at_midnight_in_california(now: datetime, quota: datetime) -> None:
    assert next_quota(now) == quota


def test_a_token_of_another_channel_cannot_tell_gone() -> None:
    with speaking(YouTubeDialect()) as server:
        server.platform.seed(Item("another", OTHER.account_id))
        channels = {OTHER.account_id: Channel("UC-another", Fixed(TOKEN))}
        with closing(YouTube(channels, base_url=server.url, timeout=TIMEOUT)) as adapter:
            reply = adapter.perform(Action.READ, OTHER)
    assert reply == Reply(Answer.AUTH_LOST, reason="the token is not the channel's")
