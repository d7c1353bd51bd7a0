"""What the Graph API's answers and headers mean, and that we send only what Meta's specification knows."""

from __future__ import annotations

import hashlib
import hmac
import importlib
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from agents.platforms import capabilities
from agents.platforms.meta import FACEBOOK, INSTAGRAM, VERSION, classify
from agents.platforms.platform import Notifier
from pipeline.event import ObjectKind
from pipeline.platform import Action, Answer, Reply
from tests.orders import T0
from tests.peers.adapters import KINDS, on_loopback
from tests.peers.graph import ACCOUNT
from tests.peers.loopback import TOKEN

COMMENT = KINDS["facebook"].other
DELETE, READ = Action.DELETE, Action.READ


def error(code: int, subcode: int | None = None, *, transient: bool = False) -> httpx.Response:
    body = {"error": {"code": code, "error_subcode": subcode, "is_transient": transient, "message": "said in words"}}
    return httpx.Response(400, json=body)


CODES: dict[str, tuple[httpx.Response, Action, Reply]] = {
    "token expired": (error(190, 463), DELETE, Reply(Answer.AUTH_LOST, reason="code 190, subcode 463")),
    "no permission": (error(10), DELETE, Reply(Answer.NOT_PERMITTED, reason="code 10")),
    "no such object, or no right to it": (
        error(100, 33),
        DELETE,
        Reply(Answer.ALREADY_GONE, reason="code 100, subcode 33"),
    ),
    "wrong parameter": (error(100), DELETE, Reply(Answer.PERMANENT, reason="code 100")),
    "unknown error in a write": (error(1), DELETE, Reply(Answer.AMBIGUOUS, reason="code 1")),
    "unknown error in a reading": (error(1), READ, Reply(Answer.RETRY_AT, reason="code 1")),
    "transient, whatever the code": (error(999, transient=True), DELETE, Reply(Answer.AMBIGUOUS, reason="code 999")),
    "page limit": (error(32), DELETE, Reply(Answer.RETRY_AT, retry_at=T0 + timedelta(minutes=10), reason="code 32")),
    "blocked": (error(368), DELETE, Reply(Answer.RETRY_AT, retry_at=T0 + timedelta(hours=1), reason="code 368")),
    "not JSON": (httpx.Response(502, text="bad gateway"), DELETE, Reply(Answer.AMBIGUOUS, reason="HTTP 502")),
    "said no": (httpx.Response(200, json={"success": False}), DELETE, Reply(Answer.PERMANENT, reason="success: false")),
    "said yes": (httpx.Response(200, json={"success": True}), DELETE, Reply(Answer.DONE)),
}


@pytest.mark.parametrize(("response", "action", "reply"), CODES.values(), ids=CODES.keys())
def test_an_error_code_is_read(response: httpx.Response, action: Action, reply: Reply) -> None:
    assert classify(response, action, T0) == reply


USAGE: dict[str, tuple[dict[str, str], timedelta | None]] = {
    "none": ({}, None),
    "quiet": ({"X-App-Usage": '{"call_count":84,"total_cputime":1,"total_time":2}'}, None),
    "busy": ({"X-App-Usage": '{"call_count":3,"total_cputime":85,"total_time":2}'}, timedelta(minutes=2)),
    "nearly full": ({"X-App-Usage": '{"call_count":3,"total_cputime":1,"total_time":95}'}, timedelta(minutes=10)),
    "business use case, its own wait in minutes": (
        {"X-Business-Use-Case-Usage": '{"1":[{"call_count":100,"estimated_time_to_regain_access":19}]}'},
        timedelta(minutes=19),
    ),
    "the longer of the two": (
        {
            "X-App-Usage": '{"call_count":96}',
            "X-Business-Use-Case-Usage": '{"1":[{"call_count":86,"estimated_time_to_regain_access":0}]}',
        },
        timedelta(minutes=10),
    ),
    "rubbish": ({"X-App-Usage": "x", "X-Business-Use-Case-Usage": '{"1":5,"2":[7]}'}, None),
}


@pytest.mark.parametrize(("headers", "pause"), USAGE.values(), ids=USAGE.keys())
def test_the_account_slows_down_before_it_is_blocked(headers: dict[str, str], pause: timedelta | None) -> None:
    response = httpx.Response(200, json={"success": True}, headers=headers)
    assert classify(response, DELETE, T0) == Reply(Answer.DONE, retry_at=T0 + pause if pause else None)


def test_calls_are_signed_and_the_token_stands_in_no_address() -> None:
    with on_loopback("facebook") as peer:
        for action in Action:
            peer.adapter.perform(action, COMMENT)
        proof = hmac.new(b"secret", TOKEN.encode(), hashlib.sha256).hexdigest()
        assert {request.fields["appsecret_proof"] for request in peer.server.requests} == {proof}
        assert all(TOKEN not in str(request.fields) + request.path for request in peer.server.requests)
        assert {request.path for request in peer.server.requests[:4]} == {f"/{VERSION}/123_456"}


def test_an_id_with_a_slash_leads_nowhere_else() -> None:
    with on_loopback("facebook") as peer:
        strange = msgspec.structs.replace(COMMENT, object_id=f"x/../{COMMENT.object_id}")
        assert peer.adapter.perform(DELETE, strange).answer is Answer.ALREADY_GONE
        assert peer.server.platform.journal == ()


def test_an_account_without_token_is_told() -> None:
    with on_loopback("facebook") as peer:
        stranger = msgspec.structs.replace(COMMENT, account_id="unknown")
        reply = Reply(Answer.AUTH_LOST, reason="no credentials for this account")
        assert peer.adapter.perform(DELETE, stranger) == reply


@pytest.mark.parametrize("name", ["facebook", "instagram"])
def test_an_author_is_told_by_a_private_reply_and_once(name: str) -> None:
    with on_loopback(name) as peer:
        assert isinstance(peer.adapter, Notifier)
        assert peer.adapter.notify(KINDS[name].other, "Hej!") == Reply(Answer.DONE)
        assert peer.adapter.notify(KINDS[name].other, "Hej!").answer is Answer.PERMANENT
        first = peer.server.requests[0]
        assert (first.method, first.path) == ("POST", f"/{VERSION}/{ACCOUNT}/messages")
        assert first.fields["recipient"] == {"comment_id": KINDS[name].other.object_id}
        assert first.fields["message"] == {"text": "Hej!"}
        assert peer.server.unknown == []


def test_an_author_of_a_post_is_told_by_its_id() -> None:
    with on_loopback("facebook") as peer:
        assert isinstance(peer.adapter, Notifier)
        peer.adapter.notify(msgspec.structs.replace(COMMENT, object_kind=ObjectKind.POST), "Hej!")
        assert peer.server.requests[0].fields["recipient"] == {"post_id": COMMENT.object_id}


@pytest.mark.parametrize(("name", "longest"), [("facebook", 2000), ("instagram", 1000)])
def test_a_notice_that_the_platform_would_cut_is_for_people(name: str, longest: int) -> None:
    with on_loopback(name) as peer:
        assert isinstance(peer.adapter, Notifier)
        assert peer.adapter.notify(KINDS[name].other, "å" * (longest // 2)).answer is Answer.DONE
        assert peer.adapter.notify(KINDS[name].own, "å" * (longest // 2) + "x").answer is Answer.PERMANENT
        assert len(peer.server.requests) == 1


def test_only_platforms_that_tell_are_said_to() -> None:
    """The table and the adapters agree."""
    told = {name for name, kinds in capabilities.TABLE.items() if any(each.other.notify for each in kinds.values())}
    able = set()
    for name in KINDS:
        with on_loopback(name) as peer:
            able |= {name} if isinstance(peer.adapter, Notifier) else set()
    assert told == able == {"facebook", "instagram"}
    assert not any(each.own.notify for kinds in capabilities.TABLE.values() for each in kinds.values())


def test_what_we_send_stands_in_metas_own_specification() -> None:
    """`facebook_business` is generated from Meta's published field lists."""
    comment, ig_comment, page_post = (_specified(name) for name in ("comment", "igcomment", "pagepost"))
    assert _specified_version() == VERSION
    for thing in (comment.Comment, page_post.PagePost):
        assert getattr(thing.Field, FACEBOOK.hidden_field) == FACEBOOK.hidden_field
        assert FACEBOOK.hide_parameter in _parameters(thing.api_update)
    assert getattr(ig_comment.IGComment.Field, INSTAGRAM.hidden_field) == INSTAGRAM.hidden_field
    assert INSTAGRAM.hide_parameter in _parameters(ig_comment.IGComment.api_update)
    assert {FACEBOOK.hide_parameter, INSTAGRAM.hide_parameter} == {"is_hidden", "hide"}


def _specified(name: str) -> Any:
    missing = (
        "facebook_business is not installed: its licence is for use with Meta's services only, so nothing brings it"
    )
    return pytest.importorskip(f"facebook_business.adobjects.{name}", reason=missing)


def _specified_version() -> str:
    return str(importlib.import_module("facebook_business.apiconfig").ads_api_config["API_VERSION"])


def _parameters(method: Any) -> set[str]:
    """Every name in a generated method, its parameters among them."""
    constants = method.__code__.co_consts
    return {name for each in constants for name in (each if isinstance(each, tuple) else (each,)) if name}
