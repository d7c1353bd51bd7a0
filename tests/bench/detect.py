"""How many comments a second does detection read, beside stock Presidio in the same run?

`python -m tests.bench.detect [COMMENTS]`: one process, comments of about 200 characters, no two alike, put together
from everyday sentences: ours below, those of the sample stream, and some of the training corpus that look like
something and are nothing. One word in fourteen is a compound that was hardly ever met before, as Swedish keeps making
them, so that what is remembered of words helps no more than it would. One in twenty holds an identity number. Of the
ordinary ones three in ten hold digits (a time, a price, a year) and one in ten looks like something; of the hard ones
it is half and half. Both engines have read other comments before, and read the same ones, ours with names, concerns and
every recogniser on; stock is Presidio's set for Swedish with its two Swedish recognisers and cards switched on, over a
blank spaCy pipe. Seconds of the processor, so that a busy machine disturbs less.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SlimSpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    SeOrganisationsnummerRecognizer,
    SePersonnummerRecognizer,
)
from tldextract.tldextract import TLD_EXTRACTOR

from agents import settings
from agents.demo.corpus import load_corpus
from agents.demo.load import events
from agents.detection import build_detector
from pipeline.detect.gate import may_hold_value
from pipeline.detect.normalise import normalise
from pipeline.detect.presidio import quieten
from pipeline.detect.spelled import spelled
from pipeline.detect.wording import wording
from pipeline.ports import Detector, FieldText
from tests.bench.figure import Benchmark, Figure, against, lines
from tests.generated.spellings import SPELLINGS, personal_number
from tests.recognising import engine
from topics.wire import decode_event
from training.corpus import rows

SENTENCES = (
    "Tack för den fina lekplatsen vid ån, barnen ville inte gå hem i går kväll!",
    "Varför är det alltid så mörkt på gångvägen bakom skolan?",
    "Jag tycker att budgeten är ett hån mot äldreomsorgen, men bra att ni svarar.",
    "Vilken härlig konsert i parken 😊 hoppas det blir fler till sommaren!",
    "Håller inte med er alls, men så är det med demokrati.",
    "Det luktar från reningsverket igen, kan någon titta på det?",
    "Mer bänkar längs ån och fler träd på torget, tack.",
    "Skolmaten var bättre förr säger alla, men mina barn äter med god aptit.",
    "Kommunen kan väl svara på frågan i stället för att skicka en länk.",
    "Snyggt jobbat med plogningen i natt, det gick fint att ta sig till jobbet.",
    "Är det någon som vet när badhuset öppnar igen efter renoveringen?",
    "Vi hade en underbar dag på hembygdsgården, kaffet var gott och solen sken.",
    "Bussen var sen i morse också, det är inte första gången.",
    "Nej till fler rondeller, ja till cykelvägar mellan byarna.",
)
FIGURES = (
    "Öppet 10-18 och lör 10-15, stämmer det?",
    "Det kostar 40 kr i stället för 35 kr som förra året.",
    "Bygget skulle ha varit klart 2025 men nu säger ni 2027.",
    "Matchen slutade 4-2 och vi var över 200 på läktaren.",
    "Tåget 07.42 är inställt igen.",
)
LENGTH = 200
_TELLINGS, _TAIL = 3, 0.25
_WITH_DIGITS = 5  # of ten ordinary comments may hold digits, and three do
_DIGIT = re.compile("[0-9]")
_LONG = re.compile(r"(?<!\w)[a-zåäö]{6,}(?!\w)")
Given = TypeVar("Given")
_STOCK, _HARD_STOCK, _OURS = "stock Presidio", "stock Presidio, hard comments", "ours, everything on"


def comments(rng: random.Random, size: int, *, hard: bool = False) -> list[str]:
    """Comments as they come, each once: of about 200 characters, mostly harmless."""
    sample = (text for thread in load_corpus().thread for text in thread.comments if "{" not in text)
    everyday = (*SENTENCES, *FIGURES, *sample)
    wordy = tuple(text for text in everyday if not _DIGIT.search(text))
    told = tuple(row.text for row in rows(_TELLINGS, rng.randrange(1_000)) if not row.concerns)
    words = sorted({word for text in everyday for word in _LONG.findall(text)})
    made: dict[str, None] = {}
    while len(made) < size:
        index = len(made)
        some = everyday if hard or index % 10 < _WITH_DIGITS else wordy
        parts = [rng.choice(told if index % (2 if hard else 10) == 1 else some)]
        if index % 20 == 0:
            parts.append(SPELLINGS[rng.choice(sorted(SPELLINGS))](personal_number(rng)))
        while sum(map(len, parts)) < LENGTH - 25:
            parts.append(rng.choice(some))
        rng.shuffle(parts)
        made[_LONG.sub(lambda word: _compound(word[0], words, rng), " ".join(parts))] = None
    return list(made)


def _compound(word: str, words: Sequence[str], rng: random.Random) -> str:
    """Now and then two words in one, in place of one."""
    return rng.choice(words) + rng.choice(words) if rng.random() < _TAIL else word


def met_before(texts: Sequence[str]) -> float:
    """How many of the words in the second half of the texts stood in the first half, from 0 to 1."""
    half = len(texts) // 2
    seen = {word for text in texts[:half] for word in wording(text).words}
    later = [word for text in texts[half:] for word in wording(text).words]
    return sum(map(seen.__contains__, later)) / len(later)


def strange(texts: Sequence[str]) -> list[str]:
    """The same with other letters in every word: what is remembered of words helps with none of them."""
    rng = random.Random(1998)
    letters = "abcdefghijklmnoprstuvyåäö"
    return [re.sub(r"[^\W\d_]", lambda _: rng.choice(letters), text) for text in texts]


def streamed(size: int) -> list[FieldText]:
    """Texts and authors' names as they come from the stream that load tests play; one in twenty holds a value."""
    return [field for sample in events(size // 2, 7) for field in decode_event(sample.value).texts()]


def stock() -> Callable[[str], object]:
    """Presidio as it comes, with everything it has for Sweden, but for fetching a list of domains: it has one."""
    TLD_EXTRACTOR.suffix_list_urls = ()
    nlp = SlimSpacyNlpEngine(supported_languages=["sv"], generic_tokenizer="blank")
    nlp.load()
    registry = RecognizerRegistry(supported_languages=["sv"])
    registry.load_predefined_recognizers(languages=["sv"], nlp_engine=nlp)
    for recognizer in (SePersonnummerRecognizer, SeOrganisationsnummerRecognizer, CreditCardRecognizer):
        registry.add_recognizer(recognizer(supported_language="sv"))
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["sv"])
    return lambda text: engine.analyze(text, language="sv")


def rate(analyse: Callable[[Given], object], texts: Sequence[Given]) -> float:
    """Texts a second of the processor."""
    start = time.thread_time()
    for text in texts:
        analyse(text)
    return len(texts) / (time.thread_time() - start)


def _of(detector: Detector) -> Callable[[str], object]:
    return lambda text: detector.detect((FieldText("/text", text),))


def measure(size: int = 5_000) -> Benchmark:
    """Both rates, and where our time goes."""
    quieten()
    texts = comments(random.Random(2026), size)
    empty = [text for text in texts if not any(char.isdigit() for char in text)]
    detector = build_detector(settings.load())
    bare = build_detector(settings.load(), bare_names=False)
    values = engine()
    theirs = stock()
    hard = comments(random.Random(2027), size, hard=True)
    before = [*comments(random.Random(2025), size // 2), *comments(random.Random(2024), size // 2, hard=True)]
    for ours in (detector, bare, values):
        rate(_of(ours), before)
    rate(theirs, before[:50])
    rates = {
        _STOCK: rate(theirs, texts[: max(200, size // 10)]),
        _HARD_STOCK: rate(theirs, hard[: max(200, size // 10)]),
        _OURS: rate(_of(detector), texts),
        "ours, hard comments": rate(_of(detector), hard),
        "ours, no bare names": rate(_of(bare), texts),
        "ours, values alone": rate(_of(values), texts),
        "ours, no digit in the comment": rate(_of(bare), empty),
        "ours, no word ever seen before": rate(_of(bare), strange(texts)),
        "ours, fields of the load stream": rate(lambda field: bare.detect((field,)), streamed(size)),
        "of it: normalise": rate(normalise, texts),
        "of it: number words": rate(lambda text: spelled(normalise(text)), texts),
        "of it: the gate": rate(lambda text: may_hold_value(normalise(text)), texts),
    }
    mean = sum(map(len, texts)) / len(texts)
    figures = [Figure(name, value, "texts/s", {}, 1e6 / value) for name, value in rates.items()]
    return Benchmark(
        "Detection",
        f"{size:,} different comments of {mean:.0f} characters, {len(empty):,} of them without a digit; "
        f"{met_before(texts):.0%} of the words in the second half stood in the first. One process, by the seconds of "
        "the processor.",
        against(figures, {"x stock": _STOCK}),
    )


def main(size: int) -> int:
    """Print the figures; 1 if we are not ten times as fast."""
    found = measure(size)
    sys.stdout.write("\n".join(lines(found)) + "\n")
    times = next(figure.ratios["x stock"] for figure in found.figures if figure.what == _OURS)
    return 0 if times >= 10 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
