"""What every platform adapter must do, whatever stands behind it: the fake, and the adapter on the real simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass

import httpx
import pytest

from agents.platforms.http import SimulatorPlatform
from agents.platforms.platform import Platform
from agents.platforms.simulated import Item
from agents.platforms.simulator import running
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Presence
from tests.fake_platform import FakePlatform
from tests.orders import a_subject
from tests.peers.adapters import PEERS, on_loopback

HIDE, UNHIDE, DELETE, READ = Action.HIDE, Action.UNHIDE, Action.DELETE, Action.READ
COMMENT = a_subject("comment/1 åäö")
"""An item whose id must be quoted in a path."""


@dataclass(frozen=True, slots=True)
class Bench:
    """An adapter, and what was done to COMMENT on the platform behind it."""

    adapter: Platform
    effects: Callable[[], list[Action]]
    comment: Subject = COMMENT


@contextmanager
def _on_fake() -> Iterator[Bench]:
    fake = FakePlatform()
    yield Bench(fake, lambda: [action for action, _ in fake.effects])


@contextmanager
def _on_simulator() -> Iterator[Bench]:
    with running() as server:
        server.platform.seed(Item(COMMENT.object_id, COMMENT.account_id))
        server.platform.seed(Item("another", COMMENT.account_id))
        with closing(SimulatorPlatform(server.url, server.token, timeout=httpx.Timeout(2.0))) as adapter:
            yield Bench(adapter, lambda: [Action(call.action) for call in server.platform.journal])


def _on_loopback(name: str) -> Callable[[], AbstractContextManager[Bench]]:
    @contextmanager
    def bench() -> Iterator[Bench]:
        with on_loopback(name) as peer:
            yield Bench(
                peer.adapter, lambda: [Action(call.action) for call in peer.server.platform.journal], peer.comment
            )
            assert peer.server.unknown == [], "every request is one the documents know"

    return bench


BENCHES = {"fake": _on_fake, "simulator": _on_simulator} | {name: _on_loopback(name) for name in PEERS}


@pytest.fixture(params=[pytest.param(made, id=name) for name, made in BENCHES.items()])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with request.param() as made:
        yield made


def test_an_item_that_nothing_happened_to_is_visible(bench: Bench) -> None:
    reply = bench.adapter.perform(READ, bench.comment)
    assert (reply.answer, reply.presence) == (Answer.DONE, Presence.VISIBLE)
    assert bench.effects() == []


@pytest.mark.parametrize(
    ("actions", "presence", "effects"),
    [
        pytest.param((HIDE,), Presence.HIDDEN, [HIDE], id="hide"),
        pytest.param((HIDE, HIDE), Presence.HIDDEN, [HIDE], id="hide twice"),
        pytest.param((HIDE, UNHIDE), Presence.VISIBLE, [HIDE, UNHIDE], id="hide and unhide"),
        pytest.param((DELETE,), Presence.GONE, [DELETE], id="delete"),
        pytest.param((HIDE, DELETE), Presence.GONE, [HIDE, DELETE], id="hide and delete"),
    ],
)
def test_what_is_done_is_seen(
    bench: Bench, actions: tuple[Action, ...], presence: Presence, effects: list[Action]
) -> None:
    assert [bench.adapter.perform(action, bench.comment).answer for action in actions] == [Answer.DONE] * len(actions)
    assert bench.adapter.perform(READ, bench.comment).presence is presence
    assert bench.effects() == effects


@pytest.mark.parametrize("action", [HIDE, UNHIDE, DELETE])
def test_a_write_to_what_is_gone_claims_so_and_does_nothing(bench: Bench, action: Action) -> None:
    bench.adapter.perform(DELETE, bench.comment)
    reply = bench.adapter.perform(action, bench.comment)
    assert (reply.answer, reply.presence) == (Answer.ALREADY_GONE, None)
    assert bench.effects() == [DELETE]


def test_a_reading_of_what_is_gone_says_so(bench: Bench) -> None:
    bench.adapter.perform(DELETE, bench.comment)
    reply = bench.adapter.perform(READ, bench.comment)
    assert (reply.answer, reply.presence) == (Answer.ALREADY_GONE, Presence.GONE)


def test_a_comment_can_be_hidden_shown_and_deleted(bench: Bench) -> None:
    can = bench.adapter.capabilities(ObjectKind.COMMENT, is_own=False)
    assert (can.hide, can.unhide, can.delete, can.verify) == (True, True, True, True)
