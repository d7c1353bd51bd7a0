"""What the sample stream is made of: the people, threads and scenes of corpus.toml, typed."""

from __future__ import annotations

from enum import StrEnum
from importlib import resources

import msgspec

from pipeline.route import State


class Story(StrEnum):
    """What happens to a comment; corpus.toml says what each means."""

    COMMENT = "comment"
    REPLY = "reply"
    MESSAGE = "message"
    REVIEW = "review"
    STORY = "story"
    MEDIA = "media"
    NAME = "name"
    EDITED_DIRTY = "edited_dirty"
    EDITED_CLEAN = "edited_clean"
    DELETED = "deleted"
    REPORTED = "reported"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment with a story, and what the default policy should say of its last text."""

    story: Story
    wants: State
    text: str
    before: str | None = None
    alt: str | None = None
    ocr: str | None = None
    name: str | None = None


class Thread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post of ours with what people and we say below it."""

    account: str
    post: str
    comments: tuple[str, ...]
    answers: tuple[str, ...]
    scenes: tuple[Scene, ...]


class Corpus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All invented people and their conversations."""

    people: tuple[str, ...]
    thread: tuple[Thread, ...]


def load_corpus() -> Corpus:
    """Read the bundled corpus."""
    return msgspec.toml.decode(resources.files(__package__).joinpath("corpus.toml").read_bytes(), type=Corpus)
