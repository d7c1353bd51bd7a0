"""A text in small letters and cut into words, once for all that look for words in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

AT_HAND = 8  # texts that are being looked at: names, values and concerns ask for the same one in turn
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\w]")
_WORD_BYTES = bytes(byte if byte >= 0x80 or chr(byte).isalnum() or chr(byte) == "_" else 0x20 for byte in range(256))


@dataclass(frozen=True, slots=True)
class Wording:
    """How a text is worded: letters, digits and `_` make words, all else parts them.

    `low` is the text in small letters with every offset kept, `words` its words in order.
    """

    low: str = field(repr=False)
    words: list[str] = field(repr=False)

    @property
    def joined(self) -> str:
        """The words with one space between them and around them all."""
        return f" {' '.join(self.words)} "


@lru_cache(maxsize=AT_HAND)
def wording(text: str) -> Wording:
    """Read the words of a text; the last few texts are kept, in memory alone, so that each is read once."""
    low = lowered(text)
    return Wording(low, words_of(low))


def words_of(low: str) -> list[str]:
    r"""What `\w+` finds, in half the time: the signs of ASCII become spaces in one go, and others are rare."""
    plain = _BEYOND_ASCII.sub(" ", low) if _BEYOND_ASCII.search(low) else low
    return plain.encode("utf-8", "surrogatepass").translate(_WORD_BYTES).decode("utf-8", "surrogatepass").split()


def lowered(text: str) -> str:
    """The text in lower case with every offset kept: the few letters that grow are left as they are."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
