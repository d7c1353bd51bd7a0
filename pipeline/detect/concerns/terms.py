"""How a lexicon writes down words: one term becomes a pattern and the literal pieces that any match must contain.

The notation, told in full in docs/lexicons.md: `*` any letters, `_` any one word, `...` up to four words, `(a|b)` one
of, `(a )?` perhaps, `"` any quotation mark or colon, `^` the start of a sentence. All else stands for itself, in lower
case; a space is a space, a comma or a dash, but never the end of a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_SPACE = r"[^\w.!?]{1,3}"
_STAR = r"\w{0,24}"
_GAP = rf"(?:{_SPACE}\w+){{0,4}}{_SPACE}"
_QUOTE = "[\"'”“’‘«»:]"
_START = r"(?:(?<=[.!?…\n])\s?|(?<=[.!?…]\s)|\A\W{0,3})"
_PIECE = re.compile(
    r" ?(?P<gap>\.\.\.) ?|(?P<star>\*)|(?P<word>(?<!\w)_(?!\w))|(?P<quote>\")"
    r"|(?P<space> +)|(?P<literal>(?:[^()*_\" \\^.|]|\\.)+|\.)"
)


class BadTerm(ValueError):
    """A term that is no notation of ours; the message says what to write instead."""


class Anchor(NamedTuple):
    """Letters that a match must contain, and whether they begin and end a word in it."""

    text: str
    left: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One way of saying something. `anchors`: every match contains at least one of them (the gate rests on it).

    A `plain` term is a single word or part of one: its only anchor is all there is to match.
    """

    anchors: tuple[Anchor, ...]
    pattern: str
    plain: bool


def parse(term: str) -> Term:
    """Read one term.

    Raises:
        BadTerm: unbalanced brackets, nothing but wildcards, or a stray sign.
    """
    body = term.strip().lower()
    opens = body.startswith("^")
    rest = body.removeprefix("^")
    pattern, anchors = _sequence(rest, term, left=True, right=True)
    if not anchors:
        raise BadTerm(f"{term!r} has no fixed letters; write at least one word outside ?, * and _")
    first = r"(?<!\w)" if re.match(r"[\w(_]", rest) else ""
    last = r"(?!\w)" if re.search(r"[\w)_?]$", rest) else ""
    plain = not opens and re.fullmatch(r"\*?[^\s()*_\"\\^.|]+\*?", body) is not None
    return Term(anchors, (_START if opens else first) + pattern + last, plain)


def _sequence(body: str, term: str, *, left: bool, right: bool) -> tuple[str, tuple[Anchor, ...]]:
    """The pattern of a run of pieces, and the best set of anchors in it.

    `left` and `right` say whether the run begins and ends at the edge of a word.
    """
    pattern, best, at = "", tuple[Anchor, ...](), 0
    while at < len(body):
        starts = left if at == 0 else body[at - 1] == " "
        if body[at] == "(":
            end = _closing(body, at, term)
            maybe = body[end + 1 : end + 2] == "?"
            after = end + 1 + maybe
            ends = right if after == len(body) else body[after] == " "
            text, found = _group(body[at + 1 : end], term, maybe=maybe, left=starts, right=ends)
            at = after
        else:
            piece = _PIECE.match(body, at)
            if piece is None:
                raise BadTerm(f"{term!r}: cannot read {body[at]!r}; write \\{body[at]} for the sign itself")
            at = piece.end()
            ends = right if at == len(body) else body[at] == " "
            text, found = _piece(piece, left=starts, right=ends)
        pattern += text
        best = max(best, found, key=_rarity)
    return pattern, best


def _closing(body: str, start: int, term: str) -> int:
    depth = 0
    for at in range(start, len(body)):
        depth += {"(": 1, ")": -1}.get(body[at], 0)
        if not depth:
            return at
    raise BadTerm(f"{term!r}: a bracket is left open; brackets come in pairs")


def _group(body: str, term: str, *, maybe: bool, left: bool, right: bool) -> tuple[str, tuple[Anchor, ...]]:
    """A choice; it anchors a term only if it must stand there and every part of it has letters."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(body):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and not depth:
            parts.append(_sequence(body[start:at], term, left=left, right=right))
            start = at + 1
    parts.append(_sequence(body[start:], term, left=left, right=right))
    usable = not maybe and all(anchors for _, anchors in parts)
    pattern = "(?:" + "|".join(part for part, _ in parts) + ")" + "?" * maybe
    return pattern, tuple(a for _, anchors in parts for a in anchors) if usable else ()


def _piece(piece: re.Match[str], *, left: bool, right: bool) -> tuple[str, tuple[Anchor, ...]]:
    if piece["literal"]:
        literal = re.sub(r"\\(.)", r"\1", piece["literal"])
        word = literal[0].isalnum(), literal[-1].isalnum()
        return re.escape(literal), (Anchor(literal, left and word[0], right and word[1]),)
    fixed = {"gap": _GAP, "star": _STAR, "word": r"\w+", "quote": _QUOTE, "space": _SPACE}
    return next(pattern for name, pattern in fixed.items() if piece[name]), ()


def _rarity(anchors: tuple[Anchor, ...]) -> float:
    """How seldom the anchors stand in an ordinary text: long ones, few of them, and no small word among them."""
    if not anchors:
        return -100.0
    return min(map(_weight, anchors)) - 0.02 * (len(anchors) - 1)


def _weight(anchor: Anchor) -> float:
    text = anchor.text
    if len(text) == 1 and text.isascii():
        return _LETTER
    return len(text) - (_COMMON_COST if text in _COMMON else 0) - (0.0 if anchor.left else 1.0)


_LETTER = -10.0
_COMMON_COST = 4
_COMMON_WORDS = """
ska skall kommer får fick jag du han hon den det dig dej er ni vi har hade är var som och att med för till från inte mig
min mitt mina din ditt dina hans hennes vår vårt blev blivit blir någon nån alla hela borde måste skulle kan kunde när
nästa gång vill ville finns ligger går gick står kom tog tar gör ner upp ut in sen men eller bara mer även bor nu på om
ta barn bort gå över hem igen skolan the you your will are was were have had has with from for and this that they them
not going should jest nie się i'm his her our my she is ingen så ett man dag år få ha ge va akt tur sam ser ja en ej
varje kom dig
"""
_COMMON = frozenset(_COMMON_WORDS.split())
