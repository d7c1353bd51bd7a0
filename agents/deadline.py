"""How long an exchange over HTTP may take in all, whatever the other side does meanwhile.

The time-outs of a client count from one byte to the next: a server that sends one now and then, in its headers as in
its body, is never late for them, and holds who waits for it. Here every wait for the network also ends at a moment that
was set before the first. Only the look-up of a name is left to the resolver, which has bounds of its own.
"""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

_Options = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]]
_UNPACKED = {"content-encoding", "content-length", "transfer-encoding"}
"""Headers that are no longer true of what has been unpacked."""

_until: ContextVar[float] = ContextVar("until", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """While the block lasts, waits of this thread's `Timed` clients end with a time-out when it has lasted so long."""
    set_before = _until.set(min(_until.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(set_before)


class Timed(httpx.HTTPTransport):
    """HTTP of which every wait obeys `within`; it knows no proxies."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(verify=tls or True, trust_env=False)
        # Nothing public takes it; were it renamed, tests/unit/test_http_deadline.py would wait for ever and say so.
        self._pool._network_backend = _Network(self._pool._network_backend, _addresses)  # noqa: SLF001


class Whole(Timed):
    """HTTP of which the whole answer has come, unpacked, within `seconds`, or there is none.

    Raises:
        httpx.TimeoutException: the exchange took longer.
        httpx.ReadError: the answer is larger than `size` bytes.
    """

    def __init__(self, seconds: float, size: int) -> None:
        super().__init__()
        self._seconds = seconds
        self._size = size

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and read the answer to its end."""
        with within(self._seconds):
            answer = super().handle_request(request)
            answer.request = request
            try:
                content = self._content(answer)
            finally:
                answer.close()
        headers = [(name, value) for name, value in answer.headers.multi_items() if name not in _UNPACKED]
        return httpx.Response(answer.status_code, headers=headers, content=content, extensions=answer.extensions)

    def _content(self, answer: httpx.Response) -> bytes:
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > self._size:
                raise httpx.ReadError("the answer is too large")
        return bytes(content)


class _Network(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend, addresses: Callable[[str, int], Sequence[str]]) -> None:
        self._inner = inner
        self._addresses = addresses

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options | None = None,
    ) -> httpcore.NetworkStream:
        """Try each address of the host: left to itself, a connection waits for every one of them as long."""
        failed: Exception = httpcore.ConnectError()
        for address in self._addresses(host, port):
            left = _left(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(self._inner.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # What we send is so little that the kernel takes it at once, however slowly the other side reads.
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        # Python counts a handshake as one wait.
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """The shorter of the client's own time-out and what `within` leaves; raises `late` when that is nothing."""
    left = _until.get() - time.monotonic()
    if left <= 0:
        raise late
    return timeout if left == math.inf else min(left, math.inf if timeout is None else timeout)
