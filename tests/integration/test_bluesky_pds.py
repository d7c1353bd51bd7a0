"""The Bluesky adapter against a real server: every answer here is the PDS's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from agents.platforms.bluesky import Bluesky, BlueskyAccount
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Presence, Reply
from tests.orders import a_subject
from tests.peers.moderation import Moderation, moderating
from tests.peers.pds_server import PASSWORD, Pds, Person, running_pds

pytestmark = pytest.mark.slow

HIDE, UNHIDE, DELETE, READ = Action.HIDE, Action.UNHIDE, Action.DELETE, Action.READ


@pytest.fixture(scope="module")
def moderation() -> Iterator[Moderation]:
    with moderating() as service:
        yield service


@pytest.fixture(scope="module")
def pds(tmp_path_factory: pytest.TempPathFactory, moderation: Moderation) -> Iterator[Pds]:
    with running_pds(tmp_path_factory.mktemp("pds"), moderation=moderation.url) as server:
        yield server


@pytest.fixture(scope="module")
def municipality(pds: Pds) -> Person:
    return pds.person("kommunen")


@pytest.fixture(scope="module")
def citizen(pds: Pds) -> Person:
    return pds.person("invanare")


@pytest.fixture
def adapter(pds: Pds, municipality: Person) -> Iterator[Bluesky]:
    with adapter_for(pds, municipality) as made:
        yield made


@contextmanager
def adapter_for(pds: Pds, person: Person, password: str = PASSWORD) -> Iterator[Bluesky]:
    account = BlueskyAccount(person.handle, password, pds.url)
    with closing(Bluesky({"eslovskommun": account})) as adapter:
        yield adapter


def subject(uri: str, *, root: str | None = None, own: bool = True) -> Subject:
    kind = ObjectKind.REPLY if root else ObjectKind.POST
    return msgspec.structs.replace(a_subject(uri, platform="bluesky", own=own, kind=kind), root_id=root or uri)


def test_our_own_post_is_deleted_and_seen_to_be_gone(pds: Pds, municipality: Person, adapter: Bluesky) -> None:
    post = subject(pds.write(municipality, "Välkommen till biblioteket"))
    assert adapter.perform(READ, post) == Reply(Answer.DONE, Presence.VISIBLE)
    assert adapter.perform(DELETE, post) == Reply(Answer.DONE)
    assert adapter.perform(READ, post) == Reply(Answer.ALREADY_GONE, Presence.GONE)
    assert adapter.perform(DELETE, post) == Reply(Answer.ALREADY_GONE, reason="no commit")
    assert pds.record(post.object_id) is None


def test_a_reply_in_our_thread_is_hidden_and_shown(
    pds: Pds, municipality: Person, citizen: Person, adapter: Bluesky
) -> None:
    root = pds.write(municipality, "Badet öppnar")
    replies = [subject(pds.write(citizen, f"svar {i}", root=root), root=root, own=False) for i in range(2)]
    assert adapter.perform(READ, replies[0]).presence is Presence.VISIBLE
    assert adapter.perform(UNHIDE, replies[0]) == Reply(Answer.DONE)
    for reply in replies:
        assert adapter.perform(HIDE, reply) == Reply(Answer.DONE)
        assert adapter.perform(HIDE, reply) == Reply(Answer.DONE), "twice is no error"
    assert [adapter.perform(READ, each).presence for each in replies] == [Presence.HIDDEN] * 2
    gate = pds.record(root.replace("app.bsky.feed.post", "app.bsky.feed.threadgate"))
    assert gate is not None
    assert gate["value"]["hiddenReplies"] == [each.object_id for each in replies]
    assert adapter.perform(UNHIDE, replies[0]) == Reply(Answer.DONE)
    assert [adapter.perform(READ, each).presence for each in replies] == [Presence.VISIBLE, Presence.HIDDEN]


def test_a_reply_that_its_author_took_away_is_gone(
    pds: Pds, municipality: Person, citizen: Person, adapter: Bluesky
) -> None:
    root = pds.write(municipality, "Badet stänger")
    uri = pds.write(citizen, "svar", root=root)
    repo, collection, rkey = uri.removeprefix("at://").split("/")
    pds.post("com.atproto.repo.deleteRecord", {"repo": repo, "collection": collection, "rkey": rkey}, citizen.token)
    assert adapter.perform(READ, subject(uri, root=root, own=False)) == Reply(Answer.ALREADY_GONE, Presence.GONE)


def test_others_records_and_threads_are_not_ours_to_touch(pds: Pds, citizen: Person, adapter: Bluesky) -> None:
    post = pds.write(citizen, "mitt inlägg")
    assert adapter.perform(DELETE, subject(post)).answer is Answer.NOT_PERMITTED
    assert adapter.perform(HIDE, subject(post, root=post, own=False)).answer is Answer.NOT_PERMITTED
    assert pds.record(post) is not None


def test_anothers_record_is_reported_to_the_moderators(
    pds: Pds, citizen: Person, adapter: Bluesky, moderation: Moderation
) -> None:
    """The server checks the report by its lexicon, signs it in our name and passes it on."""
    uri = pds.write(citizen, "Ett inlägg av någon annan")
    assert adapter.report(subject(uri, own=False), "A Swedish public authority asks.") == Reply(Answer.DONE)
    (told,) = moderation.reports
    assert told["path"] == "/xrpc/com.atproto.moderation.createReport"
    record = pds.record(uri)
    assert record is not None
    assert (told["subject"]["uri"], told["subject"]["cid"]) == (uri, record["cid"])
    assert told["reason"] == "A Swedish public authority asks."


def test_what_never_was_is_gone(municipality: Person, adapter: Bluesky) -> None:
    never = subject(f"at://{municipality.did}/app.bsky.feed.post/3aaaaaaaaaa2a")
    assert adapter.perform(READ, never) == Reply(Answer.ALREADY_GONE, Presence.GONE)
    assert adapter.perform(DELETE, never).answer is Answer.ALREADY_GONE


def test_the_firehose_tells_of_a_deletion_once(pds: Pds, municipality: Person, adapter: Bluesky) -> None:
    post = subject(pds.write(municipality, "Inställt möte"))
    for _ in range(2):
        adapter.perform(DELETE, post)
    assert [commit.action for commit in pds.firehose() if commit.uri == post.object_id] == ["create", "delete"]


def test_a_wrong_password_is_lost_credentials(pds: Pds, municipality: Person) -> None:
    with adapter_for(pds, municipality, "another password") as adapter:
        reply = adapter.perform(DELETE, subject(pds.write(municipality, "kvar")))
    assert reply == Reply(Answer.AUTH_LOST, reason="AuthenticationRequired")


def test_a_session_that_is_refused_is_renewed(pds: Pds, municipality: Person, adapter: Bluesky) -> None:
    post = subject(pds.write(municipality, "Nya tider"))
    session = adapter._homes["eslovskommun"].session
    refused = session.current()
    session._tokens = msgspec.structs.replace(session._tokens, accessJwt="not a token")  # type: ignore[type-var]
    assert adapter.perform(DELETE, post) == Reply(Answer.DONE)
    assert session.current() != "not a token"
    assert session.renew(refused) is True, "another thread has renewed it: no call is made"


def test_a_server_that_is_away_is_tried_again(pds: Pds, municipality: Person, adapter: Bluesky) -> None:
    post = subject(pds.write(municipality, "Strömavbrott"))
    assert adapter.perform(READ, post).answer is Answer.DONE
    pds.restart()
    assert adapter.perform(DELETE, post).answer in {Answer.DONE, Answer.AMBIGUOUS}
    assert adapter.perform(READ, post).answer is Answer.ALREADY_GONE


def test_too_many_logins_are_told_with_their_end(tmp_path: Path) -> None:
    """The server's own limit: 30 logins in 5 minutes for an account."""
    with running_pds(tmp_path, limits=True) as pds:
        person = pds.person("kommunen")
        for _ in range(40):
            with adapter_for(pds, person, "another password") as adapter:
                reply = adapter.perform(DELETE, subject(f"at://{person.did}/app.bsky.feed.post/3aaaaaaaaaa2a"))
            if reply.answer is not Answer.AUTH_LOST:
                break
    assert (reply.answer, reply.reason) == (Answer.RETRY_AT, "HTTP 429")
    assert reply.retry_at is not None
    assert timedelta(0) < reply.retry_at - datetime.now(UTC) <= timedelta(minutes=5)
