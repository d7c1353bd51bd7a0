"""A loopback server that speaks a platform's API, written from its documents: a simulator, not the thing.

What happens to items, the planned faults and the journal are those of `agents.platforms.simulated`; a dialect only
translates requests and answers. It proves how an adapter takes the documented answers, not that the documents are true.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from agents.platforms.simulated import Action, Item, SimulatedPlatform
from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving

TOKEN = "the-right-token"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; `fields` are the query's and the form's or JSON body's, the latter first."""

    method: str
    path: str
    fields: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answers."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request means; ACCOUNT is what an adapter asks to tell gone from lost rights."""

    action: Action
    item: str


class Dialect(Protocol):
    """One platform's way of speaking."""

    @property
    def name(self) -> str: ...

    @property
    def limits(self) -> Mapping[str, Answer]:
        """Each form in which it says "too many requests", by name."""
        ...

    def authorised(self, request: Request) -> bool: ...

    def ask(self, request: Request) -> Asked | Answer | None:
        """What is asked, or an answer at once; None is a request that the documents do not know."""
        ...

    def success(self, action: Action, item: Item | None) -> Answer: ...

    def failure(self, status: int, action: Action) -> Answer:
        """How it says 401, 403, 404, 405, 500 or 503, whatever status it uses itself."""
        ...


class DialectServer(LoopbackServer):
    """The server around one dialect; `unknown` collects requests that the dialect does not know."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(_Handler)
        self.dialect = dialect
        self.platform = SimulatedPlatform()
        self.limit = next(iter(dialect.limits.values()))
        self.requests: list[Request] = []
        self.unknown: list[Request] = []


def speaking(dialect: Dialect) -> AbstractContextManager[DialectServer]:
    """Serve a dialect on a free port while the block lasts."""
    return serving(DialectServer(dialect))


class _Handler(LoopbackHandler):
    server: DialectServer

    def _serve(self) -> None:
        request = self._request()
        self.server.requests.append(request)
        dialect = self.server.dialect
        asked = dialect.ask(request)
        if asked is None:
            self.server.unknown.append(request)
            self._send(Answer(400, {"error": "the documents know no such request"}))
        elif isinstance(asked, Answer):
            self._send(asked)
        elif not dialect.authorised(request):
            self._send(dialect.failure(401, asked.action))
        else:
            self._perform(asked)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _request(self) -> Request:
        body = self.body()
        parts = urlsplit(self.path)
        fields: dict[str, Any] = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if body and self.headers.get("Content-Type", "").startswith("application/json"):
            fields |= msgspec.json.decode(body)
        elif body:
            fields |= {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return Request(self.command, unquote(parts.path), fields, {k.lower(): v for k, v in self.headers.items()})

    def _perform(self, asked: Asked) -> None:
        platform, dialect = self.server.platform, self.server.dialect
        if asked.action is Action.ACCOUNT:
            reply = platform.account(asked.item)
        else:
            reply = platform.handle(asked.action, asked.item)
        if reply.delay:
            self.server.stopping.wait(reply.delay)
        if reply.pause:
            self.trickle(reply.pause)
        if reply.status is None:
            self.close_connection = True
        elif reply.status == 429:
            self._send(self.server.limit)
        elif reply.status >= 400:
            self._send(dialect.failure(reply.status, asked.action))
        else:
            item = next((each for each in platform.items() if each.id == asked.item), None)
            self._send(dialect.success(asked.action, item))

    def _send(self, answer: Answer) -> None:
        content = b"" if answer.body is None else msgspec.json.encode(answer.body)
        self.answer(answer.status, content, headers=answer.headers)
