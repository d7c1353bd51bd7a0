"""How a lexicon writes down words: one term becomes a pattern and the literal pieces that any match must contain.

The notation, told in full in docs/lexicons.md: `*` any letters, `_` any one word, `...` up to four words, `(a|b)` one
of, `(a )?` perhaps, `"` any quotation mark or colon, `^` the start of a sentence. All else stands for itself, in lower
case; a space is a space, a comma or a dash, but never the end of a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACE = r"[^\w.!?]{1,3}"
_STAR = r"\w{0,24}"
_GAP = rf"(?:{_SPACE}\w+){{0,4}}{_SPACE}"
_QUOTE = "[\"'”“’‘«»:]"  # noqa: RUF001 - the quotation marks people type
_START = r"(?:(?<=[.!?…\n])\s?|(?<=[.!?…]\s)|\A\W{0,3})"
_PIECE = re.compile(
    r" ?(?P<gap>\.\.\.) ?|(?P<star>\*)|(?P<word>(?<!\w)_(?!\w))|(?P<quote>\")"
    r"|(?P<space> +)|\\(?P<escaped>.)|(?P<literal>[^()*_\" \\^.]+|\.)"
)


class BadTerm(ValueError):
    """A term that is no notation of ours; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Term:
    """One way of saying something. `anchors`: every match contains at least one of them (the gate rests on it).

    `literal` is set for the plain case, a single word or part of one, that needs no pattern: then `left` and `right`
    say whether it must begin and end a word.
    """

    anchors: tuple[str, ...]
    pattern: str
    literal: str | None
    left: bool
    right: bool


def parse(term: str) -> Term:
    """Read one term.

    Raises:
        BadTerm: unbalanced brackets, nothing but wildcards, or a stray sign.
    """
    body = term.strip().lower()
    opens = body.startswith("^")
    pattern, anchors = _sequence(body.removeprefix("^"), term)
    if not anchors:
        raise BadTerm(f"{term!r} has no fixed letters; write at least one word outside ?, * and _")
    plain = re.fullmatch(r"\*?([^\s()*_\"\\^.|]+)\*?", body)
    left, right = not body.startswith("*"), not body.endswith("*")
    first = "(?<!\\w)" if re.match(r"[\w(_]", body.removeprefix("^")) else ""
    last = "(?!\\w)" if re.search(r"[\w)_?]$", body) else ""
    return Term(
        anchors=anchors,
        pattern=(_START if opens else first) + pattern + last,
        literal=plain[1] if plain and not opens else None,
        left=left,
        right=right,
    )


def _sequence(body: str, term: str) -> tuple[str, tuple[str, ...]]:
    """The pattern of a run of pieces, and the best set of anchors in it."""
    pattern, best, at = "", tuple[str, ...](), 0
    while at < len(body):
        if body[at] == "(":
            end = _closing(body, at, term)
            maybe = body[end + 1 : end + 2] == "?"
            text, found = _group(body[at + 1 : end], term, maybe=maybe)
            at = end + 1 + maybe
        else:
            piece = _PIECE.match(body, at)
            if piece is None:
                raise BadTerm(f"{term!r}: cannot read {body[at]!r}; write \\{body[at]} for the sign itself")
            (text, found), at = _piece(piece), piece.end()
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


def _group(body: str, term: str, *, maybe: bool) -> tuple[str, tuple[str, ...]]:
    """A choice; it anchors a term only if it must stand there and every part of it has letters."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(body):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and not depth:
            parts.append(_sequence(body[start:at], term))
            start = at + 1
    parts.append(_sequence(body[start:], term))
    usable = not maybe and all(anchors for _, anchors in parts)
    pattern = "(?:" + "|".join(part for part, _ in parts) + ")" + "?" * maybe
    return pattern, tuple(a for _, anchors in parts for a in anchors) if usable else ()


def _piece(piece: re.Match[str]) -> tuple[str, tuple[str, ...]]:
    literal = piece["literal"] or piece["escaped"]
    if literal:
        return re.escape(literal), (literal,)
    fixed = {"gap": _GAP, "star": _STAR, "word": r"\w+", "quote": _QUOTE, "space": _SPACE}
    return next(pattern for name, pattern in fixed.items() if piece[name]), ()


def _rarity(anchors: tuple[str, ...]) -> float:
    """Longer is rarer; one word beats several of its length."""
    return min(map(len, anchors)) - 0.1 * (len(anchors) - 1) if anchors else -100.0
