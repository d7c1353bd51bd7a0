"""How a text reads once its spelling tricks are undone, and where every character of that reading came from.

Undone are: characters nobody sees (category Cf, variation selectors, enclosing and combining marks), every Unicode
digit, dash and space, compatibility letters (NFKC), HTML and URL escapes, and letters that stand for digits inside
digit runs. Emoji and other signs stay: they are separators like any other.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from pipeline.detect.digits import Chain, chains
from pipeline.detect.wording import Wording, letters_of, wording

PLAIN = (
    "\t\n\r -~\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4-\u00b8\u00bb-\u012f\u0131\u0134-\u017e"
    "\u0400-\u0482\u048a-\u052f\u060c\u061f-\u064a\u0671-\u06d5\u2018-\u201f\u2022\u2026\u20ac\u2122"
    "\u2600-\u2775\u2794\u2797-\u27bf\U0001f300-\U0001faff"
)
"""Characters that read as themselves, as ranges of a character class; a test holds `normalise` to that."""
_PLAIN_CHARS = frozenset(
    chr(code)
    for first, last in re.findall(r"(?s)(.)(?:-(.))?", PLAIN)
    for code in range(ord(first), ord(last or first) + 1)
)
_ESCAPES = frozenset("&%")
_ODD = re.compile(
    r"(?P<entity>&(?:amp;)?(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|nbsp;?|[A-Za-z]{2,12};))"
    rf"|(?P<percent>(?:%(?:25)?[0-9A-Fa-f]{{2}})+)|(?P<char>[^{PLAIN}])"
)
_SIGNS = frozenset("…‥™")
_DASHES = frozenset("−⁃˗➖⁻₋～∼─⎯∸ー")
_BLANKS = frozenset("ᅟᅠㅤﾠ⠀\x0b\x0c\x1c\x1d\x1e\x1f\x85")
_LOOKS = str.maketrans("OoQОоΟοØøIl|іІıiSsBZz", "000000000" + "1111111" + "55822")
_LETTERS = "OoQОоΟοØøIl|іІıiSsBZz"
_LETTER_SET = frozenset(_LETTERS)
_RUN = re.compile(rf"(?<![^\W_])[0-9{_LETTERS}]{{1,12}}(?:[-+/._ ]{{1,3}}[0-9{_LETTERS}]{{1,12}}){{0,11}}(?![^\W_])")
_GROUP = re.compile(rf"[0-9{_LETTERS}]+")
_LEAST_RUN = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it reads; `starts` and `ends` give the place of each character in the original (None: the same).

    `chains` are its digits, grouped; `longest` says how many stand in a row without any sign between; `words` are its
    runs of letters, in small letters; `spelled` says that number words were turned into digits.
    """

    text: str = field(repr=False)
    starts: tuple[int, ...] | None = field(default=None, repr=False)
    ends: tuple[int, ...] | None = field(default=None, repr=False)
    spelled: bool = False
    chains: tuple[Chain, ...] = field(init=False, repr=False)
    words: list[str] = field(init=False, repr=False, compare=False)
    longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        told = wording(self.text)
        found = chains(self.text) if told.digits else ()
        object.__setattr__(self, "chains", found)
        object.__setattr__(self, "words", letters_of(told))
        longest = max(len(group) for chain in found for group in chain.groups) if found else 0
        object.__setattr__(self, "longest", longest)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that reads as `text[start:end]` (not empty)."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def rewrite(self, edits: Iterable[tuple[int, int, str]], *, spelled: bool) -> Reading:
        """This reading with stretches replaced: `edits` are (start, end, text), in order and apart."""
        starts = self.starts or tuple(range(len(self.text)))
        ends = self.ends or tuple(range(1, len(self.text) + 1))
        parts: list[str] = []
        new_starts: list[int] = []
        new_ends: list[int] = []
        at = 0
        for start, end, replacement in edits:
            parts += (self.text[at:start], replacement)
            new_starts += [*starts[at:start], *[starts[start]] * len(replacement)]
            new_ends += [*ends[at:start], *[ends[end - 1]] * len(replacement)]
            at = end
        parts.append(self.text[at:])
        new_starts += starts[at:]
        new_ends += ends[at:]
        return Reading("".join(parts), tuple(new_starts), tuple(new_ends), spelled)


def reads_as_written(told: Wording) -> bool:
    """Cheap: True only if there is nothing to undo in the text but letters among digits."""
    return _PLAIN_CHARS.issuperset(told.marks) and _ESCAPES.isdisjoint(told.marks)


def normalise(text: str) -> Reading:
    """Read a text: same text, no map, when there is nothing to undo (nearly always)."""
    reading = Reading(text) if reads_as_written(wording(text)) or not _ODD.search(text) else _fold(text)
    if not any(_mixed(reading.text, *span) for chain in reading.chains for span in chain.spans):
        return reading
    return Reading(_RUN.sub(_digits_for_letters, reading.text), reading.starts, reading.ends)


def _mixed(text: str, start: int, end: int) -> bool:
    """Whether a letter that looks like a digit stands beside digits."""
    return text[end : end + 1] in _LETTER_SET or text[start - 1 : start] in _LETTER_SET


def _fold(text: str) -> Reading:
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _ODD.finditer(text):
        start, end = match.span()
        if at < start:
            out += text[at:start]
            starts += range(at, start)
            ends += range(at + 1, start + 1)
        at = end
        if match.lastgroup == "char":
            read = _fold_char(text[start])
            if not read and out and "\u0300" <= text[start] <= "\u036f":
                composed = unicodedata.normalize("NFC", out[-1] + text[start])
                if len(composed) == 1:
                    out[-1], ends[-1] = composed, end
                continue
        else:
            read = "".join(_fold_char(char) for char in _unescape(match[0]))
        out += read
        starts += [start] * len(read)
        ends += [end] * len(read)
    out += text[at:]
    starts += range(at, len(text))
    ends += range(at + 1, len(text) + 1)
    return Reading("".join(out), tuple(starts), tuple(ends))


def _unescape(escape: str) -> str:
    if escape.startswith("%"):
        raw = re.sub("%25([0-9A-Fa-f]{2})", r"%\1", escape)
        try:
            return unquote_to_bytes(raw).decode()
        except UnicodeDecodeError:
            return escape
    plain = escape.replace("&amp;", "&")
    return html.unescape(plain)


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:  # noqa: PLR0911 a table, read from the top
    """What one character reads as: nothing, or mostly one ASCII character, else itself."""
    if " " <= char < "\x7f" or char in _SIGNS:
        return char
    if char in _BLANKS:
        return " "
    if char in _DASHES:
        return "-"
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or (category == "Cc" and char not in "\t\n\r"):
        return ""
    if category == "Pd":
        return "-"
    if category[0] == "Z":
        return " " if category == "Zs" else "\n"
    if category in ("Nd", "No"):
        return _digits_of(char)
    if char == "\u0130":  # the only letter whose lower case is two characters long
        return "I"
    compatible = unicodedata.normalize("NFKC", char)
    return compatible if compatible.isascii() and compatible.isprintable() and compatible.strip() else char


def _digits_of(char: str) -> str:
    """The digits of a number character: one, or two for such as an encircled 12; a fraction stays itself."""
    value = unicodedata.numeric(char)
    return str(int(value)) if value in range(100) else char


def _digits_for_letters(match: re.Match[str]) -> str:
    """Letters that look like digits become them, where the run is long and its groups hold real digits."""
    run = match[0]
    groups = _GROUP.findall(run)
    real = sum(char.isdecimal() for char in run)
    size = sum(map(len, groups))
    believable = all(any(char.isdecimal() for char in group) or group in ("O", "o", "OO") for group in groups)
    if size < _LEAST_RUN or real * 5 < size * 2 or real == size or not believable:
        return run
    return run.translate(_LOOKS)
