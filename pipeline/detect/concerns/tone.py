"""How likely a text says a thing, by a small linear model over its words and their edges. It may raise, never remove.

The features are those of `features.py`. Weights are whole numbers of -127 to 127 in an `.npz` file without pickled
objects. docs/model-card.md tells what the model was trained on and what it is good for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import calcsize, unpack
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from pipeline.detect.concerns.features import WORD, edges_of, masked
from pipeline.detect.finding import Concern, Finding
from pipeline.detect.wording import ByWord, Wording, beyond
from pipeline.errors import BadConfiguration

BUILT_IN = Path(__file__).with_name("tone.npz")
_STOPS = ".,!?"
_EASY = bytes(byte for byte in range(0x80) if chr(byte).isalnum() or chr(byte).isspace() or chr(byte) in f"_{_STOPS}")
_NO_DIGITS = bytes(byte for byte in range(0x80) if not chr(byte).isdecimal())
_BITS, _MIDDLE = 32, 128  # of each sum, far more than the features of a window need; what is added to a weight


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
        self._two = frozenset(self._pairs)
        alone = {f: weight for f, weight in packed.items() if " " not in f}
        self._words = ByWord(lambda word: sum(alone.get(part, 0) for part in (word, *edges_of(word))))
        self._weights = weights
        self._scale = scale
        self._bias = tuple(bias)
        self._least = tuple(math.log(threshold / (1 - threshold)) for threshold in thresholds)
        self._form = f"<{1 + weights.shape[1]}I"
        self._size = calcsize(self._form)
        self._concerns = tuple(concerns)
        self._sparks = sparks
        self.recipe = recipe

    def may_say(self, words: Iterable[str]) -> bool:
        """Cheap: False where no word of the text is one that the model has learned to mind most."""
        return not self._sparks.isdisjoint(words)

    def says(self, text: Wording, findings: Sequence[Finding]) -> list[Tone]:
        """The concerns whose probability reaches their threshold, each at the word that weighs most; none if nothing is said."""
        if not self.may_say(text.words):
            return []
        *values, anything = self._values(text, findings) or [-math.inf]
        if anything < self._least[-1]:
            return []
        likely = [column for column, value in enumerate(values) if value >= self._least[column]]
        return [
            Tone(self._concerns[column], _chance(values[column]), *self._heaviest(text.low, column))
            for column in likely
        ]

    def chances(self, text: Wording, findings: Sequence[Finding]) -> dict[Concern, float]:
        """How likely each concern is, whatever the thresholds; empty where nothing of the text is known."""
        return dict(zip(self._concerns, map(_chance, self._values(text, findings)), strict=False))

    def _values(self, text: Wording, findings: Sequence[Finding]) -> list[float]:
        """The log odds of each concern and, last, of any at all; none where nothing of the text is known."""
        plain = masked(text.low, findings) if findings or _may_hold_digits(text.low) else text.low
        count, *sums = self.weighed(plain)
        if not count:
            return []
        each = self._scale / math.sqrt(count)
        return [total * each + bias for total, bias in zip(sums, self._bias, strict=True)]

    def weighed(self, plain: str) -> tuple[int, ...]:
        """How many known features a masked text has, and for each concern the sum of their weights."""
        words = _words(plain)
        pairs = self._two.intersection(zip(["^", *words], words, strict=False))
        total = sum(map(self._words.__getitem__, set(words)), sum(map(self._pairs.__getitem__, pairs)))
        count, *fields = unpack(self._form, total.to_bytes(self._size, "little"))
        middle = count * _MIDDLE
        return (count, *(field - middle for field in fields))

    def _heaviest(self, low: str, column: int) -> tuple[int, int]:
        best = max(WORD.finditer(low), key=lambda match: self._weight(match.group(), column))
        return best.start(), best.end()

    def _weight(self, word: str, column: int) -> int:
        rows = [self.index[f] for f in (word, *edges_of(word)) if f in self.index]
        return max((int(self._weights.item(row, column)) for row in rows), default=-128)


def _chance(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _may_hold_digits(low: str) -> bool:
    rest = beyond(low, _NO_DIGITS)
    return bool(rest) and not rest.isalpha()


def _words(plain: str) -> list[str]:
    """What `WORD` finds, in half the time where no signs stand in the text but the four of every sentence."""
    rest = beyond(plain, _EASY)
    if rest and not rest.isalnum():
        return WORD.findall(plain)
    for sign in _STOPS:
        plain = plain.replace(sign, f" {sign} ")
    return plain.split()


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
