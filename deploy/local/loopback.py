"""A small HTTP server on this machine's own address, in a thread: what every simulator and test server stands on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from deploy.local.ports import HOST

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_NONE: Mapping[str, str] = MappingProxyType({})


class LoopbackServer(ThreadingHTTPServer):
    """Bound to loopback alone; `stopping` is set when it is told to end, for answers that take their time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: type[LoopbackHandler], port: int = 0) -> None:
        super().__init__((HOST, port), handler)
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{HOST}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Be quiet about clients that went away: time-outs and cuts are what these servers are for."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed names private types


class LoopbackHandler(BaseHTTPRequestHandler):
    """One connection; says nothing of its own accord."""

    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def body(self) -> bytes:
        """All that the client sent."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(
        self, status: int, content: bytes = b"", mime: str = "application/json", headers: Mapping[str, str] = _NONE
    ) -> None:
        """Send the whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def trickle(self, pause: float) -> None:
        """Let each byte from here on wait for so many seconds; the connection ends with the answer."""
        self.wfile = _Trickling(self.wfile, partial(self.server.stopping.wait, pause))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log nothing: requests hold what people wrote."""


class _Trickling(BufferedIOBase):
    """Writes a byte at a time, until `stopped` says that there is no more time."""

    def __init__(self, inner: BufferedIOBase, stopped: Callable[[], bool]) -> None:
        self._inner = inner
        self._stopped = stopped

    def write(self, content: ReadableBuffer, /) -> int:
        each = memoryview(content)
        for place in range(len(each)):
            if self._stopped():
                break
            self._inner.write(each[place : place + 1])
        return len(each)


Server = TypeVar("Server", bound=LoopbackServer)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve in a thread of this process while the block lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name=type(server).__name__)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
