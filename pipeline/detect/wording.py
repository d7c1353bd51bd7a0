"""A text in small letters and cut into words, once for all that look for words in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Known = TypeVar("Known")
MOST_KEPT, LONGEST_KEPT = 20_000, 24  # words, and letters in one: some megabytes
LONGEST_SIGNS = 2  # signs: a time, a day or a price, and no part of a number that is somebody's
AT_HAND = 8  # texts that are being looked at: names, values and concerns ask for the same one in turn
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\w]")
_ASCII = bytes(range(0x80))
_WORD_BYTES = bytes(byte if byte >= 0x80 or chr(byte).isalnum() or chr(byte) == "_" else 0x20 for byte in range(256))
_LETTER_BYTES = bytes(byte if byte >= 0x80 or chr(byte).isalpha() else 0x20 for byte in range(256))
_LETTERS = re.compile(r"[^\W\d_]+")
_FOREIGN_DIGIT = re.compile(r"[^\x00-\x7f\D]")


class Wording:
    """How a text is worded: letters, digits and `_` make words, all else parts them.

    `low` is the text in small letters with every offset kept, `words` its words in order; `signed` says that it holds
    signs beyond ASCII, such as an emoji. Made for every text, so that it is spared a dataclass's slow beginning.
    """

    __slots__ = ("low", "signed", "words")

    def __init__(self, low: str, words: list[str], *, signed: bool) -> None:
        self.low = low
        self.words = words
        self.signed = signed

    @property
    def joined(self) -> str:
        """The words with one space between them and around them all."""
        return f" {' '.join(self.words)} "


class ByWord(dict[str, Known]):
    """What is known of each word, worked out when the word is first met: language repeats itself.

    What is kept is words of letters alone and what is no longer than two signs, one by one, without text or writer, in
    memory alone, and never more than `most` of them.
    """

    def __init__(self, find: Callable[[str], Known], most: int = MOST_KEPT) -> None:
        super().__init__()
        self._find = find
        self._most = most

    def __missing__(self, word: str) -> Known:
        known = self._find(word)
        if len(word) <= (LONGEST_KEPT if word.isalpha() else LONGEST_SIGNS):
            if len(self) >= self._most:
                self.clear()
            self[word] = known
        return known


@lru_cache(maxsize=AT_HAND)
def wording(text: str) -> Wording:
    """Read the words of a text; the last few texts are kept, in memory alone, so that each is read once."""
    low = lowered(text)
    rest = beyond(low, _ASCII)
    signed = bool(rest) and not rest.isalnum()
    return Wording(low, words_of(_BEYOND_ASCII.sub(" ", low) if signed else low), signed=signed)


def beyond(text: str, plain: bytes) -> str:
    """The characters of a text that are none of some plain ones of ASCII: a fraction of it, and so sooner searched."""
    return text.encode("utf-8", "surrogatepass").translate(None, plain).decode("utf-8", "surrogatepass")


def letters_of(text: Wording) -> list[str]:
    """The runs of letters in its words."""
    joined = " ".join(text.words)
    if _FOREIGN_DIGIT.search(joined):
        return _LETTERS.findall(joined)
    return joined.encode("utf-8", "surrogatepass").translate(_LETTER_BYTES).decode("utf-8", "surrogatepass").split()


def words_of(plain: str) -> list[str]:
    r"""What `\w+` finds in a text without signs beyond ASCII, in half the time: signs become spaces in one go."""
    return plain.encode("utf-8", "surrogatepass").translate(_WORD_BYTES).decode("utf-8", "surrogatepass").split()


def lowered(text: str) -> str:
    """The text in lower case with every offset kept: the few letters that grow are left as they are."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
