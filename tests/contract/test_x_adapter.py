"""What X's answers mean: problems come with 200, and under two addresses."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import httpx
import pytest

from agents.platforms.api import Fixed
from agents.platforms.simulated import Action as Asked
from agents.platforms.simulated import Item
from agents.platforms.x import X, classify
from pipeline.platform import Action, Answer, Reply
from tests.orders import T0
from tests.peers import loopback
from tests.peers.adapters import ACCOUNT, KINDS, on_loopback
from tests.peers.dialects import XDialect
from tests.peers.loopback import TOKEN, speaking


def problem(status: int, kind: str) -> httpx.Response:
    return httpx.Response(status, json={"errors": [{"type": kind, "title": "words", "detail": "more words"}]})


def limited(reset: str) -> httpx.Response:
    return httpx.Response(429, json={"title": "Too Many Requests"}, headers={"x-rate-limit-reset": reset})


SOON = T0 + timedelta(minutes=15)
NOT_FOUND = Reply(Answer.ALREADY_GONE, reason="resource-not-found")
ANSWERS = {
    "not found, by the old address": (problem(200, "https://api.twitter.com/2/problems/resource-not-found"), NOT_FOUND),
    "not found, by the new address": (problem(200, "https://api.x.com/2/problems/resource-not-found"), NOT_FOUND),
    "not authorised": (
        problem(200, "https://api.x.com/2/problems/not-authorized-for-resource"),
        Reply(Answer.NOT_PERMITTED, reason="not-authorized-for-resource"),
    ),
    "another problem is no success": (
        problem(200, "https://api.x.com/2/problems/resource-unavailable"),
        Reply(Answer.AMBIGUOUS, reason="errors and no data"),
    ),
    "another problem, with its status": (
        problem(403, "https://api.x.com/2/problems/client-forbidden"),
        Reply(Answer.NOT_PERMITTED, reason="HTTP 403"),
    ),
    "some data and some errors": (
        httpx.Response(200, json={"data": {"id": "1"}, "errors": [{"type": "about:blank"}]}),
        Reply(Answer.DONE),
    ),
    "too many": (
        limited(str(int(SOON.timestamp()))),
        Reply(Answer.RETRY_AT, retry_at=SOON, reason="HTTP 429"),
    ),
    "too many, and rubbish": (limited("soon"), Reply(Answer.RETRY_AT, reason="HTTP 429")),
}


@pytest.mark.parametrize(("response", "reply"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_is_read(response: httpx.Response, reply: Reply) -> None:
    assert classify(response, Action.READ, T0) == reply


def test_we_send_what_xs_own_client_sends() -> None:
    """X generates it from its OpenAPI description, and it reads the simulator's answers by the same."""
    xdk = pytest.importorskip("xdk", reason="did not run: our calls beside those of X's own client (pip install xdk)")
    own, other = KINDS["x"].own, KINDS["x"].other
    with on_loopback("x") as peer:
        for action, subject in ((Action.HIDE, other), (Action.UNHIDE, other), (Action.READ, own), (Action.DELETE, own)):
            assert peer.adapter.perform(action, subject).answer is Answer.DONE
        peer.adapter.check()
        ours = [(each.method, each.path, each.fields) for each in peer.server.requests]
    with speaking(XDialect()) as server:
        for subject in (own, other):
            server.platform.seed(Item(subject.object_id, ACCOUNT))
        theirs = xdk.Client(base_url=server.url, access_token=TOKEN)
        with closing(theirs.session):
            for hidden in (True, False):
                body = xdk.posts.models.HideReplyRequest(hidden=hidden)
                assert theirs.posts.hide_reply(other.object_id, body).data.hidden is hidden
            assert theirs.posts.get_by_id(own.object_id).data.id == own.object_id
            assert theirs.posts.delete(own.object_id).data.deleted is True
            assert theirs.users.get_me().data.id
        assert ours == [(each.method, each.path, each.fields) for each in server.requests]


class SaysLittle(XDialect):
    """Answers every deed with 200 and nothing in particular."""

    def success(self, action: Asked, item: Item | None) -> loopback.Answer:
        del action, item
        return loopback.Answer(200, {"data": {}})


@pytest.mark.parametrize("action", [Action.HIDE, Action.UNHIDE, Action.DELETE])
def test_a_yes_that_does_not_say_what_was_done_is_in_doubt(action: Action) -> None:
    subject = KINDS["x"].own
    with speaking(SaysLittle()) as server, closing(X({ACCOUNT: Fixed(TOKEN)}, base_url=server.url)) as adapter:
        server.platform.seed(Item(subject.object_id, ACCOUNT))
        assert adapter.perform(action, subject).answer is Answer.AMBIGUOUS
