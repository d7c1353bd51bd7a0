"""The whole pipeline on a real Kafka and a real Bluesky server: exactly the posts that must go are gone.

200 posts, 60 with planted values; right after some of these the takedown process is killed and the server restarted,
and now and then a deletion is one too many for the server's limits.
"""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaConsumer

from agents.demo.corpus import Story, load_corpus
from agents.demo.values import Values
from agents.demo.written import Place, Version, write
from agents.publish import KafkaPublisher
from pipeline.message import Outcome, Receipt, Result
from pipeline.route import State
from tests.chaos.installation import Installation, add
from tests.chaos.tape import await_settled
from tests.integration.conftest import FreshBroker
from tests.peers.limiter import limiting
from tests.peers.pds_server import PASSWORD, Pds, Person, running_pds
from topics import catalog, wire
from topics.outgoing import Outgoing

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(400)]

POSTS, PLANTED, STRIKES = 200, 60, 5
SEED = 6
ACCOUNTS = """
[[account]]
id = "eslovskommun"
platform = "bluesky"
department = "kommunledningskontoret"
owner = "kommunikatör, kommunledningskontoret"
name = "Eslövs kommun"
"""


@dataclass(frozen=True, slots=True)
class Post:
    """A post on the server, and whether a value was planted in it."""

    uri: str
    planted: bool
    event: Outgoing


def test_exactly_the_posts_that_must_go_are_gone(
    fresh_broker: FreshBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_pds(tmp_path) as pds, limiting(pds.url, "deleteRecord", every=7) as limiter:
        bootstrap = fresh_broker().bootstrap
        municipality = pds.person("kommunen")
        installation = Installation(tmp_path / "installation", bootstrap, "")
        installation.make_topics()
        files = configured(installation.folder, limiter.url, municipality)
        with installation.keeper() as keeper:
            for name in ("screen", "archive", "takedown"):
                add(keeper, name, **files)
            keeper.await_ready(("screen", "archive", "takedown"), 60)

            def strike() -> None:
                keeper.kill("takedown")
                pds.restart()

            posts = published(pds, municipality, bootstrap, strike)
            unsettled = await_settled(bootstrap, standstill=100, at_most=200)
            assert set(keeper.stop().values()) == {0}
        assert unsettled is None
        left = {post.uri for post in posts if pds.record(post.uri)}
        deleted = [commit for commit in pds.firehose() if commit.action == "delete"]
    assert left == {post.uri for post in posts if not post.planted}
    assert limiter.refused >= PLANTED // 7, "the account was told to slow down"
    assert Counter(each.uri for each in deleted) == {post.uri: 1 for post in posts if post.planted}, "each once"
    exposures = checked(posts, bootstrap, {each.uri: each.at for each in deleted})
    p50, p99 = statistics.median(exposures), statistics.quantiles(exposures, n=100)[98]
    faults = f"{STRIKES} kills and restarts and {limiter.refused} refusals"
    with capsys.disabled():
        print(f"\nexposure of {len(exposures)} posts on a real PDS, with {faults}: p50 {p50:.1f} s, p99 {p99:.1f} s")  # noqa: T201 - a figure to show


def configured(folder: Path, server: str, municipality: Person) -> dict[str, str]:
    """Write the register of accounts and the credentials; returns the settings that name them."""
    (folder / "accounts.toml").write_text(ACCOUNTS, encoding="utf-8")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    credentials = folder / "credentials.toml"
    credentials.write_text(
        '[[credential]]\nplatform = "bluesky"\naccount = "eslovskommun"\ntoken_file = "password"\n'
        f'id = "{municipality.handle}"\nserver = "{server}"\n',
        encoding="utf-8",
    )
    return {
        "ANSLAGSVAKT_ACCOUNTS_FILE": str(folder / "accounts.toml"),
        "ANSLAGSVAKT_CREDENTIALS_FILE": str(credentials),
    }


def published(pds: Pds, municipality: Person, bootstrap: str, strike: Callable[[], None]) -> Sequence[Post]:
    """Post, and bring each post's event to the raw topic, as a connector does; strike right after some of them."""
    chance = random.Random(SEED)
    values, corpus = Values(chance), load_corpus()
    plain = [text for thread in corpus.thread for text in thread.comments]
    telling = [
        scene.text
        for thread in corpus.thread
        for scene in thread.scenes
        if scene.story is Story.COMMENT and scene.wants is State.TAKEDOWN
    ]
    dirty = set(chance.sample(range(POSTS), PLANTED))
    strikes = set(chance.sample(sorted(dirty), STRIKES))
    posts: list[Post] = []
    with closing(KafkaPublisher({"bootstrap_servers": bootstrap})) as publisher:
        for number in range(POSTS):
            text = values.fill(chance.choice(telling if number in dirty else plain)).text
            uri = pds.write(municipality, text)
            now = datetime.now(UTC)
            place = Place("bluesky", "eslovskommun", "post", uri, uri, own=True)
            event = Outgoing(catalog.RAW, place.key, write(place, Version("created", 1, now, now, "Kommunen", text)))
            publisher.publish([event])
            posts.append(Post(uri, number in dirty, event))
            if number in strikes:
                strike()
    return posts


def checked(posts: Sequence[Post], bootstrap: str, deleted: Mapping[str, datetime]) -> list[float]:
    """Check every outcome against its receipt and the server's own word; returns each post's exposure (seconds)."""
    outcomes: dict[str, Outcome] = {}
    receipts: dict[str, Receipt] = {}
    consumer = KafkaConsumer(
        catalog.OUTCOME, catalog.RECEIPT, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None
    )
    with closing(consumer):
        while records := consumer.poll(timeout_ms=3000):
            for record in (each for batch in records.values() for each in batch):
                if record.topic == catalog.OUTCOME:
                    outcome = wire.decode_outcome(record.value)
                    outcomes[outcome.subject.object_id] = outcome
                else:
                    receipt = wire.decode_receipt(record.value)
                    receipts[receipt.raw.sha256] = receipt
    assert outcomes.keys() == {post.uri for post in posts if post.planted}
    assert {(each.result, each.verified) for each in outcomes.values()} == {(Result.REMOVED, True)}
    exposures = []
    for outcome in outcomes.values():
        assert outcome.removed_at is not None
        receipt = receipts[outcome.raw.sha256]
        assert receipt.stored_at < deleted[outcome.subject.object_id] < outcome.removed_at
        assert outcome.object_key == receipt.object_key
        events = [wire.decode_event(post.event.value) for post in posts if post.uri == outcome.subject.object_id]
        exposures += [(outcome.removed_at - event.created_at).total_seconds() for event in events]
    return exposures
