"""Is it a payment card: an issuer's first digits, the right length, Luhn, and nothing that says it is another number?

Source: ISO/IEC 7812-1 and the schemes' published ranges (Visa 4, Mastercard 51-55 and 2221-2720, American Express 34
and 37, Diners 36/38/300-305, Discover 6011/644-649/65, JCB 3528-3589, UnionPay 62, Maestro).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon, nearest
from pipeline.detect.digits import Window
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.recognisers.personal_number import in_url
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import luhn
from pipeline.detect.words import OTHER_LABEL, OTHER_THEME

_LEAST = 13
_SIZES = frozenset({_LEAST, 14, 15, 16, 18, 19})
_LABEL = Lexicon(
    "kort", "kortet", "kortn*", "*kort", "*kortet", "*kortnummer", "spärra*", "bankomat*", "pinkod*", "visa",
    "mastercard", "amex", "american express",
    "maestro", "card*", "credit*", "debit*", "kredit*", "betalkort*", "bankkort*", "cvc", "cvv", "karta", "karty",
    "kartica*", "kortti*", "kreditkart*", "kaart*", "картк*", "بطاق*",
)  # fmt: skip
_LIBRARY = Lexicon(
    "lånekort*", "bibliotekskort*", "presentkort*", "medlemskort*", "busskort*", "passerkort*", "sim", "rabattkort*",
    "medlemsn*", "medlems nr", "låntagar*", "bonuskort*", "gåvokort*", "värdekort*", "resekort*", "skolkort*",
    "nyckelkort*", "tankkort*",
)  # fmt: skip
_ISSUERS = (
    (re.compile(r"4"), {16, 19}, 0.93),
    (re.compile(r"4"), {13}, 0.2),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}, 0.93),
    (re.compile(r"3[47]"), {15}, 0.93),
    (re.compile(r"3(?:6|8|0[0-5])"), {14}, 0.6),
    (re.compile(r"6011|64[4-9]|65"), {16}, 0.85),
    (re.compile(r"35(?:2[89]|[3-8])"), {16}, 0.85),
    (re.compile(r"62"), {16, 18, 19}, 0.4),
    (re.compile(r"5018|5020|5038|5893|6304|6759|676[1-3]"), {16, 18, 19}, 0.4),
)
_FIRST = frozenset("23456")
_KNOWN = re.compile(
    "4(?:00000|11111|24242|01288|22222|98400|66666|91761|97000)|5(?:55555|50000|10510|20082|45454|25599|17345)"
    "|222(?:100|300|240|242)|3(?:78282|71449|78734|40000|70000|43434|05693|85200|62272|53011|56600)|6(?:01111|01100)"
)
"""First digits that issuers and payment services gave out for cards known to us; any other row has to say more."""
_GROUPED = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)})
_EXPIRY = re.compile(
    r"\W{1,3}(?:exp\w*\W{1,3})?(?:0[1-9]|1[0-2])\s?[/-]\s?(?:20)?[2-4][0-9]\b|\W{1,12}cv[cv]\b", re.IGNORECASE
)
_DOUBTFUL = 0.5
BAD_CHECK = Evidence("check-digit", 1 / 20)
LABELLED = Evidence("card-word", 20)
EXPIRES = Evidence("expiry-or-cvc", 20)
GROUPED = Evidence("grouped-as-on-a-card", 4)
BARE = Evidence("bare-row-of-digits", 1 / 12)
OTHER = Evidence("other-number-word", 1 / 150)
THEME = Evidence("other-number-theme", 1 / 2)
IN_URL = Evidence("inside-address-of-a-page", 1 / 60)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    return reading.most >= _LEAST


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every card number; a longer row of digits is none."""
    for chain in reading.chains:
        if chain.size < _LEAST:
            continue
        for window in chain.windows(_SIZES, 19):
            digits = window.digits
            prior = _issuer(digits) if digits[0] in _FIRST else 0
            if not prior or window.outer >= window.inner or not _layout(window) or len(set(digits)) == 1:
                continue
            evidence = tuple(_context(reading.text, window))
            tier = "valid"
            if not luhn(digits):
                if LABELLED not in evidence or GROUPED not in evidence:
                    continue
                tier, prior, evidence = "doubtful", _DOUBTFUL, (LABELLED, BAD_CHECK)
            elif _bare(window, evidence):
                evidence = (*evidence, BARE)
            verdict = judge(tier, prior, evidence)
            if verdict.score >= FLOOR:
                start, end = reading.span(window.start, window.end)
                yield Finding(Entity.CREDIT_CARD, start, end, verdict.score, f"card.{tier}", why=verdict.why)


def _bare(window: Window, evidence: tuple[Evidence, ...]) -> bool:
    """Whether nothing but chance-like digits speaks for a card: one random row in a hundred passes all other tests."""
    spoken_for = LABELLED in evidence or EXPIRES in evidence
    return len(window.layout) == 1 and not spoken_for and not _KNOWN.match(window.digits)


def _issuer(digits: str) -> float:
    return next((prior for start, sizes, prior in _ISSUERS if len(digits) in sizes and start.match(digits)), 0)


def _layout(window: Window) -> bool:
    layout = window.layout
    even = len(set(layout[:-1])) == 1 and len(set(window.seps)) == 1 and layout[-1] <= layout[0] <= 6
    return len(layout) == 1 or layout in _GROUPED or even


def _context(text: str, window: Window) -> Iterator[Evidence]:
    start, end = window.start, window.end
    label, other = _LABEL.before(text, start), OTHER_LABEL.before(text, start)
    library = _LIBRARY.near(text, start, end)
    if library:
        yield OTHER
    elif nearest(label, other) == 0:
        yield LABELLED
    elif other:
        yield OTHER
    elif _LABEL.after(text, end):
        yield LABELLED
    elif OTHER_THEME.before(text, start, 24):
        yield THEME
    if window.layout in _GROUPED:
        yield GROUPED
    if _EXPIRY.match(text, end):
        yield EXPIRES
    if len(window.layout) == 1 and in_url(text, start):
        yield IN_URL
