"""How long does the worst text of 10 000 characters take? `python -m tests.fuzz.worst [SECONDS]` prints the slowest.

Every text is built to hurt: what recognisers look for, repeated, nearly right, or mixed. A text is either done within
the budget or handed to people with the reason named; never anything else.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.detect.engine import Engine
from pipeline.detect.finding import Analysis
from pipeline.ports import FieldText
from tests.generated.negatives import NEGATIVES
from tests.generated.spellings import SPELLINGS, personal_number
from tests.recognising import engine

SIZE = 10_000
UNITS = (
    "a.", "a@", "@", "a@a.", "1", "12", "0", "1 ", "1-", "12 ", "0 ", "070 ", "0701740605 ", "070-1740605,",
    "+46", "+", "00", "850112-2384 ", "8501122384", "850112-", "850112 ", "85-01-12-", "1,2,", "1, ", "19",
    "1.1.1.", "1.1.1.1 ", "::", "a:", "1:2", "SE", "SE45 ", "SE45 5000 ", "GB29NWBK", "4242 ",
    "4242424242424242 ", "gatan 1 ", "Storgatan 1", "Stora Norra ", "väg ", "Ab ", "AbcAbc ", "ABC 123 ",
    "ABC12", "A B C 1 2 3 ", "KS 2026/1 ", "mål 1-1 ", "T 1-1", "K1-", "noll ", "ett två ", "noll,", "åttio",
    "&", "&a", "&amp;", "&nbsp;", "%", "%2", "%2D", "%25", "\u200b", "\u00ad", "1\u200b", "O0l1", "O0l1-", "l",
    "Il|", "xX*#", "850112-x", "sista fyra 1234 ", "född 850112 ", "1/2-85 ", "1 maj 85 ", "maj ", "snabel-a ",
    "(at) ", "a (at) b dot ", "punkt ", ". ", "- ", "konto 8327-9,3", "bg 1-", "pg 1 2 3-", "pass AA123456",
    "ocr ", "personnummer ", "ring 12 34 ", "3300", "9 9 ", "https://a/1", "/1/", "１", "٠", "🔥", "1🔥", "🔥1",
    "é", "e\u0301", "\n", "\n1", "\t1", "1\n", "_", "1_", "{", "(((", "1)(", "-1+", "…", "½",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timed:
    """One text's time in seconds of the processor, and what came of it."""

    seconds: float
    analysis: Analysis
    recipe: str


def repeated() -> Iterator[tuple[str, str]]:
    """Each unit over and over, and with a last character that spoils it."""
    for unit in UNITS:
        text = (unit * (SIZE // len(unit) + 1))[:SIZE]
        yield f"{unit!r} repeated", text
        yield f"{unit!r} repeated, then x", text[:-1] + "x"


def mixed(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Two to six units in turn or at random, spellings and negatives among them."""
    makers = sorted(NEGATIVES)
    while True:
        seed = rng.randrange(10**9)
        inner = random.Random(seed)
        units = [*inner.sample(UNITS, inner.randrange(2, 7))]
        if inner.random() < 0.5:
            units.append(SPELLINGS[inner.choice(sorted(SPELLINGS))](personal_number(inner)) + " ")
            units.append(NEGATIVES[inner.choice(makers)][0](inner))
        turns = inner.random() < 0.5
        parts: list[str] = []
        while sum(map(len, parts)) < SIZE:
            parts += units if turns else [inner.choice(units) for _ in range(50)]
        yield f"mixed, seed {seed}", "".join(parts)[:SIZE]


def timed(detector: Engine, recipe: str, text: str) -> Timed:
    """Analyse one text against the processor's clock."""
    start = time.thread_time()
    analysis = detector.detect((FieldText("/text", text),))
    return Timed(time.thread_time() - start, analysis, recipe)


def main(seconds: float) -> int:
    """Fuzz for a while and print the worst; 1 if a text was neither in time nor handed over."""
    detector = engine()
    gc.collect()
    gc.freeze()
    results = [timed(detector, recipe, text) for recipe, text in repeated()]
    until = time.monotonic() + seconds
    for recipe, text in mixed(random.Random(2026)):
        if time.monotonic() > until:
            break
        results.append(timed(detector, recipe, text))
    results.sort(key=lambda result: -result.seconds)
    over = [result for result in results if result.seconds > BUDGET and not result.analysis.gaps]
    sys.stdout.write(
        f"{len(results)} texts of {SIZE} characters; {len(over)} over {BUDGET * 1000:.0f} ms and not handed to people\n"
    )
    sys.stdout.write(f"handed to people: {sum(bool(result.analysis.gaps) for result in results)}\n")
    for result in results[:15]:
        gaps = ", ".join(result.analysis.gaps) or "done"
        sys.stdout.write(f"{result.seconds * 1000:7.1f} ms  {gaps:40.40}  {result.recipe}\n")
    return 1 if over else 0


BUDGET = 0.05

if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0))
