"""What a pretended social platform knows and does: items, the faults it was told to show, and its journal.

No HTTP here: `agents/platforms/simulator.py` puts this behind an API.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum

import msgspec


class Visibility(StrEnum):
    """How an item stands towards the public."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    REMOVED = "removed"


class Action(StrEnum):
    """What a client may ask for."""

    READ = "read"
    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"
    ACCOUNT = "account"


class FaultKind(StrEnum):
    """How a call can go wrong. `lie` does nothing and says yes; `timeout_after_success` does it and says nothing.

    `trickle` does it and says so, a byte at a time. `not_found` is 404 for an item that is there, as platforms answer
    when a token has lost its rights; `cut` closes the connection with nothing done.
    """

    TOO_MANY = "429"
    BROKEN = "500"
    UNAVAILABLE = "503"
    SLOW = "slow"
    TIMEOUT_AFTER_SUCCESS = "timeout_after_success"
    TRICKLE = "trickle"
    LIE = "lie"
    AUTH_LOST = "auth_lost"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    UNSUPPORTED = "unsupported"
    CUT = "cut"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One planned fault: which calls it meets (None: any) and how many (None: until cleared).

    `seconds` is the Retry-After of `429`, the delay of `slow`, how long `timeout_after_success` holds the line, and
    how long `trickle` waits before each byte.
    """

    kind: FaultKind
    action: Action | None = None
    item: str | None = None
    account: str | None = None
    count: int | None = 1
    seconds: float = 1.0


class Item(msgspec.Struct, frozen=True):
    """One post or comment as the platform keeps it; it holds no text, as nobody asks for any."""

    id: str
    account: str
    kind: str = "comment"
    can_hide: bool = True
    state: Visibility = Visibility.VISIBLE


class Call(msgspec.Struct, frozen=True):
    """A line of the journal. `effective`: the item changed state. `status` is None where no answer was sent.

    `monotonic` is the system's clock, which other processes of the same machine share.
    """

    action: Action
    item: str
    status: int | None
    effective: bool
    by: str
    monotonic: float
    at: datetime


class Reply(msgspec.Struct, frozen=True):
    """What to send, and how: after `delay` seconds, each byte after `pause`, or (status None) never."""

    status: int | None
    body: Mapping[str, object] = {}
    retry_after: float | None = None
    delay: float = 0.0
    pause: float = 0.0
    effective: bool = False


_WANTED = {
    Action.HIDE: Visibility.HIDDEN,
    Action.UNHIDE: Visibility.VISIBLE,
    Action.DELETE: Visibility.REMOVED,
}
_REFUSALS = {
    FaultKind.TOO_MANY: 429,
    FaultKind.BROKEN: 500,
    FaultKind.UNAVAILABLE: 503,
    FaultKind.AUTH_LOST: 401,
    FaultKind.FORBIDDEN: 403,
    FaultKind.NOT_FOUND: 404,
    FaultKind.UNSUPPORTED: 405,
}


class SimulatedPlatform:
    """Items of all accounts, the planned faults and the journal; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: dict[str, Item] = {}
        self._faults: list[tuple[Fault, int | None]] = []
        self._calls: list[Call] = []

    def seed(self, item: Item) -> None:
        """Put an item on the platform, or replace it."""
        with self._lock:
            self._items[item.id] = item

    def plan(self, faults: Iterable[Fault]) -> None:
        """Add faults; the first one that meets a call is used."""
        with self._lock:
            self._faults += [(fault, fault.count) for fault in faults]

    def clear_faults(self) -> None:
        """Be a faultless platform from now on."""
        with self._lock:
            self._faults.clear()

    def items(self) -> tuple[Item, ...]:
        """Every item, removed ones too."""
        with self._lock:
            return tuple(self._items.values())

    def state(self, item_id: str) -> Visibility | None:
        """How an item really stands, whatever the API says; None if it was never there."""
        with self._lock:
            item = self._items.get(item_id)
            return item.state if item else None

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in order, reads and refusals too."""
        with self._lock:
            return tuple(self._calls)

    @property
    def journal(self) -> tuple[Call, ...]:
        """The calls that changed an item."""
        return tuple(call for call in self.calls if call.effective)

    def remove_as_author(self, item_id: str) -> None:
        """The author takes the item away, past the API; it is journalled as theirs."""
        with self._lock:
            reply = self._perform(Action.DELETE, item_id)
            self._note(Action.DELETE, item_id, reply, "author")

    def account(self, account: str) -> Reply:
        """Whether the caller may moderate this account: what tells "gone" from "not allowed to see it"."""
        with self._lock:
            refusal = self._refusal(self._take(Action.ACCOUNT, None, account))
            if refusal:
                return refusal
            if all(item.account != account for item in self._items.values()):
                return Reply(404, {"error": "not found"})
            return Reply(200, {"id": account, "can_moderate": True})

    def handle(self, action: Action, item_id: str) -> Reply:
        """Do, or pretend to do, what a client asks about an item."""
        with self._lock:
            reply = self._handle(action, item_id)
            self._note(action, item_id, reply, "client")
            return reply

    def _handle(self, action: Action, item_id: str) -> Reply:
        item = self._items.get(item_id)
        fault = self._take(action, item_id, item.account if item else None)
        refusal = self._refusal(fault)
        if refusal:
            return refusal
        if fault and fault.kind is FaultKind.LIE and item:
            return Reply(200, {"id": item_id, "state": _WANTED.get(action, item.state)})
        reply = self._perform(action, item_id)
        if fault and fault.kind is FaultKind.SLOW:
            return msgspec.structs.replace(reply, delay=fault.seconds)
        if fault and fault.kind is FaultKind.TIMEOUT_AFTER_SUCCESS:
            return msgspec.structs.replace(reply, status=None, delay=fault.seconds)
        if fault and fault.kind is FaultKind.TRICKLE:
            return msgspec.structs.replace(reply, pause=fault.seconds)
        return reply

    def _refusal(self, fault: Fault | None) -> Reply | None:
        if fault and fault.kind is FaultKind.CUT:
            return Reply(None)
        if not fault or fault.kind not in _REFUSALS:
            return None
        retry_after = fault.seconds if fault.kind is FaultKind.TOO_MANY else None
        return Reply(_REFUSALS[fault.kind], {"error": fault.kind.name.lower()}, retry_after)

    def _perform(self, action: Action, item_id: str) -> Reply:
        item = self._items.get(item_id)
        if item is None or item.state is Visibility.REMOVED:
            return Reply(404, {"error": "not found"})
        if action is Action.HIDE and not item.can_hide:
            return Reply(405, {"error": "unsupported"})
        wanted = _WANTED.get(action, item.state)
        self._items[item_id] = msgspec.structs.replace(item, state=wanted)
        return Reply(200, msgspec.structs.asdict(self._items[item_id]), effective=wanted is not item.state)

    def _take(self, action: Action, item_id: str | None, account: str | None) -> Fault | None:
        for i, (fault, left) in enumerate(self._faults):
            wanted = ((fault.action, action), (fault.item, item_id), (fault.account, account))
            if any(want is not None and want != have for want, have in wanted):
                continue
            if left is not None and left <= 1:
                del self._faults[i]
            else:
                self._faults[i] = (fault, None if left is None else left - 1)
            return fault
        return None

    def _note(self, action: Action, item_id: str, reply: Reply, by: str) -> None:
        now = datetime.now(UTC)
        self._calls.append(Call(action, item_id, reply.status, reply.effective, by, time.monotonic(), now))
