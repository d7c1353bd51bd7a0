"""What the adapter makes of each fault that the simulator can show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from agents.platforms.http import SimulatorPlatform
from agents.platforms.simulated import Action as Asked
from agents.platforms.simulated import Fault, FaultKind, Item, Visibility
from agents.platforms.simulator import SimulatorServer, running
from deploy.local.ports import free_port
from pipeline.platform import Action, Answer, Presence, Reply
from tests.orders import T0, a_subject

COMMENT = a_subject("1")


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    with running() as server:
        server.platform.seed(Item("1", COMMENT.account_id))
        yield server


@pytest.fixture
def adapter(server: SimulatorServer) -> Iterator[SimulatorPlatform]:
    adapter = SimulatorPlatform(server.url, server.token, timeout=httpx.Timeout(0.3), now=lambda: T0)
    yield adapter
    adapter.close()


HIDE, READ = Action.HIDE, Action.READ
FAULTS: dict[tuple[FaultKind, Action], tuple[Reply, Visibility]] = {
    (FaultKind.TOO_MANY, HIDE): (
        Reply(Answer.RETRY_AT, retry_at=T0 + timedelta(seconds=7), reason="HTTP 429"),
        Visibility.VISIBLE,
    ),
    (FaultKind.BROKEN, HIDE): (Reply(Answer.AMBIGUOUS, reason="HTTP 500"), Visibility.VISIBLE),
    (FaultKind.UNAVAILABLE, HIDE): (Reply(Answer.AMBIGUOUS, reason="HTTP 503"), Visibility.VISIBLE),
    (FaultKind.SLOW, HIDE): (Reply(Answer.AMBIGUOUS, reason="ReadTimeout"), Visibility.HIDDEN),
    (FaultKind.TIMEOUT_AFTER_SUCCESS, HIDE): (Reply(Answer.AMBIGUOUS, reason="ReadTimeout"), Visibility.HIDDEN),
    (FaultKind.TRICKLE, HIDE): (Reply(Answer.AMBIGUOUS, reason="ReadTimeout"), Visibility.HIDDEN),
    (FaultKind.CUT, HIDE): (Reply(Answer.AMBIGUOUS, reason="RemoteProtocolError"), Visibility.VISIBLE),
    (FaultKind.LIE, HIDE): (Reply(Answer.DONE), Visibility.VISIBLE),
    (FaultKind.AUTH_LOST, HIDE): (Reply(Answer.AUTH_LOST, reason="HTTP 401"), Visibility.VISIBLE),
    (FaultKind.FORBIDDEN, HIDE): (Reply(Answer.NOT_PERMITTED, reason="HTTP 403"), Visibility.VISIBLE),
    (FaultKind.NOT_FOUND, HIDE): (Reply(Answer.ALREADY_GONE, reason="HTTP 404"), Visibility.VISIBLE),
    (FaultKind.UNSUPPORTED, HIDE): (Reply(Answer.UNSUPPORTED, reason="HTTP 405"), Visibility.VISIBLE),
    (FaultKind.BROKEN, READ): (Reply(Answer.AMBIGUOUS, reason="HTTP 500"), Visibility.VISIBLE),
    (FaultKind.SLOW, READ): (Reply(Answer.RETRY_AT, reason="ReadTimeout"), Visibility.VISIBLE),
    (FaultKind.TRICKLE, READ): (Reply(Answer.RETRY_AT, reason="ReadTimeout"), Visibility.VISIBLE),
    (FaultKind.CUT, READ): (Reply(Answer.RETRY_AT, reason="RemoteProtocolError"), Visibility.VISIBLE),
    (FaultKind.AUTH_LOST, READ): (Reply(Answer.AUTH_LOST, reason="HTTP 401"), Visibility.VISIBLE),
}


@pytest.mark.parametrize(("kind", "action"), FAULTS.keys(), ids=[f"{k} {a}" for k, a in FAULTS])
def test_a_fault_gets_its_answer(
    server: SimulatorServer, adapter: SimulatorPlatform, kind: FaultKind, action: Action
) -> None:
    seconds = {FaultKind.TOO_MANY: 7.0, FaultKind.TRICKLE: 0.05}.get(kind, 0.6)
    server.platform.plan([Fault(kind, action=Asked(action), seconds=seconds)])
    reply, state = FAULTS[kind, action]
    assert adapter.perform(action, COMMENT) == reply
    assert server.platform.state("1") is state


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (FaultKind.FORBIDDEN, Answer.AUTH_LOST),
        (FaultKind.NOT_FOUND, Answer.AMBIGUOUS),
        (FaultKind.AUTH_LOST, Answer.AUTH_LOST),
        (FaultKind.BROKEN, Answer.AMBIGUOUS),
        (FaultKind.TOO_MANY, Answer.RETRY_AT),
    ],
)
def test_not_found_without_rights_is_not_gone(
    server: SimulatorServer, adapter: SimulatorPlatform, kind: FaultKind, answer: Answer
) -> None:
    server.platform.plan([Fault(FaultKind.NOT_FOUND, action=Asked.READ), Fault(kind, action=Asked.ACCOUNT)])
    reply = adapter.perform(READ, COMMENT)
    assert (reply.answer, reply.presence) == (answer, None)


def test_not_found_with_rights_is_gone(server: SimulatorServer, adapter: SimulatorPlatform) -> None:
    server.platform.remove_as_author("1")
    assert adapter.perform(READ, COMMENT) == Reply(Answer.ALREADY_GONE, Presence.GONE)


def test_nobody_there_did_nothing() -> None:
    adapter = SimulatorPlatform(f"http://127.0.0.1:{free_port()}", "x", timeout=httpx.Timeout(0.3))
    assert adapter.perform(HIDE, COMMENT) == Reply(Answer.RETRY_AT, reason="ConnectError")
    adapter.close()


def test_a_wrong_token_is_lost_credentials(server: SimulatorServer) -> None:
    adapter = SimulatorPlatform(server.url, "wrong", timeout=httpx.Timeout(1.0))
    assert adapter.perform(HIDE, COMMENT).answer is Answer.AUTH_LOST
    adapter.close()
