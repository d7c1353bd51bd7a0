"""Is it a bankgiro, a plusgiro or a firm's Swish number?

Source: Bankgirot (NNN-NNNN or NNNN-NNNN, mod 10), Nordea Plusgiro (2 to 8 digits, mod 10, in pairs before the check
digit), Getswish (123 and seven digits for firms). A giro is nearly always meant to be public.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.detect.context import Lexicon, nearest
from pipeline.detect.digits import Window
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import luhn
from pipeline.detect.words import OTHER_LABEL, PHONE

_BANKGIRO = Lexicon("bg", "bankgiro*", "bgnr", "bg nr", "bankgirot*")
_PLUSGIRO = Lexicon("pg", "plusgiro*", "postgiro*", "pgnr", "pg nr")
_SWISH = Lexicon("swish*", "swisha*")
_PAY = Lexicon("betala*", "inbetaln*", "medlemsavgift*", "avgift*", "giro*", "gåva*", "gåvor", "insamling*", "sätt in")
_BG_LAYOUTS = frozenset({(3, 4), (4, 4)})
_PG_SIZES = frozenset(range(2, 9))
LABELLED = Evidence("giro-word", 200)
PAYMENT = Evidence("payment-word", 10)
OTHER = Evidence("other-number-word", 1 / 30)
PHONE_WORD = Evidence("phone-word", 1 / 30)


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every giro or firm's Swish number that a word introduces, or whose shape has no other use."""
    for chain in reading.chains:
        for window in chain.windows(_PG_SIZES, 4):
            if window.outer < window.inner and luhn(window.digits):
                yield from _giro(reading, window, setting)
        for window in chain.windows(frozenset({10}), 4) if chain.size >= 10 else ():
            if window.digits.startswith("123") and _SWISH.before(reading.text, window.start, 24):
                yield _finding(reading, window, Entity.SE_SWISH, "swish.firm", 0.9, ())


def _giro(reading: Reading, window: Window, setting: Setting) -> Iterator[Finding]:
    layout, text = window.layout, reading.text
    bank = _BANKGIRO.before(text, window.start, 30)
    plus = _PLUSGIRO.before(text, window.start, 30)
    closest = nearest(bank, plus)
    size = len(window.digits)
    joined = window.seps[-1:] == ("-",)
    if closest == 0 and (layout in _BG_LAYOUTS or (len(layout) == 1 and size in (7, 8))):
        yield _finding(reading, window, Entity.SE_BANKGIRO, "bankgiro.labelled", 0.4, (LABELLED,), setting)
    elif closest == 1 and layout[-1] == 1 and (joined or size > 3):
        yield _finding(reading, window, Entity.SE_PLUSGIRO, "plusgiro.labelled", 0.4, (LABELLED,), setting)
    elif closest == 1 and len(layout) == 1 and size > 3:
        yield _finding(reading, window, Entity.SE_PLUSGIRO, "plusgiro.labelled", 0.2, (LABELLED,), setting)
    elif joined and closest is None:
        yield from _unlabelled(reading, window, setting)


def _unlabelled(reading: Reading, window: Window, setting: Setting) -> Iterator[Finding]:
    layout = window.layout
    evidence = tuple(_context(reading.text, window.start, window.end))
    if layout in _BG_LAYOUTS:
        found = _finding(reading, window, Entity.SE_BANKGIRO, "bankgiro.shape", 0.1, evidence, setting)
    elif len(layout) >= 3 and layout[-1] == 1 and set(layout[1:-1]) == {2} and len(window.digits) >= 5:
        found = _finding(reading, window, Entity.SE_PLUSGIRO, "plusgiro.shape", 0.2, evidence, setting)
    else:
        return
    if found.score >= FLOOR:
        yield found


def _context(text: str, start: int, end: int) -> Iterator[Evidence]:
    if _PAY.near(text, start, end):
        yield PAYMENT
    if OTHER_LABEL.before(text, start):
        yield OTHER
    if PHONE.before(text, start, 20):
        yield PHONE_WORD


def _finding(
    reading: Reading, window: Window, entity: Entity, rule: str, prior: float, evidence: tuple[Evidence, ...],
    setting: Setting | None = None,
) -> Finding:  # fmt: skip
    start, end = reading.span(window.start, window.end)
    verdict = judge(rule.partition(".")[2], prior, evidence)
    public = entity is Entity.SE_SWISH or (setting is not None and window.digits in setting.allow.giros)
    return Finding(entity, start, end, verdict.score, rule, public=public, why=verdict.why)
