"""A server of attachments on loopback that behaves as it is told to: for tests of fetching."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["MediaHandler"], None]


class MediaServer(ThreadingHTTPServer):
    """Answers each path as `answers` says, 404 otherwise; `asked` counts, `hosts` remembers who was asked for."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MediaHandler)
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.hosts: list[str] = []
        self.stopping = threading.Event()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave in the middle are what is tested."""


class MediaHandler(BaseHTTPRequestHandler):
    """One request."""

    server: MediaServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        self.server.hosts.append(self.headers.get("Host", ""))
        self.server.answers.get(self.path, status(404))(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        """Log nothing."""


def content(body: bytes, mime: str | None = "image/jpeg", *, declared: int | None = None) -> Answer:
    """These bytes; `declared` is the length that the server claims."""

    def answer(to: MediaHandler) -> None:
        to.send_response(200)
        if mime is not None:
            to.send_header("Content-Type", mime)
        to.send_header("Content-Length", str(len(body) if declared is None else declared))
        to.end_headers()
        to.wfile.write(body)
        to.close_connection = declared is not None

    return answer


def status(code: int) -> Answer:
    """No more than a status."""

    def answer(to: MediaHandler) -> None:
        to.send_response(code)
        to.send_header("Content-Length", "0")
        to.end_headers()

    return answer


def redirect(to_url: str) -> Answer:
    """Sends the client elsewhere."""

    def answer(to: MediaHandler) -> None:
        to.send_response(302)
        to.send_header("Location", to_url)
        to.send_header("Content-Length", "0")
        to.end_headers()

    return answer


def dripping(to: MediaHandler) -> None:
    """A byte now and then, without end."""
    to.send_response(200)
    to.send_header("Content-Type", "video/mp4")
    to.end_headers()
    while not to.server.stopping.wait(0.02):
        to.wfile.write(b"x")


@contextmanager
def media_server() -> Iterator[MediaServer]:
    """A server in a thread of this process."""
    server = MediaServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
