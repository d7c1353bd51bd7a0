"""A server of attachments on loopback that behaves as it is told to: for tests of fetching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving
from deploy.local.ports import HOST

Answer = Callable[["MediaHandler"], None]


class MediaServer(LoopbackServer):
    """Answers each path as `answers` says, 404 otherwise; `asked` counts, `hosts` remembers who was asked for."""

    def __init__(self) -> None:
        super().__init__(MediaHandler)
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.hosts: list[str] = []

    def link(self, path: str, host: str = HOST) -> str:
        """The address of a path."""
        return f"http://{host}:{self.server_port}{path}"


class MediaHandler(LoopbackHandler):
    """One request."""

    server: MediaServer

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        self.server.hosts.append(self.headers.get("Host", ""))
        self.server.answers.get(self.path, status(404))(self)


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


def media_server() -> AbstractContextManager[MediaServer]:
    """A server in a thread of this process."""
    return serving(MediaServer())
