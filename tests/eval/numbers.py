"""How many generated numbers are found, and how many that are nobody's are acted upon, class by class?

`python -m tests.eval.numbers [NUMBERS] [OTHERS]`: so many valid identity numbers in each of ninety spellings, so many
numbers of each other kind; 10 000 and 2 000 unless told. Seeded; exits 1 if a promise of docs/detection.md is broken.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

from pipeline.detect.engine import Engine
from pipeline.detect.finding import Entity
from tests.generated.negatives import NEGATIVES
from tests.generated.spellings import CARRIERS, PERSON_ONLY, SPELLINGS, coordination_number, personal_number
from tests.recognising import SURE, detect, engine

IDENTITY = (Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER)
ACTED_ON = (*IDENTITY, Entity.CREDIT_CARD, Entity.IBAN_CODE, Entity.SE_BANK_ACCOUNT)
LEAST_FOUND = 0.995
MOST_WRONG = 0.002


def found(detector: Engine, rng: random.Random, name: str) -> bool:
    """Whether a new number, a fifth of them coordination numbers, is found in this spelling."""
    coordination = rng.random() < 0.2 and name not in PERSON_ONLY
    number = coordination_number(rng) if coordination else personal_number(rng)
    text = rng.choice(CARRIERS).format(SPELLINGS[name](number))
    return any(finding.type in IDENTITY for finding in detect(detector, text).findings)


def wrong(detector: Engine, rng: random.Random, name: str) -> bool:
    """Whether the shipped policy would take down a text for a number of this other kind."""
    make, sentences = NEGATIVES[name]
    findings = detect(detector, rng.choice(sentences).format(make(rng))).findings
    return any(finding.type in ACTED_ON and finding.score >= SURE and not finding.public for finding in findings)


def shares(
    detector: Engine, names: tuple[str, ...], size: int, happens: Callable[[Engine, random.Random, str], bool]
) -> dict[str, float]:
    """How often something happens, by class."""
    result = {}
    for name in names:
        rng = random.Random(name)
        result[name] = sum(happens(detector, rng, name) for _ in range(size)) / size
    return result


def main(numbers: int, others: int) -> int:
    """Print both tables; 1 if a promise is broken."""
    detector = engine()
    spelled = shares(detector, tuple(SPELLINGS), numbers, found)
    for name, share in spelled.items():
        sys.stdout.write(f"found  {share:8.4f}  {name}\n")
    taken = shares(detector, tuple(NEGATIVES), others, wrong)
    for name, share in taken.items():
        sys.stdout.write(f"wrong  {share:8.4f}  {name}\n")
    overall = sum(spelled.values()) / len(spelled)
    worst = max(taken.values())
    sys.stdout.write(
        f"{numbers} numbers x {len(spelled)} spellings: {overall:.4f} found; worst other kind: {worst:.4f}\n"
    )
    return 0 if overall >= LEAST_FOUND and worst <= MOST_WRONG else 1


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:3]]
    sys.exit(main(*sizes, *(10_000, 2_000)[len(sizes) :]))
