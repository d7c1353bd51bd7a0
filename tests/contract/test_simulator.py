"""The simulated platform keeps the API it documents, over real HTTP, faults included."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from agents.platforms.simulated import Fault, FaultKind, Item, Visibility
from agents.platforms.simulator import SimulatorServer, running

ITEM = "123_456/æ?#"
PATH = "/v1/items/123_456%2F%C3%A6%3F%23"


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    with running() as server:
        server.platform.seed(Item(ITEM, "eslovskommun"))
        yield server


@pytest.fixture
def client(server: SimulatorServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=5) as client:
        yield client


def test_an_item_is_hidden_shown_again_and_removed(client: httpx.Client, server: SimulatorServer) -> None:
    states = [client.get(PATH).json()["state"]]
    states += [client.post(f"{PATH}/{verb}").json()["state"] for verb in ("hide", "unhide")]
    states.append(client.delete(PATH).json()["state"])
    assert states == ["visible", "hidden", "visible", "removed"]
    assert [call.action for call in server.platform.journal] == ["hide", "unhide", "delete"]
    assert client.get(PATH).status_code == 404
    assert client.delete(PATH).status_code == 404


def test_hiding_twice_is_no_error_and_one_effect(client: httpx.Client, server: SimulatorServer) -> None:
    statuses = [client.post(f"{PATH}/hide").status_code for _ in range(2)]
    assert statuses == [200, 200]
    assert len(server.platform.calls) == 2
    assert len(server.platform.journal) == 1


def test_seeding_needs_the_token_like_everything_else(client: httpx.Client, server: SimulatorServer) -> None:
    seed = {"id": "7", "account": "skola", "can_hide": False}
    assert httpx.post(f"{server.url}/v1/items", json=seed).status_code == 401
    assert client.post("/v1/items", json=seed).status_code == 201
    assert client.post("/v1/items", content=b"[]").status_code == 422
    assert client.post("/v1/items/7/hide").status_code == 405
    assert server.platform.state("7") is Visibility.VISIBLE


def test_an_unknown_route_is_no_item(client: httpx.Client) -> None:
    assert client.post(f"{PATH}/ban").status_code == 404
    assert client.get("/_control/secrets").status_code == 404


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("429", 429),
        ("500", 500),
        ("503", 503),
        ("auth_lost", 401),
        ("forbidden", 403),
        ("not_found", 404),
        ("unsupported", 405),
    ],
)
def test_a_refusal_is_shown_as_often_as_planned_and_changes_nothing(
    client: httpx.Client, server: SimulatorServer, kind: str, status: int
) -> None:
    planned = client.post("/_control/faults", json=[{"kind": kind, "action": "hide", "item": ITEM, "count": 2}])
    assert planned.json() == {"planned": 1}
    assert client.get(PATH).status_code == 200
    assert [client.post(f"{PATH}/hide").status_code for _ in range(3)] == [status, status, 200]
    assert len(server.platform.journal) == 1


def test_too_many_says_when_to_come_back(client: httpx.Client, server: SimulatorServer) -> None:
    server.platform.plan([Fault(FaultKind.TOO_MANY, seconds=3)])
    assert client.post(f"{PATH}/hide").headers["Retry-After"] == "3"


def test_a_lie_says_yes_and_does_nothing(client: httpx.Client, server: SimulatorServer) -> None:
    server.platform.plan([Fault(FaultKind.LIE)])
    assert client.delete(PATH).json()["state"] == "removed"
    assert client.get(PATH).json()["state"] == "visible"
    assert server.platform.journal == ()


def test_a_timeout_after_success_has_done_it(client: httpx.Client, server: SimulatorServer) -> None:
    server.platform.plan([Fault(FaultKind.TIMEOUT_AFTER_SUCCESS, seconds=5)])
    with pytest.raises(httpx.ReadTimeout):
        client.post(f"{PATH}/hide", timeout=0.2)
    assert client.get(PATH).json()["state"] == "hidden"


def test_a_cut_has_done_nothing(client: httpx.Client, server: SimulatorServer) -> None:
    server.platform.plan([Fault(FaultKind.CUT)])
    with pytest.raises(httpx.TransportError):
        client.post(f"{PATH}/hide")
    assert server.platform.journal == ()
    assert client.post(f"{PATH}/hide").status_code == 200


def test_a_slow_answer_comes_late(client: httpx.Client, server: SimulatorServer) -> None:
    server.platform.plan([Fault(FaultKind.SLOW, seconds=0.2)])
    start = time.monotonic()
    assert client.post(f"{PATH}/hide").status_code == 200
    assert time.monotonic() - start >= 0.2


def test_the_account_tells_gone_from_forbidden(client: httpx.Client, server: SimulatorServer) -> None:
    assert client.get("/v1/accounts/eslovskommun").json() == {"id": "eslovskommun", "can_moderate": True}
    server.platform.plan([Fault(FaultKind.FORBIDDEN, account="eslovskommun", count=None)])
    assert client.get("/v1/accounts/eslovskommun").status_code == 403
    assert client.get(PATH).status_code == 403
    client.delete("/_control/faults")
    assert client.get(PATH).status_code == 200


def test_what_the_author_removes_is_journalled_as_theirs(client: httpx.Client) -> None:
    client.delete("/_control/items/123_456%2F%C3%A6%3F%23")
    assert client.get(PATH).status_code == 404
    assert [(call["by"], call["effective"]) for call in client.get("/_control/calls").json()] == [
        ("author", True),
        ("client", False),
    ]
    assert client.get("/_control/items").json()[0]["state"] == "removed"


def test_faults_with_a_typing_error_are_refused(client: httpx.Client) -> None:
    assert client.post("/_control/faults", json=[{"kind": "lye"}]).status_code == 422
    assert client.post("/_control/faults", json=[{"kind": "lie", "itme": "1"}]).status_code == 422


def test_it_runs_as_a_process_and_stops_on_sigterm() -> None:
    command = [sys.executable, "-m", "agents.platforms.simulator"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert httpx.get(f"{url}/_control/ready").status_code == 200
        process.terminate()
        assert process.wait(5) == 0
