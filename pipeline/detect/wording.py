"""A text in small letters and cut into words, once for all that look for words in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

Known = TypeVar("Known")
MOST_KEPT, LONGEST_KEPT = 20_000, 24  # words, and letters in one: some megabytes
LONGEST_SIGNS = 2  # signs: a time, a day or a price, and no part of a number that is somebody's
AT_HAND = 8  # texts that are being looked at: names, values and concerns ask for the same one in turn
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\w]")
_USUAL = bytes(byte for byte in range(0x80) if chr(byte).isalnum() or chr(byte) in "_ \n\r\t")
_NO_DIGIT = bytes(byte for byte in range(256) if chr(byte) not in "0123456789")
_NEVER_SIGNS = frozenset(map(chr, range(0x80))) | frozenset("åäöÅÄÖéÉüÜ")
_WORD_BYTES = bytes(byte if byte >= 0x80 or chr(byte).isalnum() or chr(byte) == "_" else 0x20 for byte in range(256))
_LETTERS = re.compile(r"[^\W\d_]+")


class Wording:
    """How a text is worded: letters, digits and `_` make words, all else parts them.

    `low` is the text in small letters with every offset kept, `words` its words in order and `distinct` each of them
    once. `marks` are the characters of
    the text, as it is written, but for the letters and digits of ASCII, `_`, spaces and line ends. `signed` says that
    signs beyond ASCII, such as an emoji, are among them; `digits` that the text holds some of 0 to 9.
    """

    __slots__ = ("_pairs", "digits", "distinct", "low", "marks", "signed", "words")

    def __init__(self, text: str) -> None:
        raw = text.encode("utf-8", "surrogatepass")
        self.marks = frozenset(raw.translate(None, _USUAL).decode("utf-8", "surrogatepass"))
        self.digits = bool(raw.translate(None, _NO_DIGIT))
        self.signed = not _NEVER_SIGNS.issuperset(self.marks) and any(map(_is_sign, self.marks - _NEVER_SIGNS))
        self.low = lowered(text)
        self.words = words_of(_BEYOND_ASCII.sub(" ", self.low) if self.signed else self.low)
        self.distinct = frozenset(self.words)
        self._pairs: set[tuple[str, str]] | None = None

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """Every two words that are neighbours."""
        if self._pairs is None:
            self._pairs = set(pairwise(self.words))
        return self._pairs

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
    return Wording(text)


def _is_sign(char: str) -> bool:
    """Whether a character beyond ASCII parts words."""
    return not char.isalnum()


def letters_of(text: Wording) -> list[str]:
    """The runs of letters in its words."""
    words = text.words
    letters = list(filter(str.isalpha, words))
    if len(letters) == len(words) or all(word.isalpha() or word.isdecimal() for word in words):
        return letters
    return _LETTERS.findall(" ".join(words))


def words_of(plain: str) -> list[str]:
    r"""What `\w+` finds in a text without signs beyond ASCII, in half the time: signs become spaces in one go."""
    return plain.encode("utf-8", "surrogatepass").translate(_WORD_BYTES).decode("utf-8", "surrogatepass").split()


def lowered(text: str) -> str:
    """The text in lower case with every offset kept: the few letters that grow are left as they are."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
