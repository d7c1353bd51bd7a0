"""A TCP proxy on this machine whose connections can be slowed down and cut: our own stand-in for Toxiproxy."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from types import TracebackType
from typing import Self

_PIECE = 65_536
_LOOK_S = 0.2


class Proxy:
    """Listens on a free port and passes everything on to `port`; `delay` seconds lie before every piece."""

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_S)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._accept, name="proxy")

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Cut every connection there is now."""
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._pass, args=(client,), name="proxied", daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as server:
            ends = {client: server, server: client}
            with self._lock:
                self._open |= ends.keys()
            try:
                while not self._over.is_set():
                    ready, _, _ = select.select(list(ends), [], [], _LOOK_S)
                    for each in ready:
                        if not (piece := each.recv(_PIECE)):
                            return
                        if self.delay:
                            time.sleep(self.delay)
                        ends[each].sendall(piece)
            finally:
                with self._lock:
                    self._open -= ends.keys()
