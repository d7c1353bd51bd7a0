"""Serves /metrics, /healthz (alive) and /readyz (ready for work) for one process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import ThreadingWSGIServer, make_wsgi_app

from pipeline.errors import BadConfiguration

_NOTICES_THE_END_IN = 0.05
"""Seconds; the default of half a second would be the longest part of a process's end."""

_BELIEVED_S = 60.0
"""Seconds; no turn of a loop that is well takes longer, a broker that is away included."""

_StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Health:
    """What a process says of itself; set from any thread. It must say again and again that it is ready."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ready_until = -math.inf
        self._alive = threading.Event()
        self._alive.set()

    def ready(self, *, yes: bool = True) -> None:
        """The process can (or cannot) take in work right now; that it can is believed for a minute."""
        self._ready_until = self._monotonic() + _BELIEVED_S if yes else -math.inf

    def failed(self) -> None:
        """The process cannot go on and is about to end."""
        self._alive.clear()
        self.ready(yes=False)

    @property
    def is_ready(self) -> bool:
        """Whether /readyz answers 200."""
        return self._monotonic() < self._ready_until

    @property
    def is_alive(self) -> bool:
        """Whether /healthz answers 200."""
        return self._alive.is_set()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: a scrape every few seconds is no news."""


@contextmanager
def serve(registry: CollectorRegistry, health: Health, host: str, port: int) -> Iterator[int]:
    """Answer on `host:port` (0: any free port) from a thread until the block ends; gives the port.

    Raises:
        BadConfiguration: the port is taken or the address is not ours.
    """
    metrics = make_wsgi_app(registry)

    def app(environ: dict[str, Any], start: _StartResponse) -> Iterable[bytes]:
        checks = {"/healthz": health.is_alive, "/readyz": health.is_ready}
        path = str(environ.get("PATH_INFO"))
        if path == "/metrics":
            page: Iterable[bytes] = metrics(environ, start)
            return page
        known = path in checks
        status = "404 Not Found" if not known else "200 OK" if checks[path] else "503 Service Unavailable"
        start(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [status.split(" ", 1)[1].encode() + b"\n"]

    try:
        server: WSGIServer = make_server(host, port, app, ThreadingWSGIServer, handler_class=_Quiet)
    except OSError as error:
        raise BadConfiguration(
            f"ANSLAGSVAKT_METRICS_PORT: {host}:{port} cannot be used ({error.strerror}): name another port, or 0"
        ) from None
    thread = threading.Thread(target=server.serve_forever, args=(_NOTICES_THE_END_IN,), name="health", daemon=True)
    thread.start()
    try:
        yield int(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
