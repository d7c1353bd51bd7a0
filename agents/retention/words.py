"""The words of records in the index: closed with a key, so that the index says who wrote alike, never what.

A word stands there as a token (HMAC-SHA256 of its stem, 64 bits). Only words that a covered hand-out would show are
taken in, so whoever has the index and the key finds nothing that they could not have read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from agents.retention.index import RecordIndex
from agents.retention.store import Faulty, KeptRecord
from pipeline.errors import DeadLetter
from pipeline.event import Event
from topics import wire

_BATCH = 1000
_TOKEN_BYTES = 8


@dataclass(frozen=True, slots=True)
class WordKey:
    """The key that closes words; `sealed` if it is kept with the keys of sealed records."""

    secret: bytes = field(repr=False)
    sealed: bool

    @property
    def name(self) -> str:
        """What tells this key from others, and nothing of it."""
        told = hmac.digest(self.secret, b"the name of this key", "sha256").hex()[:16]
        return f"{'sealed' if self.sealed else 'open'}-{told}"

    def tokens(self, words: Iterable[str]) -> frozenset[int]:
        """Words as they stand in the index."""
        return frozenset(
            int.from_bytes(
                hmac.digest(self.secret, f"word\n{word}".encode(), hashlib.sha256)[:_TOKEN_BYTES], "big", signed=True
            )
            for word in words
        )


def take_in(
    index: RecordIndex,
    key: WordKey,
    read: Callable[[str], KeptRecord],
    words_of: Callable[[Event], frozenset[str]],
    progress: Callable[[int], None],
) -> int:
    """Take in the words of every record that is new; returns of how many. What cannot be read has none.

    Raises:
        BadConfiguration: the words that are there were closed with the key of a sealed store, and this is another.
    """
    index.words_closed_with(key.name)
    count = 0
    while batch := index.unworded(_BATCH):
        events = {number: _event(read, object_key) for number, object_key in batch}
        tokens = {number: key.tokens(words_of(event)) if event else frozenset() for number, event in events.items()}
        index.add_words(tokens, frozenset(number for number, event in events.items() if event and event.data.is_own))
        count += len(batch)
        progress(count)
    return count


def _event(read: Callable[[str], KeptRecord], object_key: str) -> Event | None:
    try:
        return wire.decode_event(read(object_key).raw.value)
    except (Faulty, DeadLetter):
        return None
