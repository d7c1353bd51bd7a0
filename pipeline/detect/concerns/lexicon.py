"""What the lexicon files hold: rules per concern, references to persons and cues, read and refused by file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.detect.concerns.language import Language
from pipeline.detect.concerns.terms import BadTerm, Term, parse
from pipeline.detect.finding import Concern
from pipeline.detect.lexicons import BUILT_IN
from pipeline.errors import BadConfiguration

NAMED = "named"  # a name or a mention: found elsewhere, never by a lexicon
TRACED = "traced"  # an identity number, an address or a plate: likewise
_BY_WEIGHT = ("named", "relative", "child", "traced", "role", "third", "you", "self")
"""Kinds of persons, those first whom fewer cues silence: of several in reach the first is the one that counts."""
REFERENCES = ("self", "relative", "child", "you", "third", "role")
REACHES = ("near", "sentence", "paragraph", "text")
PLACES = ("before", "sentence", "text")
_RULE_FIELDS = frozenset({"id", "about", "reach", "score", "unless", "certain", "model", "terms", "needs"})
_CUE_FIELDS = frozenset({"where", "words"})


Terms = tuple[tuple[str, Term], ...]  # each with the language it is written in


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that raise a concern when they are said of someone in `about`, or of nobody when `about` is empty.

    `needs` names cues of which one must stand in the text, `unless` cues that silence the rule. A `model` rule has
    no words: it is raised when the tone model says so, and the rest of it holds all the same.
    """

    id: str
    concern: Concern
    basis: str
    terms: Terms
    about: tuple[str, ...]
    reach: str | None
    needs: frozenset[str]
    unless: frozenset[str]
    score: float
    certain: bool
    model: bool


@dataclass(frozen=True, slots=True)
class CueSet:
    """Words that take the edge off others, and how near they must stand."""

    where: str
    words: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Rules, references by kind, cues by name and small words by language: built-in and a municipality's own."""

    rules: tuple[Rule, ...]
    references: Mapping[str, Terms]
    cues: Mapping[str, CueSet]
    languages: Mapping[str, Language]


@dataclass(frozen=True, slots=True, repr=False)
class _File:
    """A lexicon file being read, able to say where a thing stands in it."""

    path: Path
    source: str
    data: dict[str, Any]

    def refuse(self, needle: str, problem: str) -> BadConfiguration:
        """An error that names the first line holding `needle`."""
        before, found, _ = self.source.partition(needle)
        line = before.count("\n") + 1 if found else 1
        return BadConfiguration(f"{self.path}:{line}: {problem}")


def load_lexicon(extra: Path | None = None) -> Lexicon:
    """Read the built-in lexicons, and on top of them every `concerns/*.toml` in the folder `extra`.

    A rule, reference or cue of the same name gets the terms of both.

    Raises:
        BadConfiguration: a file is broken; the message names file, line, field and remedy.
    """
    rules: dict[str, Rule] = {}
    references: dict[str, Terms] = {}
    cues: dict[str, CueSet] = {}
    words: dict[str, frozenset[str]] = {}
    letters: dict[str, frozenset[str]] = {}
    for file in _files(extra):
        for lang, text in _texts(file, "language"):
            words[lang] = words.get(lang, frozenset()) | {word.strip() for word in text.split(",")}
        for lang, text in _texts(file, "letters"):
            letters[lang] = letters.get(lang, frozenset()) | frozenset(text)
        for rule in _rules(file):
            earlier = rules.get(rule.id)
            rules[rule.id] = rule if earlier is None else _joined(file, earlier, rule)
        for kind, terms in _references(file):
            references[kind] = references.get(kind, ()) + terms
        for name, cue in _cues(file):
            known = cues.get(name)
            cues[name] = cue if known is None else CueSet(known.where, known.words, known.terms + cue.terms)
    for rule in rules.values():
        for name in (rule.unless | rule.needs) - cues.keys():
            raise BadConfiguration(f"rule {rule.id!r}: no cue is called {name!r}; use one of {', '.join(sorted(cues))}")
    languages = {lang: Language(known, letters.get(lang, frozenset())) for lang, known in words.items()}
    return Lexicon(tuple(rules.values()), references, cues, languages)


def _files(extra: Path | None) -> Iterator[_File]:
    if extra is not None and not extra.is_dir():
        raise BadConfiguration(f"{extra}: no such folder; name the folder that holds your concerns/*.toml")
    for folder in (BUILT_IN, extra):
        for path in sorted((folder / "concerns").glob("*.toml")) if folder else ():
            try:
                source = path.read_text(encoding="utf-8")
                yield _File(path, source, tomllib.loads(source))
            except (OSError, UnicodeDecodeError) as error:
                raise BadConfiguration(f"{path}: cannot be read as UTF-8; save it as UTF-8 text") from error
            except tomllib.TOMLDecodeError as error:
                raise BadConfiguration(f"{path}: not TOML: {error}") from error


def _joined(file: _File, earlier: Rule, rule: Rule) -> Rule:
    if earlier.concern is not rule.concern:
        raise file.refuse(rule.id, f"rule {rule.id!r} belongs to {earlier.concern}; give yours another id")
    terms = earlier.terms + rule.terms
    return Rule(
        earlier.id, earlier.concern, earlier.basis, terms, earlier.about, earlier.reach, earlier.needs, earlier.unless,
        earlier.score, earlier.certain, earlier.model,
    )  # fmt: skip


def _rules(file: _File) -> Iterator[Rule]:
    tables = file.data.get("rule", [])
    if not tables:
        return
    name = file.data.get("concern")
    if not isinstance(name, str) or name not in Concern.__members__:
        raise file.refuse("concern", f"concern: {name!r} is none; use one of {', '.join(Concern)}")
    basis = file.data.get("basis")
    if not isinstance(basis, str) or not basis:
        raise file.refuse("concern", "basis: missing; name the law that the concern rests on")
    for table in tables:
        yield _rule(file, Concern(name), basis, table)


def _rule(file: _File, concern: Concern, basis: str, table: Mapping[str, Any]) -> Rule:
    ident = table.get("id")
    if not isinstance(ident, str) or not ident:
        raise file.refuse("[[rule]]", "id: missing; give every rule a name of its own")
    for unknown in table.keys() - _RULE_FIELDS:
        known = ", ".join(sorted(_RULE_FIELDS))
        raise file.refuse(unknown, f"rule {ident!r}: no field is called {unknown!r}; use {known}")
    about = frozenset(table.get("about", ()))
    for kind in about - {*REFERENCES, NAMED, TRACED}:
        raise file.refuse(
            kind, f"rule {ident!r}, about: no {kind!r}; use one of {', '.join((*REFERENCES, NAMED, TRACED))}"
        )
    reach = table.get("reach")
    if reach is not None and reach not in REACHES:
        raise file.refuse(f'"{reach}"', f"rule {ident!r}, reach: {reach!r}; use one of {', '.join(REACHES)}")
    score = table.get("score", 0.7)
    if not isinstance(score, int | float) or not 0 < score <= 1:
        raise file.refuse("score", f"rule {ident!r}, score: {score!r}; write a number above 0, at most 1")
    model = bool(table.get("model", False))
    if model and table.get("certain"):
        raise file.refuse("certain", f"rule {ident!r}, certain: the model may ask people, never remove; leave it out")
    return Rule(
        id=ident,
        concern=concern,
        basis=basis,
        terms=() if model else _terms(file, f"rule {ident!r}", table.get("terms")),
        about=tuple(kind for kind in _BY_WEIGHT if kind in about),
        reach=reach,
        needs=frozenset(table.get("needs", ())),
        unless=frozenset(table.get("unless", ())),
        score=float(score),
        certain=bool(table.get("certain", False)),
        model=model,
    )


def _references(file: _File) -> Iterator[tuple[str, Terms]]:
    for kind, table in file.data.get("reference", {}).items():
        if kind not in REFERENCES:
            raise file.refuse(f"reference.{kind}", f"reference: no {kind!r}; use one of {', '.join(REFERENCES)}")
        yield kind, _terms(file, f"reference {kind!r}", table)


def _cues(file: _File) -> Iterator[tuple[str, CueSet]]:
    for name, table in file.data.get("cue", {}).items():
        where = table.get("where", "sentence")
        if where not in PLACES:
            raise file.refuse(f'"{where}"', f"cue {name!r}, where: {where!r}; use one of {', '.join(PLACES)}")
        words = {lang: text for lang, text in table.items() if lang not in _CUE_FIELDS}
        yield name, CueSet(where, int(table.get("words", 3)), _terms(file, f"cue {name!r}", words))


def _texts(file: _File, name: str) -> Iterator[tuple[str, str]]:
    for lang, text in file.data.get(name, {}).items():
        if not isinstance(text, str):
            raise file.refuse(lang, f"{name}, {lang}: not a text; write one string")
        yield lang, text


def _terms(file: _File, owner: str, table: Any) -> Terms:
    """The terms of every language, in order; each language is one string, its terms parted by commas."""
    if not isinstance(table, dict) or not table:
        name = owner.split("'")[1]
        raise file.refuse(f'"{name}"', f"{owner}: no terms; write them by language, such as terms.sv = '...'")
    found = []
    for lang, text in table.items():
        if not isinstance(text, str):
            raise file.refuse(lang, f"{owner}, {lang}: not a text; write the terms in one string, parted by commas")
        for term in filter(None, (" ".join(t.split()) for t in text.split(","))):
            try:
                found.append((lang, parse(term)))
            except BadTerm as error:
                raise file.refuse(term, f"{owner}, {lang}: {error}") from error
    return tuple(found)
