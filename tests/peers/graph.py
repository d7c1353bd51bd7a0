"""A simulator of Meta's Graph API, from its documents: Facebook comments and posts, Instagram comments. Not Meta's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.platforms.simulated import Action, Item, Visibility
from tests.peers.loopback import TOKEN, Answer, Asked, Request

ACCOUNT = "1000"
"""The id of the page, or of the professional account."""


def _error(status: int, code: int, subcode: int | None = None, **more: object) -> Answer:
    error = {"message": "(#x) as the documents say", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    return Answer(status, {"error": error | ({"error_subcode": subcode} if subcode else {})})


_THROTTLED = _error(400, 4).body
_LIMITS: Mapping[str, Answer] = {
    "code 4, app usage": Answer(
        400, _THROTTLED, {"X-App-Usage": '{"call_count":100,"total_cputime":2,"total_time":3}'}
    ),
    "code 32, business use case": Answer(
        400,
        _error(400, 32).body,
        {
            "X-Business-Use-Case-Usage": '{"1000":[{"type":"pages","call_count":100,"total_cputime":1,"total_time":1,'
            '"estimated_time_to_regain_access":7}]}'
        },
    ),
    "code 80002, no header": _error(400, 80002),
    "code 368, blocked": _error(400, 368),
}


@dataclass(frozen=True, slots=True)
class GraphDialect:
    """One of the two products; the field names are those of Meta's specification."""

    name: str
    hide_parameter: str
    hidden_field: str
    control_edge: str
    limits: Mapping[str, Answer]
    told: dict[str, str] = field(default_factory=dict)

    def authorised(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {TOKEN}"

    def ask(self, request: Request) -> Asked | Answer | None:
        version, _, path = request.path.strip("/").partition("/")
        if version != "v26.0":
            return None
        if path == f"{ACCOUNT}/{self.control_edge}" and request.method == "GET":
            return Asked(Action.ACCOUNT, "eslovskommun")
        if (request.method, path) == ("POST", f"{ACCOUNT}/messages"):
            return self._message(request)
        if request.method == "GET":
            reads = self.hidden_field in request.fields.get("fields", "").split(",")
            return Asked(Action.READ, path) if reads else None
        wanted = {("POST", "true"): Action.HIDE, ("POST", "false"): Action.UNHIDE, ("DELETE", None): Action.DELETE}
        action = wanted.get((request.method, request.fields.get(self.hide_parameter)))
        return Asked(action, path) if action else None

    def _message(self, request: Request) -> Answer | None:
        """A private reply to a comment or post: one each (Messenger Platform, private replies)."""
        if not self.authorised(request):
            return self.failure(401, Action.HIDE)
        recipient, message = request.fields.get("recipient"), request.fields.get("message")
        if not (isinstance(recipient, dict) and isinstance(message, dict) and message.get("text")):
            return None
        about = recipient.get("comment_id") or recipient.get("post_id")
        if about in self.told:
            return _error(400, 10900)
        self.told[str(about)] = str(message["text"])
        return Answer(200, {"recipient_id": "2000", "message_id": "m_1"})

    def success(self, action: Action, item: Item | None) -> Answer:
        if action is Action.ACCOUNT:
            return Answer(200, {"data": [{"id": "1"}]})
        if action is Action.READ and item:
            return Answer(200, {"id": item.id, self.hidden_field: item.state is Visibility.HIDDEN})
        return Answer(200, {"success": True})

    def failure(self, status: int, action: Action) -> Answer:
        del action
        return {
            401: _error(401, 190, 463),
            403: _error(403, 200),
            404: _error(400, 100, 33),
            405: _error(400, 100),
            500: _error(500, 1),
            503: _error(503, 2, is_transient=True),
        }[status]


def facebook() -> GraphDialect:
    """A page and its comments."""
    return GraphDialect("facebook", "is_hidden", "is_hidden", "feed", _LIMITS)


def instagram() -> GraphDialect:
    """A professional account and its comments."""
    return GraphDialect("instagram", "hide", "hidden", "media", _LIMITS)
