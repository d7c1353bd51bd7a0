"""How likely a text says a thing, by a small linear model over its words and their edges. It may raise, never remove.

The features are those of `features.py`. Weights are whole numbers of -127 to 127 in an `.npz` file without pickled
objects. docs/model-card.md tells what the model was trained on and what it is good for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from pipeline.detect.concerns.features import SHORT_EDGE, WORD, edges_of, masked
from pipeline.detect.finding import Concern, Finding
from pipeline.detect.wording import wording
from pipeline.errors import BadConfiguration

BUILT_IN = Path(__file__).with_name("tone.npz")
_BITS = 24  # of each sum: enough for every feature that a window can hold
_FIELD, _MIDDLE = (1 << _BITS) - 1, 128


@dataclass(frozen=True, slots=True)
class Tone:
    """What the model believes of one text."""

    concern: Concern
    probability: float
    start: int
    end: int


def _packed(weights: npt.NDArray[np.int8]) -> list[int]:
    """Each feature's weights as one whole number, so that one addition adds for every concern.

    The lowest field counts features, the next ones hold their weights above -128, so that none is ever below nothing.
    """
    shifts = range(_BITS, _BITS * (weights.shape[1] + 1), _BITS)
    rows = (weights.astype(int) + _MIDDLE).tolist()
    return [1 + sum(weight << at for weight, at in zip(row, shifts, strict=True)) for row in rows]


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
        self.index = {feature: row for row, feature in enumerate(vocabulary)}
        packed = dict(zip(vocabulary, _packed(weights), strict=True))
        self._pairs = {tuple(f.split(" ")): weight for f, weight in packed.items() if " " in f}
        self._edges = {f: weight for f, weight in packed.items() if f.startswith("<") or f.endswith(">")}
        self._words = {
            f: weight + sum(packed.get(edge, 0) for edge in edges_of(f))
            for f, weight in packed.items()
            if WORD.fullmatch(f)
        }
        self._weights = weights
        self._scale = scale
        self._bias = tuple(bias)
        self._thresholds = tuple(thresholds)
        self._concerns = tuple(concerns)
        self._sparks = sparks
        self.recipe = recipe

    def may_say(self, words: Iterable[str]) -> bool:
        """Cheap: False where no word of the text is one that the model has learned to mind most."""
        return not self._sparks.isdisjoint(words)

    def probabilities(self, plain: str) -> dict[Concern, float]:
        """How likely each concern is, for a masked text."""
        count, sums = self.weighed(plain)
        if not count:
            return dict.fromkeys(self._concerns, 0.0)
        each = self._scale / math.sqrt(count)
        values = (total * each + bias for total, bias in zip(sums, self._bias, strict=True))
        return {concern: 1 / (1 + math.exp(-value)) for concern, value in zip(self._concerns, values, strict=True)}

    def weighed(self, plain: str) -> tuple[int, list[int]]:
        """How many known features a text has, and the sum of their weights for each concern."""
        words = WORD.findall(plain)
        total = sum(filter(None, map(self._pairs.get, set(zip(["^", *words], words, strict=False)))))
        known, edges = self._words, self._edges
        for word in set(words):
            weight = known.get(word)
            if weight is not None:
                total += weight
            elif len(word) > SHORT_EDGE:
                total += sum(edges.get(edge, 0) for edge in edges_of(word))
        count = total & _FIELD
        middle = count * _MIDDLE
        return count, [(total >> at & _FIELD) - middle for at in range(_BITS, _BITS * (len(self._concerns) + 1), _BITS)]

    def says(self, low: str, findings: Sequence[Finding]) -> list[Tone]:
        """The concerns whose probability reaches their threshold, each at the word that weighs most."""
        if not self.may_say(wording(low).words):
            return []
        likely = self.probabilities(masked(low, findings))
        return [
            Tone(concern, likely[concern], *self._heaviest(low, column))
            for column, (concern, least) in enumerate(zip(self._concerns, self._thresholds, strict=True))
            if likely[concern] >= least
        ]

    def _heaviest(self, low: str, column: int) -> tuple[int, int]:
        best = max(WORD.finditer(low), key=lambda match: self._weight(match.group(), column))
        return best.start(), best.end()

    def _weight(self, word: str, column: int) -> int:
        rows = [self.index[f] for f in (word, *edges_of(word)) if f in self.index]
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
