"""The bundled sample stream: what six accounts see in a busy quarter of a minute, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from agents.demo.corpus import Corpus, Story, Thread, load_corpus
from agents.demo.malformed import malformed, odd
from agents.demo.story import Cast, kind_of, tell
from agents.demo.values import Values
from agents.demo.written import Expectation, Place, Sample, Version, write
from pipeline.route import State

SECONDS = 12.0
UNREGISTERED = "facebook/eslovsnytt"
"""The one account of the corpus that deploy/config/accounts.toml does not know."""

_OPENING = 0.2
_STEP = 0.02
"""Posts come in the first part of the stream; two events of one scene are at least this part of it apart."""


def sample_stream(seed: int, start: datetime, seconds: float = SECONDS) -> tuple[Sample, ...]:
    """All events in the order of sending, spread over `seconds` from `start`.

    The same arguments give the same bytes. No event says that it happened later than it is sent.
    """
    random = Random(seed)  # noqa: S311 - reproducible, and no secret
    values = Values(random)
    corpus = load_corpus()
    teller = _Teller(random, values, corpus, start, seconds)
    samples = [sample for number, thread in enumerate(corpus.thread, 1) for sample in teller.thread(number, thread)]
    accounts = sorted({thread.account for thread in corpus.thread} - {UNREGISTERED})
    samples += [_check(account, random.uniform(_OPENING, 1) * seconds, start) for account in accounts]
    samples += [
        replace(sample, after=random.uniform(_OPENING, 1) * seconds)
        for strange in (malformed, odd)
        for sample in strange(values, start)
    ]
    return tuple(sorted(samples, key=lambda sample: sample.after))


def _check(account: str, after: float, start: datetime) -> Sample:
    """The word of a connector that it has looked through an account and found nothing new."""
    platform, name = account.split("/")
    place = Place(platform, name, "account", name, name)
    at = start + timedelta(seconds=after)
    value = write(place, Version("checked", 1, at, at, None))
    return Sample(after, place.key, value, Expectation("checked", State.PASSED, gone=None))


class _Teller:
    def __init__(self, random: Random, values: Values, corpus: Corpus, start: datetime, seconds: float) -> None:
        self._random = random
        self._values = values
        self._people = corpus.people
        self._start = start
        self._seconds = seconds

    def thread(self, number: int, thread: Thread) -> Iterator[Sample]:
        """A post and everything below it; in an unregistered account people look at what would have passed."""
        platform, account = thread.account.split("/")
        root = f"10{number:02}"
        post = Place(platform, account, "post", root, root, own=True)
        opening = self._random.uniform(0, _OPENING)
        below = iter(range(1, 1000))

        def comment(kind: str = "comment", *, own: bool = False) -> Place:
            child = next(below)
            parent = f"{root}_1" if kind == "reply" else root
            name = f"omdöme/{root}_{child}" if kind == "review" else f"{root}_{child}"
            return Place(platform, account, kind, name, root, parent, own)

        passed = State.REVIEW if thread.account == UNREGISTERED else State.PASSED
        yield self._say(post, thread.post, opening, passed)
        for text in thread.comments:
            yield self._say(comment(), text, self._after(opening), passed)
        for text in thread.answers:
            yield self._say(comment(own=True), text, self._after(opening), passed)
        for scene in thread.scenes:
            place = comment(kind_of(scene.story))
            begin = self._random.uniform(opening + _STEP, 1 - 3 * _STEP)
            gap = _STEP if scene.story is Story.DELETED else self._random.uniform(_STEP, 1 - begin)
            at = (begin * self._seconds, (begin + gap) * self._seconds)
            yield from tell(scene, Cast(place, self._random.choice(self._people), self._start, at, self._values))

    def _after(self, opening: float) -> float:
        return self._random.uniform(opening + _STEP, 1)

    def _say(self, place: Place, text: str, part: float, ends: State) -> Sample:
        at = part * self._seconds
        cast = Cast(place, self._random.choice(self._people), self._start, (at, at), self._values)
        moment = cast.moment(at)
        author = "Eslövs kommun" if place.own else cast.author
        scene = place.kind if place.own else "plain"
        version = Version("created", 1, moment, moment, author, text)
        return Sample(at, place.key, write(place, version), Expectation(scene, ends))
