"""Each adapter with the loopback simulator of its platform, and the items that stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
import msgspec

from agents.platforms import meta
from agents.platforms.api import Fixed
from agents.platforms.bluesky import Bluesky, BlueskyAccount
from agents.platforms.linkedin import LinkedIn, Organisation
from agents.platforms.mastodon import Mastodon, MastodonAccount
from agents.platforms.platform import Platform
from agents.platforms.simulated import Item
from agents.platforms.tiktok import Business, TikTok
from agents.platforms.x import X
from agents.platforms.youtube import Channel, YouTube
from pipeline.event import ObjectKind
from pipeline.message import Subject
from tests.orders import T0, a_subject
from tests.peers import atproto, dialects, graph
from tests.peers.loopback import TOKEN, Dialect, LoopbackServer, speaking

ACCOUNT = "eslovskommun"
TIMEOUT = httpx.Timeout(0.3)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform to test: how it speaks, how its adapter is made of address, token and clock, and who is acted on."""

    dialect: Callable[[], Dialect]
    make: Callable[[str, str, Clock], Platform]
    other: Subject
    own: Subject

    def subject(self, *, own: bool) -> Subject:
        """A comment of another's, or of our own."""
        return self.own if own else self.other


@dataclass(frozen=True, slots=True)
class Peer:
    """An adapter and the simulator behind it, on which the subjects of its kind stand."""

    adapter: Platform
    server: LoopbackServer


def _facebook(url: str, token: str, now: Clock) -> Platform:
    account = meta.MetaAccount(graph.ACCOUNT, Fixed(token), app_secret="secret")
    return meta.Meta(meta.FACEBOOK, {ACCOUNT: account}, base_url=url, timeout=TIMEOUT, now=now)


def _instagram(url: str, token: str, now: Clock) -> Platform:
    account = meta.MetaAccount(graph.ACCOUNT, Fixed(token))
    return meta.Meta(meta.INSTAGRAM, {ACCOUNT: account}, base_url=url, timeout=TIMEOUT, now=now)


def _bluesky(url: str, token: str, now: Clock) -> Platform:
    return Bluesky({ACCOUNT: BlueskyAccount("kommunen.test", token, url)}, timeout=TIMEOUT, now=now)


def _youtube(url: str, token: str, now: Clock) -> Platform:
    channel = Channel(dialects.CHANNEL, Fixed(token))
    return YouTube({ACCOUNT: channel}, base_url=url, timeout=TIMEOUT, now=now)


def _mastodon(url: str, token: str, now: Clock) -> Platform:
    return Mastodon({ACCOUNT: MastodonAccount(url, Fixed(token))}, timeout=TIMEOUT, now=now)


def _x(url: str, token: str, now: Clock) -> Platform:
    return X({ACCOUNT: Fixed(token)}, base_url=url, timeout=TIMEOUT, now=now)


def _linkedin(url: str, token: str, now: Clock) -> Platform:
    organisation = Organisation(dialects.ORGANISATION, Fixed(token))
    return LinkedIn({ACCOUNT: organisation}, base_url=url, timeout=TIMEOUT, now=now)


def _tiktok(url: str, token: str, now: Clock) -> Platform:
    return TikTok({ACCOUNT: Business(dialects.BUSINESS, Fixed(token))}, base_url=url, timeout=TIMEOUT, now=now)


def _subjects(platform: str, other: str, own: str, root: str = "root") -> tuple[Subject, Subject]:
    made = [
        a_subject(item, platform=platform, own=mine, kind=ObjectKind.REPLY)
        for item, mine in ((other, False), (own, True))
    ]
    first, second = (msgspec.structs.replace(each, root_id=root) for each in made)
    return first, second


_REPLY = f"at://{atproto.CITIZEN}/app.bsky.feed.post/reply"
_OWN_REPLY = f"at://{atproto.DID}/app.bsky.feed.post/own"
KINDS: dict[str, Kind] = {
    "facebook": Kind(graph.facebook, _facebook, *_subjects("facebook", "123_456", "123_7")),
    "instagram": Kind(graph.instagram, _instagram, *_subjects("instagram", "17890", "17891")),
    "bluesky": Kind(atproto.AtprotoDialect, _bluesky, *_subjects("bluesky", _REPLY, _OWN_REPLY, atproto.ROOT)),
    "youtube": Kind(dialects.YouTubeDialect, _youtube, *_subjects("youtube", "Ugx1", "Ugx2")),
    "mastodon": Kind(dialects.MastodonDialect, _mastodon, *_subjects("mastodon", "1101", "1102")),
    "x": Kind(dialects.XDialect, _x, *_subjects("x", "2201", "2202")),
    "linkedin": Kind(dialects.LinkedInDialect, _linkedin, *_subjects("linkedin", "31", "32", "urn:li:activity:7")),
    "tiktok": Kind(dialects.TikTokDialect, _tiktok, *_subjects("tiktok", "41", "42", "video1")),
}


@contextmanager
def on_loopback(name: str, *, token: str = TOKEN, now: Clock = lambda: T0) -> Iterator[Peer]:
    """Start the simulator of a platform with its subjects on it."""
    kind = KINDS[name]
    with speaking(kind.dialect()) as server, closing(kind.make(server.url, token, now)) as adapter:
        for subject in (kind.own, kind.other):
            server.platform.seed(Item(subject.object_id, ACCOUNT))
        yield Peer(adapter, server)
