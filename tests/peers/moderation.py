"""A moderation service as a Bluesky server knows it: takes the reports that the server passes on, and keeps them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import msgspec

from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving


class Moderation(LoopbackServer):
    """The service; `reports` are what came, as the server passed it on."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.reports: list[dict[str, Any]] = []


class _Handler(LoopbackHandler):
    server: Moderation

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.body())
        self.server.reports.append(body | {"path": self.path})
        told = {"id": 1, "reportedBy": "did:example:municipality", "createdAt": datetime.now(UTC).isoformat()}
        self.answer(200, msgspec.json.encode(body | told))


def moderating() -> AbstractContextManager[Moderation]:
    """Serve on a free port while the block lasts."""
    return serving(Moderation())
