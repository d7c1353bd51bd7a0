"""How a scene is told: the events of one comment with a story, in the order in which they come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agents.demo.corpus import Scene, Story
from agents.demo.values import Values
from agents.demo.written import Expectation, Place, Sample, Version, write
from pipeline.route import State

_KINDS = {
    Story.REPLY: "reply",
    Story.MESSAGE: "message",
    Story.REVIEW: "review",
    Story.STORY: "story",
}
_LAG = timedelta(milliseconds=200)
"""What a platform takes to tell of an event: nothing comes in before it has happened."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who says it, where, when (seconds from `start`, as many as the story needs at most) and with which values."""

    place: Place
    author: str = field(repr=False)
    start: datetime
    at: tuple[float, float]
    values: Values

    def moment(self, at: float) -> datetime:
        """When that happened which comes in `at` seconds from the start."""
        return self.start + timedelta(seconds=at) - _LAG


def kind_of(story: Story) -> str:
    """The object kind of a scene's item."""
    return _KINDS.get(story, "comment")


def tell(scene: Scene, cast: Cast) -> Iterator[Sample]:
    """The events of a scene."""
    if scene.story in {Story.EDITED_DIRTY, Story.EDITED_CLEAN}:
        yield from _edited(scene, cast)
        return
    if scene.story is Story.OUT_OF_ORDER:
        yield from _out_of_order(scene, cast)
        return
    ends = scene.wants
    gone = True if scene.story is Story.DELETED else ends is State.TAKEDOWN
    created = _created(scene, cast, ends, gone=gone)
    yield created
    match scene.story:
        case Story.DUPLICATE:
            yield replace(created, after=cast.at[1])
        case Story.DELETED:
            yield _bare(scene, cast, "deleted", State.PASSED, gone=True)
        case Story.REPORTED:
            yield _bare(scene, cast, "reported", State.REVIEW, gone=gone)
        case _:
            return


def _created(scene: Scene, cast: Cast, ends: State, *, gone: bool | None) -> Sample:
    text, alt, ocr, name = (cast.values.fill(part or "") for part in (scene.text, scene.alt, scene.ocr, scene.name))
    planted = text.planted + alt.planted + ocr.planted + name.planted
    moment = cast.moment(cast.at[0])
    version = Version(
        "created", 1, moment, moment, name.text or cast.author, text.text, alt.text or None, ocr.text or None
    )
    expectation = Expectation(scene.story, ends, planted, gone)
    return Sample(cast.at[0], cast.place.key, write(cast.place, version), expectation)


def _bare(scene: Scene, cast: Cast, change: str, ends: State, *, gone: bool) -> Sample:
    version = Version(change, 1, cast.moment(cast.at[0]), cast.moment(cast.at[1]), cast.author)
    expectation = Expectation(scene.story, ends, gone=gone)
    return Sample(cast.at[1], cast.place.key, write(cast.place, version), expectation)


def _edited(scene: Scene, cast: Cast) -> Iterator[Sample]:
    before, after = cast.values.fill(scene.before or ""), cast.values.fill(scene.text)
    cleaned = scene.story is Story.EDITED_CLEAN
    gone = None if cleaned else scene.wants is State.TAKEDOWN
    created, changed = cast.moment(cast.at[0]), cast.moment(cast.at[1])
    first = Version("created", 1, created, created, cast.author, before.text)
    second = Version("edited", 2, created, changed, cast.author, after.text)
    ends = State.TAKEDOWN if cleaned else State.PASSED
    yield Sample(
        cast.at[0], cast.place.key, write(cast.place, first), Expectation(scene.story, ends, before.planted, gone)
    )
    yield Sample(
        cast.at[1],
        cast.place.key,
        write(cast.place, second),
        Expectation(scene.story, scene.wants, after.planted, gone),
    )


def _out_of_order(scene: Scene, cast: Cast) -> Iterator[Sample]:
    """The clean edit comes in first, then the dirty version that it replaced: the item must stay."""
    before, after = cast.values.fill(scene.before or ""), cast.values.fill(scene.text)
    changed = cast.moment(cast.at[0])
    created = changed - _LAG
    second = Version("edited", 2, created, changed, cast.author, after.text)
    first = Version("created", 1, created, created, cast.author, before.text)
    yield Sample(cast.at[0], cast.place.key, write(cast.place, second), Expectation(scene.story, scene.wants))
    yield Sample(
        cast.at[1], cast.place.key, write(cast.place, first), Expectation(scene.story, State.TAKEDOWN, before.planted)
    )
