"""Where a text names a person, found with lists and the words around a name, without a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.detect.finding import Entity, Explanation, Finding
from pipeline.detect.names.gazetteer import Gazetteer
from pipeline.detect.wording import Wording, wording

LONGEST_NAME = 5  # words in one name; more is a list without commas
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
# Takes in more than the capitals it is after: every letter but the common small ones.
_SECOND_CAPITAL = re.compile(r"[^\Wa-zåäö\d_]\w*(?:['\u2019-]\w+)*(?=\W{1,2}([^\Wa-zåäö\d_]\w*(?:['\u2019-]\w+)*))")
_OPENER = re.compile(r"[.!?:;\n\r/•*|\"\u201d\u201c»(\[\u2013\u2014-]\W*$")
_ADDRESS = re.compile(
    r"(?<!\S)(?=\S{0,200}?(?:://|www\.|\w@\w|[a-zåäö0-9]\.[a-z]{2,}))\S+"
    r"|[\w.+-]+ ?[\[({] ?(?:at|a|snabel-?a|@) ?[\])}]|[\w.+-]+ (?:@|snabel-?a|at) \w"
)
_PARTY = re.compile(r"\s?\((?:s|m|sd|c|v|kd|l|mp|fp|S|M|SD|C|V|KD|L|MP|FP)\)")


class _Token(NamedTuple):
    """A word with its place."""

    low: str
    start: int
    end: int
    capital: bool


class GazetteerRecogniser:
    """Finds names by list, surname shape and cue words; fills the port `NameRecogniser`."""

    def __init__(self, names: Gazetteer) -> None:
        self._names = names
        known = names.given | names.capital_only | names.doubtful
        self._introduces = names.cues["introduces"] | names.cues["role"]
        self._all_given = known
        self._known = known | names.surnames
        self._gate = known | ({name + "s" for name in known} - names.not_names)
        self._minded = self._gate | self._introduces
        self._sure_gate = names.given

    def may_hold(self, text: str) -> bool:
        """False only if `find_persons` would find nothing."""
        told = wording(text)
        minded = self._minded & told.distinct
        if minded and self._may_begin(text, told, minded):
            return True
        return any(map(self._surname_shaped, _SECOND_CAPITAL.findall(text)))

    def _may_begin(self, text: str, told: Wording, minded: frozenset[str]) -> bool:
        """Whether one of the words that the lists hold may be, or introduce, the first word of a name."""
        known, introduced = minded & self._gate, minded & self._introduces
        if any(word in self._sure_gate or _capitalised(text, told.low, word) for word in known):
            return True
        if introduced and known and any(one in introduced and two in known for one, two in told.pairs):
            return True
        return any(_before_capital(text, told.low, word) for word in introduced)

    def _surname_shaped(self, word: str) -> bool:
        base = self._base(word.lower())
        return base in self._names.surnames or base.endswith(self._names.endings)

    def find_persons(self, text: str) -> tuple[Finding, ...]:
        """The names in a text, in order and without overlaps."""
        return tuple(self.ungated(text)) if self.may_hold(text) else ()

    def ungated(self, text: str) -> list[Finding]:
        """The same without the gate: what a test holds the gate to."""
        return list(self._scan(text, _tokens(text)))

    def _scan(self, text: str, tokens: list[_Token]) -> Iterator[Finding]:
        skip: list[tuple[int, int]] | None = None
        index = 0
        while index < len(tokens):
            rule = self._starts_name(text, tokens, index)
            if rule is not None and skip is None:
                skip = [m.span() for m in _ADDRESS.finditer(text)]
            if rule is None or any(a <= tokens[index].start < b for a, b in skip or ()):
                index += 1
                continue
            last = self._end_of_name(text, tokens, index)
            if not self._is_other(text, tokens, index, last):
                yield self._finding(text, tokens, index, last, rule)
            index = last + 1

    def _finding(self, text: str, tokens: list[_Token], first: int, last: int, rule: str) -> Finding:
        before = tokens[first - 1].low if first else ""
        role = before in self._names.cues["role"] or _PARTY.match(text, tokens[last].end) is not None
        start, end = tokens[first].start, tokens[last].end
        if self._base(tokens[last].low) != tokens[last].low:
            end -= 1
        score = _SCORE[rule] + (0.15 if last > first else 0.0)
        why = Explanation(rule, context=("role",) if role else ())
        return Finding(Entity.PERSON, start, end, score, f"person-{rule}", public=role, why=why)

    def _base(self, low: str) -> str:
        """The name without its genitive -s."""
        if low in self._known or not low.endswith("s") or low.endswith("ss"):
            return low
        stem = low[:-1].rstrip("'\u2019")
        if stem in self._known or stem.endswith(self._names.endings):
            return low[:-1]
        return low

    def _starts_name(self, text: str, tokens: list[_Token], index: int) -> str | None:
        """The rule by which the token at `index` begins a name, or None."""
        token = tokens[index]
        if not token.capital and token.low not in self._all_given:
            return None
        if _glued(text, token) or token.low in self._names.not_names:
            return None
        before = _neighbour(text, tokens, index, -1)
        introduced = before is not None and before.low in self._introduces
        capital = token.capital
        base = self._base(token.low)
        if base in self._known and (token.capital or base == token.low):
            listed = self._listed(base, capital=capital, certain=introduced)
            if listed == "doubtful":
                sure = introduced or self._surname_follows(text, tokens, index) or not _opens(text, token)
                return "given" if sure else None
            if listed is not None:
                return "given" if token.capital else "given-lower-case"
        if not capital:
            return None
        return self._unlisted(text, tokens, index, introduced=introduced)

    def _listed(self, base: str, *, capital: bool, certain: bool) -> str | None:
        """What the list of given names says of a word: "sure", "doubtful", or None when it is no name as written."""
        if base in self._names.given or (base in self._names.capital_only and (capital or certain)):
            return "sure"
        return "doubtful" if base in self._names.doubtful and capital else None

    def _unlisted(self, text: str, tokens: list[_Token], index: int, *, introduced: bool) -> str | None:
        """The rule by which a capitalised word that no list holds begins a name."""
        token = tokens[index]
        if "-" in token.low and token.low.split("-")[0] in self._all_given:
            return "given"
        if introduced and not text[token.start : token.end].isupper() and not _is_thing(text, token):
            return "introduced"
        if self._surname_follows(text, tokens, index, strict=True):
            return "surname-shape"
        return None

    def _surname_follows(self, text: str, tokens: list[_Token], index: int, *, strict: bool = False) -> bool:
        after = _neighbour(text, tokens, index, 1)
        if after is None or not after.capital or after.low in self._names.not_names:
            return False
        base, shaped = self._base(after.low), self._surname_shaped(after.low)
        if not strict:
            return shaped or not _opens(text, after)
        return shaped and base not in self._names.cues["place"] and not tokens[index].low.endswith(("sk", "ska"))

    def _end_of_name(self, text: str, tokens: list[_Token], first: int) -> int:
        """The index of the last word of the name that begins at `first`."""
        last = first
        while last - first < LONGEST_NAME - 1:
            if self._base(tokens[last].low) != tokens[last].low:
                break
            after = _neighbour(text, tokens, last, 1)
            if after is None or _glued(text, after):
                break
            if after.low in self._names.cues["particle"] and last + 2 < len(tokens) and tokens[last + 2].capital:
                last += 2
                continue
            if not self._continues(tokens[first], after):
                break
            last += 1
        return last

    def _continues(self, first: _Token, after: _Token) -> bool:
        if after.low in self._names.not_names or after.low in self._names.cues["place"]:
            return False
        if after.capital:
            return first.capital
        if first.capital:
            return False
        base = self._base(after.low)
        return base in self._names.surnames or base.endswith(("sson", "dotter", "berg", "ström", "qvist", "stedt"))

    def _is_other(self, text: str, tokens: list[_Token], first: int, last: int) -> bool:
        """A street, school or firm named after a person, or an animal, a storm, a ship."""
        cues = self._names.cues
        after = _neighbour(text, tokens, last, 1)
        if after is not None and after.low in cues["place"]:
            return True
        if last > first and (tokens[last].low in cues["place"] or tokens[last].low.endswith(_PLACE_ENDS)):
            return True
        before = tokens[max(0, first - 2) : first]
        return bool(before) and (
            before[-1].low in cues["other"] or (before[-1].low in _IS_CALLED and before[0].low in cues["other"])
        )


_PLACE_ENDS = ("gymnasiet", "skolan", "gatan", "vägen", "parken", "kyrkan", "hallen", "priset", "gården")
_IS_CALLED = frozenset({"heter", "kallas", "hette", "är", "vår", "min", "named", "called"})
_SCORE = {"given": 0.75, "given-lower-case": 0.6, "introduced": 0.65, "surname-shape": 0.6}


def _is_thing(text: str, token: _Token) -> bool:
    """A capitalised word after "mamma" or "heter" that is no name: a place, a school, a firm."""
    low = token.low
    if text.startswith((" &", " AB", " +"), token.end):
        return True
    return low.endswith(("skolan", "skolans", "gården", "gatan", "vägen", "kommun", "hemmet")) or len(low) == 1


def _tokens(text: str) -> list[_Token]:
    """The words of a text; capitals say nothing where all is shouted."""
    words = _WORD.findall(text)
    shouting = sum(map(str.isupper, words)) > len(words) / 2
    return [
        _Token(word.lower(), *match.span(), word[0].isupper() and not shouting)
        for word, match in zip(words, _WORD.finditer(text), strict=True)
    ]


def _capitalised(text: str, low: str, word: str) -> bool:
    """True if the letters of `word` stand anywhere with a capital first; `low` is the text in small letters."""
    at = low.find(word)
    while at >= 0:
        if text[at].isupper():
            return True
        at = low.find(word, at + 1)
    return False


def _before_capital(text: str, low: str, word: str) -> bool:
    """True if a capital may stand right after the letters of `word`, as `_neighbour` understands it."""
    at = low.find(word)
    while at >= 0:
        after = at + len(word)
        if text[after : after + 3].lstrip(" \u00a0\t.@")[:1].isupper():
            return True
        at = low.find(word, after)
    return False


def _opens(text: str, token: _Token) -> bool:
    """True for the first word of a sentence, a line or a quotation, where a capital says nothing."""
    before = text[max(0, token.start - 4) : token.start]
    return token.start == 0 or not before.strip() or _OPENER.search(before) is not None


def _neighbour(text: str, tokens: list[_Token], index: int, step: int) -> _Token | None:
    """The token beside, if only a space, a line's tab or an initial's full stop stands between."""
    other = index + step
    if not 0 <= other < len(tokens):
        return None
    left, right = sorted((tokens[index], tokens[other]), key=lambda token: token.start)
    gap = text[left.end : right.start]
    if gap in {" ", "\u00a0", " @", "\t"} or (gap == ". " and left.end - left.start == 1):
        return tokens[other]
    return None


def _glued(text: str, token: _Token) -> bool:
    """True for a word inside a handle, hashtag, address or code: "@lasse_x", "#anna", "anna73"."""
    before = text[token.start - 1] if token.start else " "
    after = text[token.end] if token.end < len(text) else " "
    if before == "@":
        return after in "_.0123456789@" and (after != "." or text[token.end + 1 : token.end + 2].isalnum())
    return before in "_#" or after in "_@" or before.isdigit() or after.isdigit()
