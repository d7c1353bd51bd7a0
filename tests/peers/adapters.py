"""Each adapter with the loopback simulator of its platform, and the items that stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx

from agents.platforms import meta
from agents.platforms.api import Fixed
from agents.platforms.platform import Platform
from agents.platforms.simulated import Item
from pipeline.event import ObjectKind
from pipeline.message import Subject
from tests.orders import T0, a_subject
from tests.peers import graph
from tests.peers.loopback import TOKEN, Dialect, LoopbackServer, speaking

ACCOUNT = "eslovskommun"
TIMEOUT = httpx.Timeout(0.4)


class Closing(Platform, Protocol):
    """An adapter that holds connections."""

    def close(self) -> None: ...


Make = Callable[[str, str, Callable[[], datetime]], Closing]
"""Makes an adapter from the simulator's address, a token and a clock."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform to test: how it speaks, how its adapter is made, and which subject is acted on."""

    dialect: Dialect
    make: Make
    subject: Subject


@dataclass(frozen=True, slots=True)
class Peer:
    """An adapter and the simulator behind it, on which `comment` stands."""

    adapter: Platform
    server: LoopbackServer
    comment: Subject


def _meta(dialect: meta.Dialect) -> Make:
    def make(url: str, token: str, now: Callable[[], datetime]) -> Closing:
        account = meta.MetaAccount(graph.ACCOUNT, Fixed(token), app_secret="secret")
        return meta.Meta(dialect, {ACCOUNT: account}, base_url=url, timeout=TIMEOUT, now=now)

    return make


def _comment(platform: str, item: str, *, own: bool = False, kind: ObjectKind = ObjectKind.COMMENT) -> Subject:
    return a_subject(item, platform=platform, own=own, kind=kind)


PEERS: dict[str, Kind] = {
    "facebook": Kind(graph.FACEBOOK, _meta(meta.FACEBOOK), _comment("facebook", "123_456")),
    "instagram": Kind(graph.INSTAGRAM, _meta(meta.INSTAGRAM), _comment("instagram", "17890")),
}


@contextmanager
def on_loopback(name: str, *, token: str = TOKEN, now: Callable[[], datetime] = lambda: T0) -> Iterator[Peer]:
    """Start the simulator of a platform with its subject and another item on it."""
    kind = PEERS[name]
    with speaking(kind.dialect) as server, closing(kind.make(server.url, token, now)) as adapter:
        server.platform.seed(Item(kind.subject.object_id, ACCOUNT))
        server.platform.seed(Item("another", ACCOUNT))
        yield Peer(adapter, server, kind.subject)
