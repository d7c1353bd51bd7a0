"""A simulator of a social platform, served over HTTP on this machine: for the demo and the tests, never in production.

API (JSON; `Authorization: Bearer TOKEN`; an item id is one url-quoted path segment):

    GET    /v1/items/{id}           200 {"id", "account", "kind", "can_hide", "state": "visible" | "hidden"}
                                    404 never was there or is removed: one cannot tell, as on real platforms
    POST   /v1/items/{id}/hide      200 as above; 405 where this kind of item cannot be hidden; twice is no error
    POST   /v1/items/{id}/unhide    200 as above
    DELETE /v1/items/{id}           200 {.., "state": "removed"}; 404 the second time
    GET    /v1/accounts/{account}   200 {"id", "can_moderate": true}; 403 when the token has lost its right
    POST   /v1/items                201; seeds or replaces an item {"id", "account", "kind"?, "can_hide"?, "state"?}
    GET    /media/{name}            200 a picture, as from a CDN: without token
    any                             401 wrong token; 403 lost right; 429 with Retry-After; 500; 503

Control, without token, for whoever runs the simulator:

    GET    /_control/ready          200
    GET    /_control/items          every item with its true state
    GET    /_control/calls          every call so far; those with "effective": true changed an item
    POST   /_control/faults         [{"kind", "action"?, "item"?, "account"?, "count"?, "seconds"?}, ..] (see `Fault`)
    DELETE /_control/faults         no more faults
    DELETE /_control/items/{id}     the author takes the item away

Run it by `python -m agents.platforms.simulator --port 8081`, or in a thread with `running()`.
"""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from urllib.parse import unquote, urlsplit

import msgspec

from agents.platforms.simulated import Action, Fault, Item, Reply, SimulatedPlatform
from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving

TOKEN = "simulator"  # noqa: S105 - opens nothing but this simulator
_VERBS = {("POST", "hide"): Action.HIDE, ("POST", "unhide"): Action.UNHIDE}
_ITEM_METHODS = {"GET": Action.READ, "DELETE": Action.DELETE}
_PICTURE = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
"""The smallest picture there is: one white point."""
_NO_ROUTE = Reply(404, {"error": "no such route"})


class SimulatorServer(LoopbackServer):
    """The HTTP server around one simulated platform."""

    def __init__(self, port: int = 0, token: str = TOKEN) -> None:
        super().__init__(_Handler, port)
        self.platform = SimulatedPlatform()
        self.token = token


def running(port: int = 0, token: str = TOKEN) -> AbstractContextManager[SimulatorServer]:
    """A simulator in a thread of this process, on a free port unless one is named."""
    return serving(SimulatorServer(port, token))


class _Handler(LoopbackHandler):
    server: SimulatorServer

    def _serve(self) -> None:
        body = self.body()
        path = urlsplit(self.path).path
        if path.startswith("/_control/"):
            self._control(path.removeprefix("/_control/"), body)
            return
        if self.command == "GET" and path.startswith("/media/"):
            self.answer(200, _PICTURE, "image/gif")
            return
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            self._send(401, {"error": "wrong token"})
            return
        self._perform(self._ask(path, body))

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _ask(self, path: str, body: bytes) -> Reply:
        platform = self.server.platform
        match (self.command, *(unquote(part) for part in path.strip("/").split("/"))):
            case ("POST", "v1", "items"):
                return self._seed(body)
            case ("GET", "v1", "accounts", account):
                return platform.account(account)
            case (("GET" | "DELETE") as method, "v1", "items", item):
                return platform.handle(_ITEM_METHODS[method], item)
            case ("POST", "v1", "items", item, verb) if ("POST", verb) in _VERBS:
                return platform.handle(_VERBS["POST", verb], item)
            case _:
                return _NO_ROUTE

    def _seed(self, body: bytes) -> Reply:
        try:
            item = msgspec.json.decode(body, type=Item)
        except msgspec.DecodeError:
            return Reply(422, {"error": "not an item"})
        self.server.platform.seed(item)
        return Reply(201, {"id": item.id, "state": item.state})

    def _control(self, path: str, body: bytes) -> None:
        platform = self.server.platform
        match (self.command, *(unquote(part) for part in path.split("/"))):
            case ("GET", "ready"):
                self._send(200, {"simulator": True})
            case ("GET", "items"):
                self._send(200, platform.items())
            case ("GET", "calls"):
                self._send(200, platform.calls)
            case ("POST", "faults"):
                self._plan(body)
            case ("DELETE", "faults"):
                platform.clear_faults()
                self._send(200, {})
            case ("DELETE", "items", item):
                platform.remove_as_author(item)
                self._send(200, {})
            case _:
                self._send(404, {"error": "no such route"})

    def _plan(self, body: bytes) -> None:
        try:
            faults = msgspec.json.decode(body, type=tuple[Fault, ...])
        except msgspec.DecodeError as error:
            self._send(422, {"error": str(error)})
            return
        self.server.platform.plan(faults)
        self._send(200, {"planned": len(faults)})

    def _perform(self, reply: Reply) -> None:
        if reply.delay:
            self.server.stopping.wait(reply.delay)
        if reply.pause:
            self.trickle(reply.pause)
        if reply.status is None:
            self.close_connection = True
            return
        self._send(reply.status, reply.body, reply.retry_after)

    def _send(self, status: int, body: object, retry_after: float | None = None) -> None:
        headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
        self.answer(status, msgspec.json.encode(body), headers=headers)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="agents.platforms.simulator", description="A simulated social platform.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with running(options.port, options.token) as server:
        print(f"simulator at {server.url}", flush=True)  # noqa: T201 - tells whoever started it where it is
        stop.wait()


if __name__ == "__main__":
    main()
