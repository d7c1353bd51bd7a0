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
from pipeline.detect.score import FLOOR, Evidence, Judgement, judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import luhn
from pipeline.detect.words import OTHER_LABEL, PHONE

_BANKGIRO = Lexicon("bg", "bankgiro*", "bgnr", "bg nr", "bankgirot*")
_PLUSGIRO = Lexicon("pg", "plusgiro*", "postgiro*", "pgnr", "pg nr")
_SWISH = Lexicon("swish*", "swisha*")
_PAY = Lexicon("betala*", "inbetaln*", "medlemsavgift*", "avgift*", "giro*", "gåva*", "gåvor", "insamling*", "sätt in")
_BG_LAYOUTS = frozenset({(3, 4), (4, 4)})
_LEAST = 5  # digits: a plusgiro may be shorter, but so is everything else
_SIZES = frozenset(range(_LEAST, 9))
_SHAPES = frozenset({(3, "-", 4), (4, "-", 4), (2, "-", 1)})
_SWISH_SIZE = frozenset({10})
_HYPHEN = ("-",)
_SWISH_FIRM = (Entity.SE_SWISH, "swish.firm")
_Found = tuple[tuple[Entity, str], Judgement]
LABELLED = Evidence("giro-word", 200)
BAD_CHECK = Evidence("check-digit", 1 / 60)
PAYMENT = Evidence("payment-word", 10)
OTHER = Evidence("other-number-word", 1 / 30)
PHONE_WORD = Evidence("phone-word", 1 / 30)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if reading.most < _LEAST:
        return False
    if reading.may_tell(_BANKGIRO, _PLUSGIRO, _SWISH):
        return True
    return reading.may_tell(_PAY) and not _SHAPES.isdisjoint(reading.joints)


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every giro or firm's Swish number that a word introduces, or whose shape has no other use."""
    text = reading.text
    labelled, swish = reading.may_tell(_BANKGIRO, _PLUSGIRO), reading.may_tell(_SWISH)
    for chain in reading.chains:
        if chain.size < _LEAST:
            continue
        for window in chain.windows(_SIZES, 4):
            if not (labelled or window.seps[-1:] == _HYPHEN) or window.outer >= window.inner:
                continue
            sound = luhn(window.digits)
            found = (labelled and _labelled(text, window, sound=sound)) or (sound and _unlabelled(text, window))
            if found and found[1].score >= FLOOR:
                public = window.digits in setting.allow.giros
                yield _finding(reading, window, found[1], found[0], public=public)
        for window in chain.windows(_SWISH_SIZE, 4) if swish else ():
            if window.digits.startswith("123") and _SWISH.before(text, window.start, 24):
                yield _finding(reading, window, judge("firm", 0.9), _SWISH_FIRM, public=True)


def _labelled(text: str, window: Window, *, sound: bool) -> _Found | None:
    evidence = (LABELLED,) if sound else (LABELLED, BAD_CHECK)
    closest = nearest(_BANKGIRO.before(text, window.start, 30), _PLUSGIRO.before(text, window.start, 30))
    layout, size = window.layout, len(window.digits)
    whole = len(layout) == 1
    if closest == 0 and (layout in _BG_LAYOUTS or (whole and size in (7, 8))):
        return (Entity.SE_BANKGIRO, "bankgiro.labelled"), judge("labelled", 0.4, evidence)
    if closest == 1 and ((whole and size > 3) or (layout[-1] == 1 and (window.seps[-1:] == _HYPHEN or size > 3))):
        return (Entity.SE_PLUSGIRO, "plusgiro.labelled"), judge("labelled", 0.3, evidence)
    return None


def _unlabelled(text: str, window: Window) -> _Found | None:
    layout = window.layout
    if window.seps[-1:] != _HYPHEN:
        return None
    evidence = tuple(_context(text, window.start, window.end))
    if layout in _BG_LAYOUTS:
        return (Entity.SE_BANKGIRO, "bankgiro.shape"), judge("shape", 0.1, evidence)
    if len(layout) >= 3 and layout[-1] == 1 and set(layout[1:-1]) == {2} and len(window.digits) >= 5:
        return (Entity.SE_PLUSGIRO, "plusgiro.shape"), judge("shape", 0.2, evidence)
    return None


def _context(text: str, start: int, end: int) -> Iterator[Evidence]:
    if _PAY.near(text, start, end):
        yield PAYMENT
    if OTHER_LABEL.before(text, start):
        yield OTHER
    if PHONE.before(text, start, 20):
        yield PHONE_WORD


def _finding(
    reading: Reading, window: Window, verdict: Judgement, kind: tuple[Entity, str], *, public: bool
) -> Finding:
    start, end = reading.span(window.start, window.end)
    return Finding(kind[0], start, end, verdict.score, kind[1], public=public, why=verdict.why)
