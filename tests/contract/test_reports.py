"""What each adapter does where a report to those who run the platform is all there is, or all that is left."""

from __future__ import annotations

import msgspec
import pytest

from agents.platforms import capabilities
from agents.platforms.platform import Reporter
from pipeline.platform import Answer, Reply
from tests.peers.adapters import KINDS, Peer, on_loopback
from tests.peers.atproto import AtprotoDialect
from tests.peers.dialects import MastodonDialect

REPORTING = ("bluesky", "mastodon")
TEXT = "A Swedish public authority asks you to look at this item."


def reported(peer: Peer) -> list[tuple[str, str]]:
    dialect = peer.server.dialect
    assert isinstance(dialect, AtprotoDialect | MastodonDialect)
    return dialect.reports


@pytest.mark.parametrize("name", REPORTING)
def test_a_report_names_the_item_and_says_why(name: str) -> None:
    subject = KINDS[name].other
    with on_loopback(name) as peer:
        assert isinstance(peer.adapter, Reporter)
        assert peer.adapter.report(subject, TEXT) == Reply(Answer.DONE)
        assert reported(peer) == [(subject.object_id, TEXT)]
        assert peer.server.unknown == []


@pytest.mark.parametrize("name", REPORTING)
def test_what_is_not_there_is_not_reported(name: str) -> None:
    subject = KINDS[name].other
    with on_loopback(name) as peer:
        assert isinstance(peer.adapter, Reporter)
        gone = msgspec.structs.replace(subject, object_id=f"{subject.object_id}9")
        assert peer.adapter.report(gone, TEXT).answer is Answer.ALREADY_GONE
        assert reported(peer) == []


@pytest.mark.parametrize("name", REPORTING)
def test_an_account_without_token_reports_nothing(name: str) -> None:
    with on_loopback(name) as peer:
        assert isinstance(peer.adapter, Reporter)
        stranger = msgspec.structs.replace(KINDS[name].other, account_id="unknown")
        assert peer.adapter.report(stranger, TEXT).answer is Answer.AUTH_LOST
        assert reported(peer) == []


@pytest.mark.parametrize("name", REPORTING)
def test_a_token_that_is_refused_is_told(name: str) -> None:
    with on_loopback(name, token="another") as peer:
        assert isinstance(peer.adapter, Reporter)
        assert peer.adapter.report(KINDS[name].other, TEXT).answer is Answer.AUTH_LOST
        assert reported(peer) == []


def test_the_hash_that_the_event_brought_is_reported() -> None:
    """Another's record stands on another server: then the event alone tells its hash."""
    subject = msgspec.structs.replace(KINDS["bluesky"].other, native_ids={"cid": "bafy"})
    with on_loopback("bluesky") as peer:
        assert isinstance(peer.adapter, Reporter)
        peer.adapter.report(subject, TEXT)
        (sent,) = (each for each in peer.server.requests if each.path.endswith("createReport"))
        assert sent.fields["subject"]["cid"] == "bafy"


def test_only_platforms_that_take_reports_are_said_to() -> None:
    said = {name for name, kinds in capabilities.TABLE.items() if any(each.other.report for each in kinds.values())}
    able = set()
    for name in KINDS:
        with on_loopback(name) as peer:
            able |= {name} if isinstance(peer.adapter, Reporter) else set()
    assert said == able == set(REPORTING)
    assert not any(each.own.report for kinds in capabilities.TABLE.values() for each in kinds.values())
