"""What a process says of itself over HTTP."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from agents.health import Health, serve
from pipeline.errors import BadConfiguration
from tests.fakes import FakeClock


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def client(health: Health) -> Iterator[httpx.Client]:
    """A client of a served process that has counted to seven."""
    registry = CollectorRegistry()
    Counter("seven", "counted", registry=registry).inc(7)
    with (
        serve(registry, health, "127.0.0.1", 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def statuses(client: httpx.Client) -> tuple[int, int]:
    return client.get("/healthz").status_code, client.get("/readyz").status_code


def test_a_process_is_alive_before_it_is_ready(client: httpx.Client, health: Health) -> None:
    told = [statuses(client)]
    health.ready()
    told.append(statuses(client))
    health.ready(yes=False)
    told.append(statuses(client))
    assert told == [(200, 503), (200, 200), (200, 503)]


def test_a_process_that_says_no_more_that_it_is_ready_is_not() -> None:
    clock = FakeClock()
    health = Health(clock.monotonic)
    health.ready()
    told = []
    for _ in range(3):
        told.append((health.is_alive, health.is_ready))
        clock.pass_(40)
    assert told == [(True, True), (True, True), (True, False)]
    health.ready()
    assert health.is_ready


def test_a_failed_process_is_neither(client: httpx.Client, health: Health) -> None:
    health.ready()
    health.failed()
    assert statuses(client) == (503, 503)
    assert (health.is_alive, health.is_ready) == (False, False)


def test_metrics_are_prometheus_text(client: httpx.Client) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "seven_total 7.0" in answer.text


def test_other_paths_are_not_found(client: httpx.Client) -> None:
    assert [client.get(path).status_code for path in ("/", "/metrics/x", "/healthz2")] == [404, 404, 404]


def test_serving_prints_nothing(client: httpx.Client, capfd: pytest.CaptureFixture[str]) -> None:
    """A scrape every few seconds is no news."""
    client.get("/metrics")
    client.get("/nowhere")
    assert capfd.readouterr() == ("", "")


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(BadConfiguration, match=re.escape(f"127.0.0.1:{port} cannot be used")) as refused,
            serve(CollectorRegistry(), Health(), "127.0.0.1", port),
        ):
            pass
    assert str(refused.value).startswith("ANSLAGSVAKT_METRICS_PORT: ")
    assert str(refused.value).endswith("name another port, or 0")


def test_the_port_is_free_again_afterwards() -> None:
    with serve(CollectorRegistry(), Health(), "127.0.0.1", 0) as port:
        pass
    with serve(CollectorRegistry(), Health(), "127.0.0.1", port) as again:
        assert again == port
