"""A loopback proxy before a real server that now and then answers "too many requests" in the server's own words.

The real server says so only after thousands of calls, and then for minutes; `test_bluesky_pds.py` brings it to that
once, and what it says there is what is said here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

PAUSE_S = 3
_PASSED_ON = ("authorization", "content-type")


class Limiter(ThreadingHTTPServer):
    """Refuses every `every`th call whose path holds `to`, passes on everything else, and counts what it refused."""

    daemon_threads = True

    def __init__(self, target: str, to: str, every: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.client = httpx.Client(base_url=target, timeout=30, trust_env=False)
        self.refused = 0
        self._to = to
        self._every = every
        self._calls = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.server_port}"

    def refuses(self, path: str) -> bool:
        """Whether this call is one too many; counts it."""
        if self._to not in path:
            return False
        with self._lock:
            self._calls += 1
            refused = self._calls % self._every == 0
            self.refused += refused
            return refused

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed are what the test is about."""


class _Handler(BaseHTTPRequestHandler):
    server: Limiter
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.refuses(self.path):
            reset = str(int(time.time()) + PAUSE_S)
            limits = {"ratelimit-limit": "30", "ratelimit-remaining": "0", "ratelimit-reset": reset}
            self._send(429, b'{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}', limits)
            return
        headers = {name: value for name in _PASSED_ON if (value := self.headers.get(name))}
        try:
            answer = self.server.client.request(self.command, self.path, content=body, headers=headers)
        except httpx.TransportError:
            self.close_connection = True  # the server is away, and so are we
            return
        self._send(answer.status_code, answer.content, {})

    do_GET = do_POST = _pass  # noqa: N815 - http.server's names

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log nothing."""


@contextmanager
def limiting(target: str, to: str, every: int) -> Iterator[Limiter]:
    """Stand before `target` while the block lasts."""
    server = Limiter(target, to, every)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="limiter")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.client.close()
