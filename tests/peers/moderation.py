"""A moderation service as a Bluesky server knows it: takes the reports that the server passes on, and keeps them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Moderation(ThreadingHTTPServer):
    """The service; `reports` are what came, as the server passed it on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reports: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """Where the server finds it."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Moderation
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.reports.append(body | {"path": self.path})
        told = {"id": 1, "reportedBy": "did:example:municipality", "createdAt": datetime.now(UTC).isoformat()}
        content = msgspec.json.encode(body | told)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log nothing."""


@contextmanager
def moderating() -> Iterator[Moderation]:
    """Serve on a free port while the block lasts."""
    server = Moderation()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="moderation")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
