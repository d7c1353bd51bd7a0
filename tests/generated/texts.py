"""Strategies for hypothesis: texts as they come, and texts put together from what recognisers look for."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from tests.generated.negatives import NEGATIVES
from tests.generated.spellings import PERSON_ONLY, SPELLINGS, coordination_number, personal_number

PIECES = (
    "Storgatan 12", "kvarnhjulsgatan 3b", "hos oss på Lilla Skog 12", "bil ABC 123", "regnr abc12d",
    "skylt A B C 1 2 3", "mål 12-25", "B 7719-25", "KS 2026/12", "dnr 2024-11", "5000-K12-25", "1.1.1.1",
    "fe80::1", "a::b:c", "frida@x.se", "frida snabel-a x punkt se", "a (at) b dot com", "sista fyra 2383",
    "XXXXXX-2393", "född 5/3-85", "den 5 maj 85", "sista fyra tjugotre åttiotre", "noll sju noll ett sju fyra",
    "ring 12 34 56", "tel 620 00", "bg 530-3607", "pg 12-3", "SE31 8000 0000 0000 0080 2139",
    "4242 4242 4242 4242", "konto 8327-9,379 132 1551", "pass AA1234567", "114 14", "131052-308T",
    "900707-XXXX", "990707 2383", "org.nr 559998-4340", "55.83924, 13.30371", "900707 streck 2383", "kl 18.30",
    "år 2026", "436 går 06.12", "och 100 till", "ett två", "en av tre", "SE559998434001", "&nbsp;", "%2D",
    "\u200b", "\u00ad", "①②③④⑤", "٠٧٠١", "x", "…", "\n", " ", "-", "/", "1", "12", "123", "1234", "O2O4l2", "😅",
    "på", "Väg 113", "mail: ", "Eslöv 24", "at", "punkt", "a.b.c", "0413", "l8", "mellan 10 och 12",
    "%E2%80%93", "&#8209;", "c/o", "1/2-85 2384",
)  # fmt: skip


def pieced() -> st.SearchStrategy[str]:
    """Pieces of values, words and signs in any order, glued or spaced."""
    piece = st.one_of(st.sampled_from(PIECES), st.text(max_size=4))
    return st.lists(piece, max_size=8).flatmap(
        lambda pieces: st.sampled_from(("", " ", ", ")).map(lambda s: s.join(pieces))
    )


def spelled_numbers() -> st.SearchStrategy[str]:
    """An identity number in any of the spellings."""
    return st.tuples(st.sampled_from(sorted(SPELLINGS)), st.integers(0, 10**6)).map(_write)


def negatives() -> st.SearchStrategy[str]:
    """A number that is nobody's, in its sentence."""
    return st.tuples(st.sampled_from(sorted(NEGATIVES)), st.integers(0, 10**6)).map(_negative)


def texts() -> st.SearchStrategy[str]:
    """All of them."""
    return st.one_of(st.text(max_size=60), pieced(), spelled_numbers(), negatives())


def _write(given: tuple[str, int]) -> str:
    name, seed = given
    rng = random.Random(seed)
    number = coordination_number(rng) if rng.random() < 0.2 and name not in PERSON_ONLY else personal_number(rng)
    return SPELLINGS[name](number)


def _negative(given: tuple[str, int]) -> str:
    name, seed = given
    rng = random.Random(seed)
    make, sentences = NEGATIVES[name]
    return rng.choice(sentences).format(make(rng))
