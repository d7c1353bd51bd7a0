"""Any number of varied comments with a known share of confidential values: for load, crash and throughput tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from agents.demo.corpus import Story, load_corpus
from agents.demo.stream import UNREGISTERED
from agents.demo.values import Values
from agents.demo.written import Expectation, Place, Sample, Version, write
from pipeline.route import State

_START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_PER_THREAD = 20


def events(count: int, seed: int, *, planted: float = 0.05, start: datetime = _START) -> Iterator[Sample]:
    """`count` distinct created comments, about `planted` (0 to 1) of them with a value that must be taken down.

    The same arguments give the same bytes; events are a millisecond apart.
    """
    random = Random(seed)  # noqa: S311 - reproducible, and no secret
    values = Values(random)
    corpus = load_corpus()
    accounts = sorted({thread.account for thread in corpus.thread} - {UNREGISTERED})
    plain = [text for thread in corpus.thread for text in thread.comments if thread.account != UNREGISTERED]
    telling = [
        scene.text
        for thread in corpus.thread
        for scene in thread.scenes
        if scene.story is Story.COMMENT and scene.wants is State.TAKEDOWN
    ]
    for number in range(count):
        dirty = random.random() < planted
        filled = values.fill(random.choice(telling if dirty else plain))
        platform, account = random.choice(accounts).split("/")
        root = str(5000 + random.randrange(max(1, count // _PER_THREAD)))
        place = Place(platform, account, "comment", f"{root}_{seed}_{number}", root, root)
        after = number / 1000
        moment = start + timedelta(seconds=after)
        version = Version("created", 1, moment, moment, random.choice(corpus.people), filled.text)
        ends = State.TAKEDOWN if dirty else State.PASSED
        yield Sample(after, place.key, write(place, version), Expectation("load", ends, filled.planted, gone=dirty))
