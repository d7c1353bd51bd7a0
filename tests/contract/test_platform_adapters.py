"""What every platform adapter must do, whatever stands behind it: fake, simulator, or the simulator of its dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import httpx
import msgspec
import pytest

from agents.platforms import capabilities
from agents.platforms.http import SimulatorPlatform
from agents.platforms.platform import Platform
from agents.platforms.simulated import Item
from agents.platforms.simulator import running
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply
from tests.fake_platform import FakePlatform
from tests.orders import a_subject
from tests.peers.adapters import ACCOUNT, KINDS, on_loopback
from tests.peers.loopback import TOKEN

HIDE, UNHIDE, DELETE, READ = Action.HIDE, Action.UNHIDE, Action.DELETE, Action.READ
COMMENT = a_subject("comment/1 åäö")
"""An item whose id must be quoted in a path."""


@dataclass(frozen=True, slots=True)
class Bench:
    """An adapter, and what was done to `subject` on the platform behind it."""

    adapter: Platform
    subject: Subject
    effects: Callable[[], list[Action]]


@contextmanager
def _bench(name: str, *, own: bool) -> Iterator[Bench]:
    if name == "fake":
        fake = FakePlatform()
        yield Bench(fake, COMMENT, lambda: [action for action, _ in fake.effects])
    elif name == "simulator":
        with running() as server:
            server.platform.seed(Item(COMMENT.object_id, COMMENT.account_id))
            with closing(SimulatorPlatform(server.url, server.token, timeout=httpx.Timeout(2.0))) as adapter:
                yield Bench(adapter, COMMENT, lambda: [Action(call.action) for call in server.platform.journal])
    else:
        with on_loopback(name) as peer:
            subject = KINDS[name].subject(own=own)
            yield Bench(peer.adapter, subject, lambda: [Action(call.action) for call in peer.server.platform.journal])
            assert peer.server.unknown == [], "every request is one that the documents know"


def _can(name: str, *, own: bool) -> Capabilities:
    if name in KINDS:
        return capabilities.of(name, ObjectKind.REPLY, is_own=own)
    return Capabilities(hide=True, unhide=True, delete=True)


def _where(*actions: Action) -> list[object]:
    """The benches where the table says that all of this can be done, and seen."""
    made: list[object] = []
    for name in ("fake", "simulator", *KINDS):
        for own in (False, True):
            can = _can(name, own=own)
            offered = {HIDE: can.hide, UNHIDE: can.unhide, DELETE: can.delete, READ: can.verify}
            if all(offered[action] for action in (*actions, READ)) and (name in KINDS or not own):
                made.append(pytest.param((name, own), id=f"{name} {'own' if own else 'other'}"))
    return made


@pytest.mark.parametrize("where", _where())
def test_an_item_that_nothing_happened_to_is_visible(where: tuple[str, bool]) -> None:
    with _bench(where[0], own=where[1]) as bench:
        assert bench.adapter.perform(READ, bench.subject) == Reply(Answer.DONE, Presence.VISIBLE)
        assert bench.effects() == []


@pytest.mark.parametrize("where", _where(HIDE))
def test_what_is_hidden_is_seen_to_be(where: tuple[str, bool]) -> None:
    seen = Presence.HIDDEN if _can(where[0], own=where[1]).sees_hidden else Presence.VISIBLE
    with _bench(where[0], own=where[1]) as bench:
        for _ in range(2):
            assert bench.adapter.perform(HIDE, bench.subject) == Reply(Answer.DONE), "twice is no error"
            assert bench.adapter.perform(READ, bench.subject) == Reply(Answer.DONE, seen)
        assert bench.effects() == [HIDE]


@pytest.mark.parametrize("where", _where(HIDE, UNHIDE))
def test_what_is_shown_again_is_seen_to_be(where: tuple[str, bool]) -> None:
    with _bench(where[0], own=where[1]) as bench:
        bench.adapter.perform(HIDE, bench.subject)
        assert bench.adapter.perform(UNHIDE, bench.subject) == Reply(Answer.DONE)
        assert bench.adapter.perform(READ, bench.subject) == Reply(Answer.DONE, Presence.VISIBLE)
        assert bench.effects() == [HIDE, UNHIDE]


@pytest.mark.parametrize("where", _where(DELETE))
def test_what_is_deleted_is_seen_to_be_gone(where: tuple[str, bool]) -> None:
    with _bench(where[0], own=where[1]) as bench:
        assert bench.adapter.perform(DELETE, bench.subject) == Reply(Answer.DONE)
        assert bench.adapter.perform(READ, bench.subject) == Reply(Answer.ALREADY_GONE, Presence.GONE)
        assert bench.effects() == [DELETE]


@pytest.mark.parametrize("where", _where(DELETE))
def test_a_second_delete_does_nothing_and_claims_no_success(where: tuple[str, bool]) -> None:
    with _bench(where[0], own=where[1]) as bench:
        bench.adapter.perform(DELETE, bench.subject)
        reply = bench.adapter.perform(DELETE, bench.subject)
        assert reply.answer in {Answer.ALREADY_GONE, Answer.PERMANENT}
        assert reply.presence is None
        assert bench.effects() == [DELETE]


@pytest.mark.parametrize("name", KINDS)
def test_credentials_that_are_refused_or_missing_are_lost(name: str) -> None:
    with on_loopback(name, token="another token") as peer:
        subject = KINDS[name].own
        stranger = msgspec.structs.replace(subject, account_id="unknown")
        assert peer.adapter.perform(DELETE, subject).answer is Answer.AUTH_LOST
        assert peer.adapter.perform(READ, subject).answer is Answer.AUTH_LOST
        assert peer.adapter.perform(DELETE, stranger).answer is Answer.AUTH_LOST


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("token", "answer"), [(TOKEN, Answer.DONE), ("another token", Answer.AUTH_LOST)])
def test_credentials_are_checked_without_changing_anything(name: str, token: str, answer: Answer) -> None:
    with on_loopback(name, token=token) as peer:
        assert {account: reply.answer for account, reply in peer.adapter.check().items()} == {ACCOUNT: answer}
        assert peer.server.platform.calls == ()
        assert peer.server.unknown == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("kind", ObjectKind)
def test_what_the_adapter_offers_is_what_the_table_says(name: str, kind: ObjectKind) -> None:
    with on_loopback(name) as peer:
        for own in (False, True):
            offered = peer.adapter.capabilities(kind, is_own=own)
            assert offered == capabilities.of(name, kind, is_own=own)
            assert offered.unhide or not offered.hide, "whatever is hidden can be shown again"
