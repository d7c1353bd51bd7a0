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
from tests.peers.adapters import ACCOUNT, KINDS
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
