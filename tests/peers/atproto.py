"""A simulator of a Bluesky server for planned faults; the real one is in tests/peers/pds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.platforms.simulated import Action, Item, Visibility
from tests.orders import T0
from tests.peers.loopback import TOKEN, Answer, Asked, Request

DID, CITIZEN = "did:plc:municipality", "did:plc:citizen"
ROOT = f"at://{DID}/app.bsky.feed.post/root"
_GATE = "app.bsky.feed.threadgate"
_TOKENS = {"did": DID, "handle": "kommunen.test", "accessJwt": TOKEN, "refreshJwt": "refresh"}
_RESET = {"ratelimit-reset": str(int(T0.timestamp()) + 300)}


@dataclass(slots=True)
class AtprotoDialect:
    """One server with our account, whose thread gate hides replies."""

    name: str = "bluesky"
    hidden: list[str] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    limits: Mapping[str, Answer] = field(
        default_factory=lambda: {
            "ratelimit-reset": Answer(429, {"error": "RateLimitExceeded", "message": "words"}, _RESET)
        }
    )

    def authorised(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {TOKEN}"

    def ask(self, request: Request) -> Asked | Answer | None:
        fields = request.fields
        uri = f"at://{fields.get('repo')}/{fields.get('collection')}/{fields.get('rkey')}"
        actions = {"repo.getRecord": Action.READ, "repo.deleteRecord": Action.DELETE}
        match request.path.removeprefix("/xrpc/com.atproto."):
            case "server.createSession" | "server.refreshSession":
                return self._session(request)
            case "server.getSession":
                return Asked(Action.ACCOUNT, "eslovskommun")
            case "moderation.createReport":
                return self._report(request)
            case "repo.putRecord":
                return self._put(set(fields["record"]["hiddenReplies"]), fields["swapRecord"])
            case "repo.getRecord" if fields["collection"] == _GATE:
                gate = {"$type": _GATE, "post": ROOT, "hiddenReplies": list(self.hidden)}
                return Answer(200, {"uri": uri, "cid": f"cid{len(self.hidden)}", "value": gate})
            case method:
                return Asked(actions[method], uri) if method in actions else None

    def success(self, action: Action, item: Item | None) -> Answer:
        if item and item.state is Visibility.HIDDEN and item.id not in self.hidden:
            self.hidden.append(item.id)
        if item and item.state is not Visibility.HIDDEN and item.id in self.hidden:
            self.hidden.remove(item.id)
        commit = {"commit": {"cid": "c", "rev": "r"}} if action is Action.DELETE else {}
        return Answer(200, {"did": DID, "uri": "u", "cid": "c", "value": {}} | commit)

    def failure(self, status: int, action: Action) -> Answer:
        if status == 404 and action is Action.DELETE:
            return Answer(200, {})
        said = {
            401: (400, "ExpiredToken"),
            403: (403, "AccountNotFound"),
            404: (400, "RecordNotFound"),
            405: (501, "MethodNotImplemented"),
        }
        code, name = said.get(status, (status, "InternalServerError"))
        return Answer(code, {"error": name, "message": "words"})

    def _report(self, request: Request) -> Answer:
        if not self.authorised(request):
            return self.failure(401, Action.READ)
        subject = request.fields["subject"]
        assert subject["$type"] == "com.atproto.repo.strongRef"
        assert subject["cid"]
        self.reports.append((subject["uri"], request.fields["reason"]))
        return Answer(200, {"id": 1, "reasonType": request.fields["reasonType"], "reportedBy": DID})

    def _session(self, request: Request) -> Answer:
        right = request.fields.get("password") == TOKEN or request.headers.get("authorization") == "Bearer refresh"
        return Answer(200, _TOKENS) if right else Answer(401, {"error": "AuthenticationRequired", "message": "words"})

    def _put(self, wanted: set[str], swap: str) -> Asked | Answer:
        if swap != f"cid{len(self.hidden)}":
            return Answer(400, {"error": "InvalidSwap", "message": "words"})
        changed = wanted ^ set(self.hidden)
        if not changed:
            return Answer(200, {"uri": "u", "cid": "c"})
        item = changed.pop()
        return Asked(Action.HIDE if item in wanted else Action.UNHIDE, item)
