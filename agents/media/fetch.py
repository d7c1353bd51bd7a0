"""Fetches one attachment over HTTP: bounded in size and time, and never from where it may not."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.metadata import version

import httpx

from agents.deadline import Timed, within
from agents.media.address import Allowed, Forbidden, Resolve, resolve

_REDIRECTS = 5
_CONNECT_S = 5.0
_SILENCE_S = 10.0
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_MIME = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_MAY_PASS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_AGENT = f"anslagsvakt/{version('anslagsvakt')}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood there, and what the server calls it."""

    content: bytes = field(repr=False)
    mime: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """Why it could not be had, as a code. `hopeless`: asking again is of no use; `refused`: the server says no."""

    reason: str
    hopeless: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of an attachment is taken, and how long (seconds) it may take in all."""

    size: int = 20 * 1024 * 1024
    seconds: float = 30.0


class Fetcher:
    """Fetches from what `allowed` lets us call; used by several threads."""

    def __init__(
        self,
        allowed: Allowed,
        bounds: Bounds,
        *,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._bounds = bounds
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context(trust_env=False)  # made once: it takes longer than a fetch

    def fetch(self, url: str) -> Fetched | Failed:
        """Fetch what stands at an address; blocks, never raises, and tells a failure by a code without the address."""
        try:
            # No proxy and no cookies: what is fetched must not depend on, or give away, who asks.
            with (
                within(self._bounds.seconds),
                httpx.Client(
                    transport=Timed(self._tls),
                    timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S),
                    trust_env=False,
                    follow_redirects=False,
                ) as client,
            ):
                return self._follow(client, url)
        except Forbidden:
            return Failed("address-not-allowed", hopeless=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError, ValueError):
            return Failed("no-web-address", hopeless=True)
        except socket.gaierror:
            return Failed("host-unknown")
        except httpx.TimeoutException:
            return Failed("timeout")
        except (httpx.HTTPError, OSError):
            return Failed("no-answer")

    def _follow(self, client: httpx.Client, url: str) -> Fetched | Failed:
        at = httpx.URL(url)
        for _ in range(_REDIRECTS + 1):
            answer = client.send(self._pinned(client, at), stream=True)
            try:
                if not answer.has_redirect_location:
                    return self._read(answer)
                at = at.join(answer.headers["Location"])
            finally:
                answer.close()
        return Failed("too-many-redirects", refused=True)

    def _pinned(self, client: httpx.Client, url: httpx.URL) -> httpx.Request:
        """A request to the address that was judged, for the host that is named (whose certificate counts)."""
        port = url.port or _PORTS.get(url.scheme, 0)
        if url.scheme not in _PORTS or not url.host or port > _LAST_PORT:
            raise httpx.UnsupportedProtocol("")
        host = url.raw_host.decode("ascii")
        address = self._allowed.pinned(host, port, self._resolve)
        return client.build_request(
            "GET",
            url.copy_with(host=address, userinfo=b"", fragment=None),
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": _AGENT,
                "Accept": "*/*",
                # What is kept is what the platform has, not how it was packed for the way here.
                "Accept-Encoding": "identity",
            },
            extensions={"sni_hostname": host},
        )

    def _read(self, answer: httpx.Response) -> Fetched | Failed:
        status = answer.status_code
        if status != HTTPStatus.OK:
            no = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _MAY_PASS
            return Failed(f"status-{status}", refused=no)
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > self._bounds.size:
                return Failed("too-large", hopeless=True)
        mime = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Fetched(bytes(content), mime if _MIME.fullmatch(mime) else None)
