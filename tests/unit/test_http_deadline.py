"""A server that sends a byte now and then, wherever in its answer, holds nobody longer than was said before."""

from __future__ import annotations

import ast
import gzip
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from agents import deadline
from agents.deadline import Timed, Whole, within

ROOT = Path(__file__).parents[2]
OWN_PROCESSES = {"agents/doctor.py", "agents/demo/children.py", "agents/demo/platform.py", "agents/demo/scrape.py"}
"""What these call are processes of ours on the same machine."""

IN_ALL = 0.3
LONG = httpx.Timeout(20.0)
"""What the client waits for a byte: the tests would take as long if it were that which ends them."""

OK = b"HTTP/1.1 200 OK\r\n"
FOR_EVER = repeat(b"a")
TRICKLES: dict[str, tuple[bytes, Iterable[bytes]]] = {
    "before a byte": (b"", ()),
    "the status": (b"HTTP/1.1 200 ", FOR_EVER),
    "a header": (OK + b"X: ", FOR_EVER),
    "answers before the answer": (b"", repeat(b"HTTP/1.1 102 Processing\r\n\r\n")),
    "the body": (OK + b"Content-Length: 1000000\r\n\r\n", FOR_EVER),
    "a body that ends with the line": (OK + b"Connection: close\r\n\r\n", FOR_EVER),
    "the head of a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n5;", FOR_EVER),
    "what unpacks to nothing": (
        OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03",
        FOR_EVER,
    ),
}


class Server:
    """Answers every connection with the same bytes, `trickled` one piece every hundredth of a second."""

    def __init__(self, at_once: bytes, trickled: Iterable[bytes]) -> None:
        self._at_once, self._trickled = at_once, trickled
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self.connections = 0
        self.place = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads[0].start()

    def close(self) -> None:
        self._stop.set()
        socket.create_connection(self._listening.getsockname()).close()
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            line, _ = self._listening.accept()
            if self._stop.is_set():
                line.close()
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=self._answer, args=(line,)))
            self._threads[-1].start()

    def _answer(self, line: socket.socket) -> None:
        line.settimeout(0.05)
        with line:
            while not self._stop.is_set():
                try:
                    if not line.recv(65536):
                        return
                    line.sendall(self._at_once)
                    for piece in self._trickled:
                        if self._stop.wait(0.01):
                            return
                        line.sendall(piece)
                except TimeoutError:
                    continue
                except OSError:
                    return


@contextmanager
def serving(at_once: bytes, trickled: Iterable[bytes] = ()) -> Iterator[Server]:
    server = Server(at_once, trickled)
    try:
        yield server
    finally:
        server.close()


@pytest.mark.parametrize(("at_once", "trickled"), TRICKLES.values(), ids=TRICKLES)
def test_an_answer_that_trickles_is_late(at_once: bytes, trickled: Iterable[bytes]) -> None:
    with serving(at_once, trickled) as server, httpx.Client(transport=Whole(IN_ALL, 10**7), timeout=LONG) as client:
        began = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"http://{server.place}/")
        assert IN_ALL <= time.monotonic() - began < 10 * IN_ALL


def test_a_handshake_that_trickles_is_late() -> None:
    hello = b"\x16\x03\x03\x40\x00"  # the head of a record of TLS that is long in coming
    with serving(hello, FOR_EVER) as server, httpx.Client(transport=Whole(IN_ALL, 10**7), timeout=LONG) as client:
        began = time.monotonic()
        with pytest.raises(httpx.ConnectTimeout):
            client.get(f"https://{server.place}/")
        assert IN_ALL <= time.monotonic() - began < 10 * IN_ALL


class Silent(httpcore.NetworkBackend):
    """A network where nobody answers."""

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any) -> httpcore.NetworkStream:
        assert (host[:8], port) == ("192.0.2.", 443)
        assert timeout is not None
        time.sleep(timeout)
        raise httpcore.ConnectTimeout


def test_many_addresses_take_no_longer_than_one() -> None:
    network = deadline._Network(Silent(), lambda *_: [f"192.0.2.{number}" for number in range(100)])
    began = time.monotonic()
    with within(IN_ALL), pytest.raises(httpcore.ConnectTimeout):
        network.connect_tcp("host.example", 443, timeout=0.1)
    assert time.monotonic() - began < 10 * IN_ALL


def test_an_address_that_refuses_is_passed_over() -> None:
    content = OK + b"Content-Length: 0\r\n\r\n"
    with serving(content) as server:
        port = int(server.place.split(":")[1])
        network = deadline._Network(httpcore.SyncBackend(), lambda *_: ["127.0.0.2", "127.0.0.1"])
        network.connect_tcp("host.example", port, timeout=5).close()


def test_a_host_that_nobody_knows_is_an_error_of_the_connection() -> None:
    with httpx.Client(transport=Timed(), timeout=LONG) as client, pytest.raises(httpx.ConnectError):
        client.get("http://nobody.invalid/")


def test_the_shorter_time_counts_and_outside_there_is_none() -> None:
    with serving(*TRICKLES["before a byte"]) as server, httpx.Client(transport=Timed(), timeout=0.2) as client:
        for outer, inner, at_least in ((0.1, 9.0, 0.1), (9.0, 0.1, 0.1), (9.0, 9.0, 0.2)):
            began = time.monotonic()
            with within(outer), within(inner), pytest.raises(httpx.ReadTimeout):
                client.get(f"http://{server.place}/")
            assert at_least <= time.monotonic() - began < at_least + 2
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"http://{server.place}/")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(b"", b"content", id="as it is"),
        pytest.param(b"Content-Encoding: gzip\r\n", gzip.compress(b"content"), id="packed"),
    ],
)
def test_an_answer_comes_whole_and_unpacked_on_a_connection_that_is_kept(head: bytes, body: bytes) -> None:
    answer = OK + head + b"X-Kept: yes\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    # In pieces, so that more than one wait is needed, and slower in all than one byte may be.
    pieces = [answer[place : place + 20] for place in range(0, len(answer), 20)]
    with serving(b"", pieces) as server, httpx.Client(transport=Whole(20, 7), timeout=LONG) as client:
        for _ in range(2):
            got = client.get(f"http://{server.place}/")
            assert (got.status_code, got.content, got.headers["x-kept"]) == (200, b"content", "yes")
        assert server.connections == 1


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(b"", b"a" * 1001, id="as it is"),
        pytest.param(b"Content-Encoding: gzip\r\n", gzip.compress(bytes(10**7)), id="packed"),
    ],
)
def test_an_answer_that_is_too_large_is_none(head: bytes, body: bytes) -> None:
    answer = OK + head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with (
        serving(answer) as server,
        httpx.Client(transport=Whole(20, 1000), timeout=LONG) as client,
        pytest.raises(httpx.ReadError, match="too large"),
    ):
        client.get(f"http://{server.place}/")


def _without_deadline(path: Path) -> list[int]:
    """The lines that call with httpx and name no transport."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    ours = [call for call in calls if ast.unparse(call.func).startswith("httpx.")]
    asking = {"Client", "AsyncClient", "get", "post", "put", "patch", "delete", "head", "request", "stream"}
    named = [call for call in ours if ast.unparse(call.func).removeprefix("httpx.") in asking]
    return [call.lineno for call in named if all(each.arg != "transport" for each in call.keywords)]


def test_nobody_outside_is_called_without_a_deadline() -> None:
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "agents").rglob("*.py") if _without_deadline(path)}
    assert found == OWN_PROCESSES
