"""A platform in memory, for unit tests: it does as asked, except where a fault is planned."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

EFFECT = {Action.HIDE: Presence.HIDDEN, Action.UNHIDE: Presence.VISIBLE, Action.DELETE: Presence.GONE}


class FakePlatform:
    """Items are visible until something happens to them.

    `faults[item]` are used up one a call: a reply that is given in place of doing anything, or a callable that is
    called after the call has been done, and whose reply (or error) is what the caller gets.
    """

    def __init__(self, can: Capabilities | None = None) -> None:
        self.can = can or Capabilities(hide=True, unhide=True, delete=True)
        self.items: dict[str, Presence] = {}
        self.faults: dict[str, deque[Reply | Callable[[], Reply]]] = {}
        self.letters: list[tuple[str, str]] = []
        self.reports: list[tuple[str, str]] = []
        self.calls: list[tuple[Action, str]] = []
        self.effects: list[tuple[Action, str]] = []
        self._lock = threading.Lock()

    def plan(self, item: str, faults: Iterable[Reply | Callable[[], Reply]]) -> None:
        self.faults.setdefault(item, deque()).extend(faults)

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        assert kind
        assert is_own in {True, False}
        return self.can

    def perform(self, action: Action, subject: Subject) -> Reply:
        with self._lock:
            item = subject.object_id
            self.calls.append((action, item))
            planned = self.faults.get(item)
            fault = planned.popleft() if planned else None
            if isinstance(fault, Reply):
                return fault
            reply = self._do(action, item)
        return fault() if fault else reply

    def notify(self, subject: Subject, text: str) -> Reply:
        """Keep the letter; its faults are planned under `letter:` and the item's id."""
        with self._lock:
            planned = self.faults.get(f"letter:{subject.object_id}")
            fault = planned.popleft() if planned else None
            if isinstance(fault, Reply):
                return fault
            self.letters.append((subject.object_id, text))
        return fault() if fault else Reply(Answer.DONE)

    def report(self, subject: Subject, text: str) -> Reply:
        """Keep the report; its faults are planned under `report:` and the item's id."""
        with self._lock:
            planned = self.faults.get(f"report:{subject.object_id}")
            fault = planned.popleft() if planned else None
            if isinstance(fault, Reply):
                return fault
            self.reports.append((subject.object_id, text))
        return fault() if fault else Reply(Answer.DONE)

    def check(self) -> Mapping[str, Reply]:
        return {}

    def close(self) -> None:
        """There is nothing to let go of."""

    def delete_as_author(self, item: str) -> None:
        with self._lock:
            self.items[item] = Presence.GONE

    def _do(self, action: Action, item: str) -> Reply:
        now = self.items.setdefault(item, Presence.VISIBLE)
        if now is Presence.GONE:
            return Reply(Answer.ALREADY_GONE, Presence.GONE) if action is Action.READ else Reply(Answer.ALREADY_GONE)
        if action is Action.READ:
            return Reply(Answer.DONE, now)
        if now is not EFFECT[action]:
            self.effects.append((action, item))
        self.items[item] = EFFECT[action]
        return Reply(Answer.DONE)
