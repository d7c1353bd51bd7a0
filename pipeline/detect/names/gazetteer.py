"""Which words are names, and how sure the word alone makes us: the lists of `lexicons/names/`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.detect.lexicons import BUILT_IN
from pipeline.errors import BadConfiguration

SHORTEST_ENDING = 3
CUE_SECTIONS = frozenset({"introduces", "role", "place", "other", "particle"})
_SECTION = re.compile(r"\[(\w+)\]$")
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*[?~]?$")
_CUE = re.compile(r"[^\s#]+$")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Sets of lower-cased words. `capital_only` holds names that are words in lower case, `doubtful` those always."""

    given: frozenset[str]
    capital_only: frozenset[str]
    doubtful: frozenset[str]
    surnames: frozenset[str]
    endings: tuple[str, ...]
    not_names: frozenset[str]
    cues: dict[str, frozenset[str]]


def load_gazetteer(extra: Path | None = None) -> Gazetteer:
    """Read the built-in lists and, where `extra` has a `names` folder, its lists on top.

    Raises:
        BadConfiguration: a line is not as the format says; the message names file and line.
    """
    folders = [BUILT_IN / "names", *([extra / "names"] if extra else [])]
    given = [w for folder in folders for w in _words(folder / "given.txt", _NAME)]
    surnames = [w for folder in folders for w in _words(folder / "surnames.txt", _NAME)]
    endings = {w for folder in folders for w in _words(folder / "endings.txt", _CUE)}
    cues: dict[str, set[str]] = {section: set() for section in CUE_SECTIONS}
    for folder in folders:
        for section, word in _sections(folder / "cues.txt"):
            cues[section].add(word)
    return Gazetteer(
        given=_plain(given, ""),
        capital_only=_plain(given, "~"),
        doubtful=_plain(given, "?"),
        surnames=_plain(surnames, "") | _plain(surnames, "~") | _plain(surnames, "?"),
        endings=tuple(sorted(e for e in endings if len(e) >= SHORTEST_ENDING)),
        not_names=frozenset(w for folder in folders for w in _words(folder / "not-names.txt", _CUE)),
        cues={section: frozenset(words) for section, words in cues.items()},
    )


def _plain(words: list[str], mark: str) -> frozenset[str]:
    """The words that carry `mark` ("" for those without one), lower-cased and without it."""
    return frozenset(w.rstrip("?~").lower() for w in words if (w[-1] if w[-1] in "?~" else "") == mark)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    if not path.exists():
        return
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path}: cannot be read as UTF-8; save it as UTF-8 text") from error
    for number, line in enumerate(text.splitlines(), 1):
        yield number, line.split("#", 1)[0].split()


def _words(path: Path, shape: re.Pattern[str]) -> Iterator[str]:
    for number, words in _lines(path):
        for word in words:
            if not shape.match(word):
                raise BadConfiguration(f"{path}:{number}: {word!r} is no name; write letters, then perhaps ? or ~")
            yield word


def _sections(path: Path) -> Iterator[tuple[str, str]]:
    section = ""
    for number, words in _lines(path):
        for word in words:
            if header := _SECTION.match(word):
                section = header[1]
                if section not in CUE_SECTIONS:
                    known = ", ".join(sorted(CUE_SECTIONS))
                    raise BadConfiguration(f"{path}:{number}: no such section [{section}]; use one of {known}")
            elif not section:
                raise BadConfiguration(f"{path}:{number}: {word!r} stands before any [section]; put a section first")
            else:
                yield section, word.lower()
