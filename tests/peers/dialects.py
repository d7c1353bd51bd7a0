"""Simulators of YouTube, X, Mastodon, LinkedIn and TikTok, from their documents. Not the vendors'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from agents.platforms.simulated import Action, Item, Visibility
from tests.orders import T0
from tests.peers.loopback import TOKEN, Answer, Asked, Request

CHANNEL, BUSINESS, ORGANISATION = "UC1", "b1", "urn:li:organization:1"
_RESET = int(T0.timestamp()) + 300
_ACCOUNT = Asked(Action.ACCOUNT, "eslovskommun")


def _bearer(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {TOKEN}"


def _google(status: int, reason: str) -> Answer:
    return Answer(
        status, {"error": {"code": status, "errors": [{"domain": "x", "reason": reason, "message": "words"}]}}
    )


@dataclass(frozen=True, slots=True)
class YouTubeDialect:
    """After the discovery document of youtube v3: a list that finds nothing is empty, not an error."""

    name: str = "youtube"
    limits: Mapping[str, Answer] = field(
        default_factory=lambda: {
            "the day's quota": _google(403, "quotaExceeded"),
            "too fast": _google(429, "rateLimitExceeded"),
        }
    )

    def authorised(self, request: Request) -> bool:
        return _bearer(request)

    def ask(self, request: Request) -> Asked | Answer | None:
        path, item = request.path.removeprefix("/youtube/v3/"), str(request.fields.get("id"))
        match request.method, path, request.fields.get("moderationStatus"):
            case "GET", "channels", None:
                return _ACCOUNT
            case "GET", ("comments" | "videos"), None:
                return Asked(Action.READ, item)
            case "DELETE", ("comments" | "videos"), None:
                return Asked(Action.DELETE, item)
            case "POST", "comments/setModerationStatus", status:
                wanted = {"heldForReview": Action.HIDE, "published": Action.UNHIDE, "rejected": Action.DELETE}
                return Asked(wanted[str(status)], item)
        return None

    def success(self, action: Action, item: Item | None) -> Answer:
        if action is Action.ACCOUNT:
            return Answer(200, {"items": [{"id": CHANNEL}]})
        if action is not Action.READ or item is None:
            return Answer(204)
        status = "heldForReview" if item.state is Visibility.HIDDEN else "published"
        return Answer(200, {"items": [{"id": item.id, "snippet": {"moderationStatus": status}}]})

    def failure(self, status: int, action: Action) -> Answer:
        if status == 404 and action is Action.READ:
            return Answer(200, {"items": []})
        reasons = {401: "authError", 403: "forbidden", 404: "commentNotFound", 405: "notAllowed"}
        return _google(status, reasons.get(status, "backendError"))


@dataclass(frozen=True, slots=True)
class XDialect:
    """After X's OpenAPI description 2.159; what is hidden is not to be seen."""

    name: str = "x"
    limits: Mapping[str, Answer] = field(
        default_factory=lambda: {
            "x-rate-limit": Answer(
                429, {"title": "Too Many Requests"}, {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(_RESET)}
            )
        }
    )

    def authorised(self, request: Request) -> bool:
        return _bearer(request)

    def ask(self, request: Request) -> Asked | Answer | None:
        match request.method, *request.path.strip("/").split("/"):
            case "GET", "2", "users", "me":
                return _ACCOUNT
            case "GET", "2", "tweets", item:
                return Asked(Action.READ, item)
            case "DELETE", "2", "tweets", item:
                return Asked(Action.DELETE, item)
            case "PUT", "2", "tweets", item, "hidden":
                return Asked(Action.HIDE if request.fields["hidden"] is True else Action.UNHIDE, item)
        return None

    def success(self, action: Action, item: Item | None) -> Answer:
        said = {Action.HIDE: {"hidden": True}, Action.UNHIDE: {"hidden": False}, Action.DELETE: {"deleted": True}}
        return Answer(200, {"data": said.get(action, {"id": item.id if item else "1"})})

    def failure(self, status: int, action: Action) -> Answer:
        if status == 404 and action is Action.READ:
            kind = "https://api.twitter.com/2/problems/resource-not-found"
            return Answer(200, {"errors": [{"type": kind, "title": "Not Found Error"}]})
        return Answer(status, {"title": "words", "type": "about:blank", "status": status})


@dataclass(frozen=True, slots=True)
class MastodonDialect:
    """After Mastodon's documents: 404 for what is not yours and what is not there."""

    name: str = "mastodon"
    reports: list[tuple[str, str]] = field(default_factory=list)
    limits: Mapping[str, Answer] = field(
        default_factory=lambda: {
            "X-RateLimit, ISO time": Answer(
                429, {"error": "Throttled"}, {"X-RateLimit-Reset": "2026-11-23T12:05:00.123456Z"}
            )
        }
    )

    def authorised(self, request: Request) -> bool:
        return _bearer(request)

    def ask(self, request: Request) -> Asked | Answer | None:
        match request.method, request.path.removeprefix("/api/v1/").split("/"):
            case "GET", ["accounts", "verify_credentials"]:
                return _ACCOUNT
            case "POST", ["reports"] if request.fields.get("account_id") == "9":
                return self._report(request)
            case "GET", ["statuses", item]:
                return Asked(Action.READ, item)
            case "DELETE", ["statuses", item]:
                return Asked(Action.DELETE, item)
        return None

    def success(self, action: Action, item: Item | None) -> Answer:
        del action
        return Answer(200, {"id": item.id if item else "1", "account": {"id": "9"}})

    def failure(self, status: int, action: Action) -> Answer:
        del action
        return Answer(status, {"error": "words"})

    def _report(self, request: Request) -> Answer:
        if not self.authorised(request):
            return self.failure(401, Action.READ)
        self.reports.append((request.fields["status_ids"][0], request.fields["comment"]))
        return Answer(200, {"id": "48914", "action_taken": False, "category": request.fields["category"]})


@dataclass(frozen=True, slots=True)
class LinkedInDialect:
    """After third parties' code; the vendor's documents are closed."""

    name: str = "linkedin"
    limits: Mapping[str, Answer] = field(
        default_factory=lambda: {
            "429, no header": Answer(429, {"status": 429}),
            "429, Retry-After": Answer(429, None, {"Retry-After": "300"}),
        }
    )

    def authorised(self, request: Request) -> bool:
        return _bearer(request) and request.headers.get("x-restli-protocol-version") == "2.0.0"

    def ask(self, request: Request) -> Asked | Answer | None:
        actions = {"GET": Action.READ, "DELETE": Action.DELETE}
        match request.method, *request.path.strip("/").split("/"):
            case "GET", "rest", "posts" if request.fields.get("author") == ORGANISATION:
                return _ACCOUNT
            case ("GET" | "DELETE") as method, "rest", "posts", item:
                return Asked(actions[method], item)
            case ("GET" | "DELETE") as method, "rest", "socialActions", _, "comments", item:
                return Asked(actions[method], item)
        return None

    def success(self, action: Action, item: Item | None) -> Answer:
        del item
        return Answer(204) if action is Action.DELETE else Answer(200, {})

    def failure(self, status: int, action: Action) -> Answer:
        del action
        return Answer(status, {"status": status, "message": "words"})


@dataclass(frozen=True, slots=True)
class TikTokDialect:
    """After third parties' code: every error is HTTP 200 with a code."""

    name: str = "tiktok"
    limits: Mapping[str, Answer] = field(
        default_factory=lambda: {"code 40100": Answer(200, {"code": 40100, "message": "words"})}
    )

    def authorised(self, request: Request) -> bool:
        return request.headers.get("access-token") == TOKEN

    def ask(self, request: Request) -> Asked | Answer | None:
        fields = request.fields
        match request.method, request.path.removeprefix("/open_api/v1.3/business/"):
            case "GET", "get/":
                return _ACCOUNT
            case "GET", "comment/list/":
                return Asked(Action.READ, msgspec.json.decode(fields["comment_ids"])[0])
            case "POST", "comment/delete/":
                return Asked(Action.DELETE, fields["comment_id"])
            case "POST", "comment/hide/" if "video_id" in fields:
                return Asked({"HIDE": Action.HIDE, "UNHIDE": Action.UNHIDE}[fields["action"]], fields["comment_id"])
        return None

    def success(self, action: Action, item: Item | None) -> Answer:
        if action is not Action.READ or item is None:
            return Answer(200, {"code": 0, "message": "Ok", "data": {}})
        status = "HIDDEN" if item.state is Visibility.HIDDEN else "PUBLIC"
        return Answer(200, {"code": 0, "data": {"comments": [{"comment_id": item.id, "status": status}]}})

    def failure(self, status: int, action: Action) -> Answer:
        if status == 404 and action is Action.READ:
            return Answer(200, {"code": 0, "data": {"comments": []}})
        codes = {401: 40105, 403: 40001, 404: 40002, 405: 40002, 500: 50000, 503: 50002}
        return Answer(200, {"code": codes[status], "message": "words"})
