"""A search by words: whether it is lawful, what the index must take in first, and what stands for the words there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from agents.clock import now
from agents.handout.noted import note
from agents.retention import place, words
from agents.retention.index import RecordIndex
from agents.retention.opened import Opened, progress
from agents.retention.words import WordKey
from agents.settings import Settings
from agents.token_key import token_key
from pipeline.detect.concerns.lexicon import load_lexicon
from pipeline.errors import BadConfiguration, Stop
from pipeline.event import Event
from pipeline.mask import analyse_all, clear
from pipeline.ports import Detector
from pipeline.searchwords import words as words_in
from pipeline.selection import LAW, Selection

_DIGIT = re.compile(r"\d|@")
_MOST_WORDS = 20
_UNREAD = re.compile(r"/author/|/(urls|links)/\d+/(shown|expanded)")
"""Fields whose words nobody is to be found by: who wrote, and addresses."""


def refused(what: str) -> Stop:
    """Why a search is not made."""
    return Stop(f"a search by {what} selects people by sensitive personal data, which {LAW} forbids")


def lawful(text: str, lexicons: Path | None, *, own: bool) -> Selection:
    """What may be searched for, if this may be.

    Raises:
        Stop: the words tell what is sensitive of a person, and the search is not for the municipality's `own` posts.
        BadConfiguration: there is no word among them that can be searched for.
    """
    if _DIGIT.search(text):
        raise BadConfiguration("--text: numbers and addresses are in no index: leave them out")
    if not words_in(text):
        raise BadConfiguration("--text: holds no word to search for: short and common ones are in no index")
    if len(text.split()) > _MOST_WORDS:
        raise BadConfiguration(f"--text: is more than {_MOST_WORDS} words: a few say what is looked for")
    selection = Selection(load_lexicon(lexicons))
    concern = selection.refuses(text)
    if concern is not None and not own:
        raise refused(f"words that tell of {concern.lower().replace('_', ' ')}")
    return selection


def take_in(settings: Settings, opened: Opened, index: RecordIndex, selection: Selection | None = None) -> WordKey:
    """Take in the words of records that are new, which is a reading too; returns the key of the index's words."""
    key = place.word_key(place.of(settings), now, token_key(settings.token_key))
    index.words_closed_with(key.name)
    if index.unworded(1):
        from agents.detection import build_detector  # noqa: PLC0415  # a second of imports that is seldom needed

        chosen = selection or Selection(load_lexicon(settings.lexicon_dir))
        note(settings, "index", ("every record whose words were not in the index",), ours=opened.is_ours)
        words.take_in(index, key, opened.store.read, words_of(build_detector(settings), chosen), progress)
    return key


def words_of(detector: Detector, selection: Selection) -> Callable[[Event], frozenset[str]]:
    """Which words an event is found by: those that stand in clear in a covered hand-out and select nobody."""

    def of(event: Event) -> frozenset[str]:
        texts = [text for text in event.texts() if not _UNREAD.match(text.pointer)]
        pieces = clear(texts, analyse_all(detector, texts))
        if event.data.is_own:
            return frozenset().union(*map(words_in, pieces))
        return selection.searchable(pieces)

    return of
