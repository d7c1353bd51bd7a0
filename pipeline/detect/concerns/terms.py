"""How a lexicon writes down words: one term becomes a pattern and the words that any match must contain.

The notation, told in full in docs/lexicons.md: `*` any letters, `_` any one word, `...` up to four words, `(a|b)` one
of, `(a )?` perhaps, `"` any quotation mark or colon, `^` the start of a sentence. All else stands for itself, in lower
case; a space is a space, a comma or a dash, but never the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.detect.concerns.rarity import often

_SPACE = r"[^\w.!?]{1,3}"
_STAR = r"\w{0,24}"
_GAP = rf"(?:{_SPACE}\w+){{0,4}}{_SPACE}"
_QUOTE = "[\"'”“’‘«»:]"
_START = r"(?:(?<=[.!?…\n])\s?|(?<=[.!?…]\s)|\A\W{0,3})"
_PIECE = re.compile(
    r" ?(?P<gap>\.\.\.) ?|(?P<star>\*)|(?P<word>(?<!\w)_(?!\w))|(?P<quote>\")"
    r"|(?P<space> +)|(?P<literal>(?:[^()*_\" \\^.|]|\\.)+|\.)"
)
_PATTERNS = {"gap": _GAP, "star": _STAR, "word": r"\w+", "quote": _QUOTE, "space": _SPACE}
_BREAK = None
_EDGE = (" ",)
_TELLS = {"gap": (_EDGE, _BREAK, _EDGE), "star": (_BREAK,), "word": (_BREAK,), "quote": (_EDGE,), "space": (_EDGE,)}
_MOST = 16  # ways of saying one anchor; more are left to the pattern
_SIGN = re.compile(r"[^\w\s]")
_NO_WORD = re.compile(r"\W+")

_Part = tuple[str, ...] | None
"""What stands at one place of a match: one of these, a space for whatever parts words; or (None) nobody knows what."""


class BadTerm(ValueError):
    """A term that is no notation of ours; the message says what to write instead."""


class Plain(NamedTuple):
    """One word or a part of one, and whether a word must begin and end with it: all there is to match of some terms."""

    text: str
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One way of saying something. `anchors`: a text with a match holds one of them (the gate rests on it).

    Anchors stand in the text's words with one space between them and around them (`Wording.joined`); a space at an end
    says that a word begins or ends there. Those of a term without letters, such as an emoji, are `signs`: they stand in
    the text itself. `also`: of each of these sets the joined words hold one too, which spares most patterns from being
    tried; `signed`: the text holds this as it is written, for a term that asks for signs as well as letters.
    """

    anchors: tuple[str, ...]
    signs: tuple[str, ...]
    also: tuple[tuple[str, ...], ...]
    signed: str
    pattern: str
    plain: Plain | None


def parse(term: str) -> Term:
    """Read one term.

    Raises:
        BadTerm: unbalanced brackets, nothing but wildcards, or a stray sign.
    """
    body = term.strip().lower()
    opens = body.startswith("^")
    rest = body.removeprefix("^")
    pattern, parts = _sequence(rest, term, left=True, right=True)
    begins, ends = re.match(r"[\w(_]", rest) is not None, re.search(r"[\w)_?]$", rest) is not None
    ranked = sorted(_anchors([*_edge(begins or opens), *parts, *_edge(ends)]), key=often)
    signs = () if ranked else _signs(parts)
    if not ranked and not signs:
        raise BadTerm(f"{term!r} has no fixed letters; write at least one word outside ?, * and _")
    whole = (_START if opens else r"(?<!\w)" if begins else "") + pattern + (r"(?!\w)" if ends else "")
    anchors, *others = ranked or [()]
    return Term(anchors, signs, tuple(others), _signed(parts), whole, _plain(body))


def _plain(body: str) -> Plain | None:
    if not re.fullmatch(r"\*?[^\s()*_\"\\^.|]+\*?", body):
        return None
    text = body.strip("*")
    return Plain(text, not body.startswith("*") and text[0].isalnum(), not body.endswith("*") and text[-1].isalnum())


def _edge(there: bool) -> list[_Part]:  # noqa: FBT001 - the question is in the name
    return [_EDGE] if there else []


def _signed(parts: list[_Part]) -> str:
    """The longest piece with signs in it that every match holds; empty when there is none."""
    pieces = (way for part in parts if part and len(part) == 1 for way in part)
    return max((way for way in pieces if _SIGN.search(way)), key=len, default="")


def _signs(parts: list[_Part]) -> tuple[str, ...]:
    """What any match holds as it is written, for a term without letters: the first place that is always filled."""
    for part in parts:
        pieces = tuple(max(way.split(), key=len, default="") for way in part or ())
        if pieces and all(pieces):
            return pieces
    return ()


def _sequence(body: str, term: str, *, left: bool, right: bool) -> tuple[str, list[_Part]]:
    """The pattern of a run of pieces, and what stands in a match of it.

    `left` and `right` say whether the run begins and ends at the edge of a word.
    """
    pattern, parts, at = "", list[_Part](), 0
    while at < len(body):
        starts = _spaced(parts) if parts else left
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
            text, found = _piece(piece)
        pattern += text
        parts.extend(found)
    return pattern, parts


def _spaced(parts: list[_Part]) -> bool:
    return bool(parts) and all(way.endswith(" ") for way in parts[-1] or ("",))


def _closing(body: str, start: int, term: str) -> int:
    depth = 0
    for at in range(start, len(body)):
        depth += {"(": 1, ")": -1}.get(body[at], 0)
        if not depth:
            return at
    raise BadTerm(f"{term!r}: a bracket is left open; brackets come in pairs")


def _group(body: str, term: str, *, maybe: bool, left: bool, right: bool) -> tuple[str, Sequence[_Part]]:
    """A choice: the ways of saying it, if they are few and whole; else what every part of it holds."""
    choices, depth, start = [], 0, 0
    for at, sign in enumerate(body):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and not depth:
            choices.append(_sequence(body[start:at], term, left=left, right=right))
            start = at + 1
    choices.append(_sequence(body[start:], term, left=left, right=right))
    pattern = "(?:" + "|".join(text for text, _ in choices) + ")" + "?" * maybe
    if all(_BREAK not in parts for _, parts in choices):
        ways = [way for _, parts in choices for way in _ways(parts)] + [""] * maybe
        return pattern, [tuple(dict.fromkeys(ways))]
    inner = [_anchors([*_edge(left), *parts, *_edge(right)]) for _, parts in choices]
    if maybe or not all(inner):
        return pattern, [_BREAK, *_edge(left and all(_spaced(parts) for _, parts in choices))]
    return pattern, [_BREAK, tuple(anchor for sets in inner for anchor in min(sets, key=often)), _BREAK]


def _piece(piece: re.Match[str]) -> tuple[str, Sequence[_Part]]:
    if piece["literal"]:
        literal = re.sub(r"\\(.)", r"\1", piece["literal"])
        return re.escape(literal), ((literal,),)
    return next((_PATTERNS[name], _TELLS[name]) for name in _PATTERNS if piece[name])


def _ways(parts: list[_Part]) -> list[str]:
    """Every way of saying parts that are all known."""
    ways = [""]
    for part in parts:
        ways = [before + way for before in ways for way in part or ()]
    return ways


def _anchors(parts: list[_Part]) -> list[tuple[str, ...]]:
    """Every set of anchors of which a match of the parts holds one; a set for each stretch that is known."""
    sets, known = [], list[_Part]()
    for part in [*parts, _BREAK]:
        if part is not _BREAK and (len(part) == 1 or _count([*known, part]) <= _MOST):
            known.append(part)
            continue
        ways = [_NO_WORD.sub(" ", way) for way in _ways(known)]
        sets.append(tuple(dict.fromkeys(ways)))
        spaced = part is not _BREAK and all(way.endswith(" ") for way in ways)
        known = [] if part is _BREAK else [*_edge(spaced), part]
    return [ways for ways in sets if all(way.strip() for way in ways)]


def _count(parts: list[_Part]) -> int:
    count = 1
    for part in parts:
        count *= len(part or ())
    return count
