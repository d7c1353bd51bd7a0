"""The demo's side of the simulated platform: people post and delete there, and things go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx
import msgspec
from msgspec.structs import replace

from agents.demo.written import Sample
from agents.platforms.simulated import Action, Fault, FaultKind, Visibility
from pipeline.event import Change, Event, ObjectKind
from pipeline.route import State
from topics import wire

_CANNOT_BE_HIDDEN = {ObjectKind.STORY, ObjectKind.MESSAGE}
_FAULTS = (
    Fault(FaultKind.TOO_MANY, Action.HIDE, seconds=1),
    Fault(FaultKind.UNAVAILABLE, Action.DELETE),
    Fault(FaultKind.LIE, Action.DELETE),
    Fault(FaultKind.TIMEOUT_AFTER_SUCCESS, Action.DELETE, seconds=0.5),
    Fault(FaultKind.CUT, Action.HIDE),
    Fault(FaultKind.SLOW, Action.HIDE, seconds=1),
)
"""What real platforms do on a bad day: an item each, so that the rest shows the ordinary course."""


class DemoPlatform:
    """A client of the simulator at `url`."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=5, trust_env=False)
        self._there: set[str] = set()

    def plan_faults(self, samples: Sequence[Sample]) -> int:
        """Let the platform fail on some of the items that are to be taken down; returns on how many."""
        items = dict.fromkeys(
            wire.decode_event(sample.value).data.object_id
            for sample in samples
            if sample.expectation.ends is State.TAKEDOWN and sample.expectation.scene == "comment"
        )
        faults = [replace(fault, item=item) for fault, item in zip(_FAULTS, items, strict=False)]
        self._client.post("/_control/faults", content=msgspec.json.encode(faults)).raise_for_status()
        return len(faults)

    def happens(self, event: Event) -> None:
        """Let that be so on the platform which the event will tell of."""
        item = event.data
        if item.is_check:
            return
        if item.change is Change.DELETED:
            self._client.delete(f"/_control/items/{quote(item.object_id, safe='')}").raise_for_status()
        elif item.object_id not in self._there:
            self._there.add(item.object_id)
            seed = {
                "id": item.object_id,
                "account": item.account_id,
                "kind": item.object_kind,
                "can_hide": item.object_kind not in _CANNOT_BE_HIDDEN,
            }
            self._client.post("/v1/items", json=seed).raise_for_status()

    def states(self) -> dict[str, Visibility]:
        """How every item really stands."""
        items = self._client.get("/_control/items").raise_for_status().json()
        return {item["id"]: Visibility(item["state"]) for item in items}

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()
