"""How likely a text says a thing, by a small linear model over its words and their edges. It may raise, never remove.

The features are those of `features.py`. Weights are whole numbers of -127 to 127 in an `.npz` file without pickled
objects. docs/model-card.md tells what the model was trained on and what it is good for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from pipeline.detect.concerns.features import FIRST, NUMBER, WORD, masked, parts_of
from pipeline.detect.finding import Concern, Finding
from pipeline.detect.wording import ByWord, Wording, wording
from pipeline.errors import BadConfiguration

BUILT_IN = Path(__file__).with_name("tone.npz")
_BITS, _MIDDLE = 24, 128  # of each sum: what all features of a window need, and one more; what is added to a weight
_FIELD = (1 << _BITS) - 1


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
        pairs = {tuple(f.split(" ")): weight for f, weight in packed.items() if " " in f}
        self._first = {two: pairs.pop((one, two)) for one, two in list(pairs) if one == FIRST}
        self._pairs, self._two = pairs, frozenset(pairs)
        alone = {f: weight for f, weight in packed.items() if " " not in f}
        self._words = ByWord(lambda word: sum(alone.get(part, 0) for part in parts_of(word)))
        self._number = alone.pop(NUMBER, 0)
        self._marks = {f: weight for f, weight in alone.items() if not WORD.match(f)}
        self._signs = frozenset(self._marks)
        self._weights = weights
        self._scale = scale
        self._bias = tuple(bias)
        self._least = tuple(math.log(threshold / (1 - threshold)) for threshold in thresholds)
        self._shifts = range(_BITS, _BITS * (weights.shape[1] + 1), _BITS)
        self._tops = sum(1 << at + _BITS - 1 for at in self._shifts)
        self._least_total = lru_cache(self._least_of)
        self._anything = 1 << self._shifts[-1] + _BITS - 1
        self._concerns = tuple(concerns)
        self._sparks = sparks
        self.recipe = recipe

    def may_say(self, text: Wording) -> bool:
        """Cheap: False where no word of the text is one that the model has learned to mind most."""
        return not self._sparks.isdisjoint(text.distinct)

    def says(self, text: Wording, findings: Sequence[Finding]) -> list[Tone]:
        """The concerns whose probability reaches their threshold, each at the word that weighs most.

        None where it is not as likely that the text says anything at all, which the last column knows.
        """
        if not self.may_say(text):
            return []
        total = self._total(self._masked(text, findings))
        if (total | self._tops) - self._least_total(total & _FIELD) & self._tops <= self._anything:
            return []
        *values, anything = self._values(total)
        if anything < self._least[-1]:
            return []
        likely = [column for column, value in enumerate(values) if value >= self._least[column]]
        return [
            Tone(self._concerns[column], _chance(values[column]), *self._heaviest(text.low, column))
            for column in likely
        ]

    def _masked(self, text: Wording, findings: Sequence[Finding]) -> Wording:
        low = masked(text.low, findings) if findings else text.low
        return text if low == text.low else wording(low)

    def _values(self, total: int) -> list[float]:
        """The log odds of each concern, and last of any."""
        count, *sums = self._fields(total)
        each = self._scale / math.sqrt(max(1, count))
        return [total * each + bias for total, bias in zip(sums, self._bias, strict=True)]

    def weighed(self, plain: Wording) -> tuple[int, ...]:
        """How many known features a masked text has, and for each concern the sum of their weights."""
        return self._fields(self._total(plain))

    def _total(self, plain: Wording) -> int:
        total = sum(map(self._words.__getitem__, plain.distinct))
        total += sum(map(self._pairs.__getitem__, self._two & plain.pairs))
        total += sum(map(self._marks.__getitem__, self._signs & plain.marks))
        total += self._number if plain.digits else 0
        total += self._first.get(plain.words[0], 0) if plain.words else 0
        return total

    def _fields(self, total: int) -> tuple[int, ...]:
        count = total & _FIELD
        return (count, *((total >> at & _FIELD) - count * _MIDDLE for at in self._shifts))

    def _least_of(self, count: int) -> int:
        """The least sums, of so many features, with which a concern is likely: one whole number, as weights are.

        Taken from a total with the top bit of each field set, they leave that bit where the field is no less.
        """
        root = math.sqrt(count) / self._scale
        least = (
            max(0, math.floor((low - bias) * root) + count * _MIDDLE)
            for low, bias in zip(self._least, self._bias, strict=True)
        )
        return sum(low << at for low, at in zip(least, self._shifts, strict=True))

    def _heaviest(self, low: str, column: int) -> tuple[int, int]:
        best = max(WORD.finditer(low), key=lambda match: self._weight(match.group(), column))
        return best.start(), best.end()

    def _weight(self, word: str, column: int) -> int:
        rows = [self.index[f] for f in parts_of(word) if f in self.index]
        return max((int(self._weights.item(row, column)) for row in rows), default=-128)


def _chance(value: float) -> float:
    return 1 / (1 + math.exp(-value))


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
