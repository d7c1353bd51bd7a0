"""Is it the number of a legal person: NNNNNN-NNNN with a third digit of 2 or more?

Source: Skatteverket SKV 709 and lag (1974:174): first digit = group (2 state and municipalities, 5 limited companies,
7 and 8 associations and foundations, 9 partnerships), third digit at least 2, Luhn; written with 16 before it in
registers. A sole trader's number is the person's own, see `personal_number`. Never by the check digit alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon, nearest
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import luhn
from pipeline.detect.words import OTHER_LABEL

_VAT = re.compile(r"(?<![^\W_])SE[ -]?([0-9]{6})[ -]?([0-9]{4})[ -]?01(?![0-9])", re.IGNORECASE)
_GROUPS = frozenset("1235679" + "8")
_LABEL = Lexicon(
    "org", "orgnr", "orgnum*", "organisationsn*", "org nr", "org no", "org num*", "organisation number",
    "organization number", "orgn", "företagsn*", "registration number", "vat", "moms*", "vatnr", "f skatt",
)  # fmt: skip
_OWNER = Lexicon(
    "ab", "aktiebolag*", "hb", "handelsbolag*", "kb", "brf", "*förening*", "*bolag*", "*stiftelse*", "firma*",
    "firman", "*företag*", "*klubb*", "kommun*", "region*", "*kår*", "byalag*", "samfällighet*", "association*",
    "company", "ek för", "fastighetsägare", "entreprenör*",
)  # fmt: skip
_SIZES = frozenset({10, 12})
_FIRST_SIZES = frozenset({6, 10, 12})
_LAYOUTS = frozenset({(10,), (12,), (6, 4), (8, 4), (2, 6, 4)})
_TIERS = {("-",): ("canonical", 0.8), (): ("compact", 0.05)}
LABELLED = Evidence("organisation-number-word", 100)
OWNER = Evidence("organisation-word", 6)
OTHER = Evidence("other-number-word", 1 / 60)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if reading.most < min(_SIZES):
        return False
    return any(_may_begin(group) for chain in reading.chains for group in chain.groups)


def _may_begin(group: str) -> bool:
    """Cheap and safe: False only if no legal person's number begins with these digits."""
    return group.startswith("16") or (len(group) in _FIRST_SIZES and group[2] >= "2")


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every organisation number: with a hyphen, or with a word that says so."""
    yield from _vat(reading, setting)
    for chain in reading.chains:
        if chain.size < 10:
            continue
        for window in chain.windows(_SIZES, 3):
            digits = window.digits
            if (len(digits) == 12 and not digits.startswith("16")) or not legal_person(digits[-10:]):
                continue
            if window.layout not in _LAYOUTS or window.outer >= window.inner:
                continue
            tier, prior = _TIERS.get(window.seps[-1:], ("separated", 0.2))
            if len(digits) == 12:
                tier, prior = "with-16", 0.8
            verdict = judge(tier, prior, tuple(_context(reading.text, window.start, window.end)))
            if verdict.score >= FLOOR:
                start, end = reading.span(window.start, window.end)
                rule, public = f"organisationsnummer.{tier}", digits[-10:] in setting.allow.organisations
                yield Finding(
                    Entity.SE_ORGANISATIONSNUMMER, start, end, verdict.score, rule, public=public, why=verdict.why
                )


def legal_person(digits: str) -> bool:
    """Ten digits that may be a legal person's number."""
    return digits[0] in _GROUPS and digits[2] >= "2" and luhn(digits)


def _vat(reading: Reading, setting: Setting) -> Iterator[Finding]:
    if not _may_be_vat(reading):
        return
    for match in _VAT.finditer(reading.text):
        digits = match[1] + match[2]
        if legal_person(digits):
            start, end = reading.span(match.start(1), match.end(2))
            verdict = judge("vat-number", 0.95)
            yield Finding(
                Entity.SE_ORGANISATIONSNUMMER, start, end, verdict.score, "organisationsnummer.vat-number",
                public=digits in setting.allow.organisations, why=verdict.why,
            )  # fmt: skip


def _may_be_vat(reading: Reading) -> bool:
    """Cheap and safe: False only if no VAT number is there."""
    return reading.most >= max(_SIZES) and "se" in reading.words


def _context(text: str, start: int, end: int) -> Iterator[Evidence]:
    label = _LABEL.before(text, start)
    other = OTHER_LABEL.before(text, start)
    if nearest(label, other) == 0:
        yield LABELLED
    elif other:
        yield OTHER
    elif _OWNER.near(text, start, end):
        yield OWNER
