"""How likely a text says a thing, by a small linear model over its words and their edges. It may raise, never remove.

The features of a text are its words, the first and last letters of the longer ones (Swedish puts words together) and
its pairs of neighbours; names and digits are masked. Weights are whole numbers of -127 to 127 in an `.npz` file without
pickled objects. docs/model-card.md tells what it was trained on and what it is good for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from pipeline.detect.finding import Concern, Entity, Finding
from pipeline.errors import BadConfiguration

BUILT_IN = Path(__file__).with_name("tone.npz")
SHORT_EDGE, LONG_EDGE = 4, 6
_WORD = re.compile(r"\w+|[^\w\s]")
_DIGITS = re.compile(r"\d+")
_NAME = "nn"


@dataclass(frozen=True, slots=True)
class Tone:
    """What the model believes of one text."""

    concern: Concern
    probability: float
    start: int
    end: int


def masked(low: str, findings: Iterable[Finding]) -> str:
    """A lower-cased text with every name and number made alike; lengths are not kept."""
    for finding in sorted(findings, key=lambda f: -f.start):
        if finding.type is Entity.PERSON:
            low = low[: finding.start] + _NAME + low[finding.end :]
    return _DIGITS.sub("0", low)


def features(plain: str) -> list[str]:
    """The features of a masked text, in no order that means anything; `ToneModel.rows` counts the same ones."""
    words = _WORD.findall(plain)
    found = [f"{left} {right}" for left, right in set(zip(["^", *words], words, strict=False))]
    for word in set(words):
        found.append(word)
        found.extend(_edges(word))
    return found


def _edges(word: str) -> tuple[str, ...]:
    if len(word) <= SHORT_EDGE:
        return ()
    if len(word) <= LONG_EDGE:
        return "<" + word[:SHORT_EDGE], word[-SHORT_EDGE:] + ">"
    return "<" + word[:SHORT_EDGE], word[-SHORT_EDGE:] + ">", "<" + word[:LONG_EDGE], word[-LONG_EDGE:] + ">"


class ToneModel:
    """The weights, and what they say of a text. Immutable after loading; safe to share."""

    def __init__(
        self,
        *,
        vocabulary: Sequence[str],
        weights: npt.NDArray[np.int8],
        scale: float,
        bias: Sequence[float],
        thresholds: Sequence[float],
        concerns: Sequence[Concern],
        sparks: frozenset[str],
        recipe: str,
    ) -> None:
        index = {feature: row for row, feature in enumerate(vocabulary)}
        self.index = index
        self._pairs = {tuple(f.split(" ")): row for f, row in index.items() if " " in f}
        self._words = {f: [index[g] for g in (f, *_edges(f)) if g in index] for f in vocabulary if _WORD.fullmatch(f)}
        self._weights = weights
        self._scale = scale
        self._bias = np.asarray(bias, dtype=np.float64)
        self._thresholds = tuple(thresholds)
        self._concerns = tuple(concerns)
        self._sparks = sparks
        self.recipe = recipe

    def may_say(self, low: str) -> bool:
        """Cheap: False where no word of the text is one that the model has learned to mind most."""
        return not self._sparks.isdisjoint(_WORD.findall(low))

    def probabilities(self, plain: str) -> dict[Concern, float]:
        """How likely each concern is, for a masked text."""
        rows = self.rows(plain)
        if not rows:
            return dict.fromkeys(self._concerns, 0.0)
        sums = self._weights[rows].sum(axis=0, dtype=np.int64) * (self._scale / math.sqrt(len(rows))) + self._bias
        return {concern: 1 / (1 + math.exp(-value)) for concern, value in zip(self._concerns, sums, strict=True)}

    def rows(self, plain: str) -> list[int]:
        """The known features of a text, as rows of the weights."""
        words = _WORD.findall(plain)
        pairs, known, index = self._pairs, self._words, self.index
        rows = [pairs[pair] for pair in set(zip(["^", *words], words, strict=False)) if pair in pairs]
        for word in set(words):
            rows.extend(known[word] if word in known else [index[edge] for edge in _edges(word) if edge in index])
        return rows

    def says(self, low: str, findings: Sequence[Finding]) -> list[Tone]:
        """The concerns whose probability reaches their threshold, each at the word that weighs most."""
        if not self.may_say(low):
            return []
        likely = self.probabilities(masked(low, findings))
        return [
            Tone(concern, likely[concern], *self._heaviest(low, column))
            for column, (concern, least) in enumerate(zip(self._concerns, self._thresholds, strict=True))
            if likely[concern] >= least
        ]

    def _heaviest(self, low: str, column: int) -> tuple[int, int]:
        best = max(_WORD.finditer(low), key=lambda match: self._weight(match.group(), column))
        return best.start(), best.end()

    def _weight(self, word: str, column: int) -> int:
        rows = [self.index[f] for f in (word, *_edges(word)) if f in self.index]
        return max((int(self._weights[row, column]) for row in rows), default=-128)


def load_tone(path: Path = BUILT_IN) -> ToneModel:
    """Read a model.

    Raises:
        BadConfiguration: the file is missing or is none of ours.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            return ToneModel(
                vocabulary=bytes(data["vocabulary"]).decode().split("\n"),
                weights=data["weights"],
                scale=float(data["scale"]),
                bias=data["bias"].tolist(),
                thresholds=data["thresholds"].tolist(),
                concerns=[Concern(name) for name in bytes(data["concerns"]).decode().split("\n")],
                sparks=frozenset(bytes(data["sparks"]).decode().split("\n")),
                recipe=bytes(data["recipe"]).decode(),
            )
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise BadConfiguration(f"{path}: no tone model; run `make train`, or install the package again") from error
