"""The adapter for the simulated platform's HTTP API (`agents/platforms/simulator.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import msgspec

from agents.platforms import answers
from agents.platforms.api import told_apart
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

_ROUTES = {
    Action.READ: ("GET", ""),
    Action.HIDE: ("POST", "/hide"),
    Action.UNHIDE: ("POST", "/unhide"),
    Action.DELETE: ("DELETE", ""),
}
_NOT_HIDEABLE = frozenset({ObjectKind.MESSAGE, ObjectKind.STORY})


class _State(msgspec.Struct, frozen=True):
    state: str


class SimulatorPlatform:
    """Calls the simulator at `url` with a bearer token."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = answers.client(timeout, url, {"Authorization": f"Bearer {token}"})
        self._now = now

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:  # noqa: ARG002 - the port's signature
        """Everything but hiding what lives in private or for a day."""
        hideable = kind not in _NOT_HIDEABLE
        return Capabilities(hide=hideable, unhide=hideable, delete=True)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; a reading that finds nothing asks whether we may still moderate the account."""
        method, verb = _ROUTES[action]
        answer = self._call(method, f"/v1/items/{quote(subject.object_id, safe='')}{verb}", action)
        if isinstance(answer, Reply):
            return answer
        if action is not Action.READ:
            return answers.classify(answer, self._now())
        if answer.status_code == httpx.codes.NOT_FOUND:
            return self._told_apart(subject)
        return _presence(answer) if answer.is_success else answers.classify(answer, self._now())

    def check(self) -> Mapping[str, Reply]:
        """The simulator plays every account with one token, so there is none to name."""
        return {}

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _told_apart(self, subject: Subject) -> Reply:
        answer = self._call("GET", f"/v1/accounts/{quote(subject.account_id, safe='')}", Action.READ)
        return told_apart(answer if isinstance(answer, Reply) else answers.classify(answer, self._now()))

    def _call(self, method: str, path: str, action: Action) -> httpx.Response | Reply:
        return answers.send(self._client, self._client.build_request(method, path), action)


def _presence(response: httpx.Response) -> Reply:
    try:
        return Reply(Answer.DONE, Presence(msgspec.json.decode(response.content, type=_State).state))
    except (msgspec.DecodeError, ValueError):
        return Reply(Answer.RETRY_AT, reason="unreadable answer")
