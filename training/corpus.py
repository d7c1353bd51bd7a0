"""The training rows: templates from `training/corpus/`, their slots filled, told in several voices."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.detect.finding import Concern

FOLDER = Path(__file__).parent / "corpus"
_SLOT = re.compile(r"\{(\w+)\}")
_ROW = re.compile(r"(-|[A-Z_]+(?:,[A-Z_]+)*)(?:\t| {2,})(.+)")
_DIALECT = (
    ("jag ", "ja "),
    ("det är", "de e"),
    (" och ", " å "),
    ("någon", "nån"),
    ("är ", "e "),
    ("dig", "dej"),
    ("mig", "mej"),
)
_LOWER, _BARE, _SPOKEN, _SLIPS, _FELT, _SHOUTED = 0.5, 0.3, 0.25, 0.2, 0.3, 0.05  # how often each voice is heard
_EMOJI = ("😡", "🙏", "😂", "❤️", "👏", "🤔", "😢", "!!", "!!!", "...", " tack", " mvh", " suck", " hälsar en orolig")


@dataclass(frozen=True, slots=True)
class Template:
    """A line of the corpus: what it says, and the concerns it raises."""

    text: str = field(repr=False)
    concerns: frozenset[Concern]


@dataclass(frozen=True, slots=True)
class Row:
    """A template told once; rows of one template stay on one side of the hold-out."""

    text: str = field(repr=False)
    concerns: frozenset[Concern]
    template: int


def templates() -> list[Template]:
    """Every template, in the order of the files.

    Raises:
        ValueError: a line is not as the format says; the message names file and line.
    """
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        if path.name == "slots.txt":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            row = _ROW.fullmatch(line.strip())
            if row is None:
                raise ValueError(f"{path}:{number}: write labels, two spaces and a text")
            labels = [] if row[1] == "-" else row[1].split(",")
            found.append(Template(row[2].strip(), frozenset(Concern(label) for label in labels)))
    return found


def slots() -> Mapping[str, list[str]]:
    """What may stand in a slot, by its name."""
    lines = (FOLDER / "slots.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): [choice.strip() for choice in rest.split("|")] for name, rest in pairs}


def rows(tellings: int, seed: int) -> Iterator[Row]:
    """Each template told `tellings` times: filled anew, the first time plainly, then in other voices."""
    choices = slots()
    chance = random.Random(seed)  # noqa: S311 - variety, not secrecy; the seed makes the corpus reproducible
    for number, template in enumerate(templates()):
        for telling in range(tellings):
            text = filled(template.text, choices, chance)
            yield Row(_voiced(text, chance) if telling else text, template.concerns, number)


def filled(text: str, choices: Mapping[str, list[str]], chance: random.Random) -> str:
    """The text with every slot filled, slots within slots too, and a capital where the template has one."""
    while slot := _SLOT.search(text):
        choice = chance.choice(choices[slot[1]])
        if slot.start() == 0:
            choice = choice[:1].upper() + choice[1:]
        text = text[: slot.start()] + choice + text[slot.end() :]
    return text


def _voiced(text: str, chance: random.Random) -> str:
    """Told by somebody else: without capitals or stops, in dialect, in haste, with feeling."""
    if chance.random() < _LOWER:
        text = text.lower()
    if chance.random() < _BARE:
        text = text.rstrip(".!?")
    if chance.random() < _SPOKEN:
        for standard, spoken in _DIALECT:
            text = text.replace(standard, spoken)
    if chance.random() < _SLIPS:
        text = _misspelled(text, chance)
    if chance.random() < _FELT:
        text += " " + chance.choice(_EMOJI).strip()
    if chance.random() < _SHOUTED:
        text = text.upper()
    return text


def _misspelled(text: str, chance: random.Random) -> str:
    """One slip of the fingers: two letters changed about, one lost or one doubled."""
    at = chance.randrange(1, max(2, len(text) - 1))
    kind = chance.randrange(3)
    if kind == 0:
        return text[: at - 1] + text[at : at + 1] + text[at - 1 : at] + text[at + 1 :]
    return text[:at] + text[at + 1 :] if kind == 1 else text[:at] + text[at : at + 1] + text[at:]
