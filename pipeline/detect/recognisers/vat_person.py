"""Is there a sole trader's personal identity number inside a VAT number: SE + ten digits + 01?

Source: mervärdesskattelagen (2023:200) and Skatteverket: the ten digits are the organisation number, a sole trader's
own personal identity number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.recognisers.personal_number import parse
from pipeline.detect.score import judge
from pipeline.detect.setting import Setting

_VAT = re.compile(
    r"(?:(?<![^\W_])SE|(?<![^\W_])(?:moms|vat|f-skatt)[\w. -]{0,24}?[: ]\s?)"
    r"[ -]?(?<![0-9])([0-9]{6})[ +-]?([0-9]{4})[ -]?01(?![0-9])",
    re.IGNORECASE,
)
_NAMED = Lexicon("moms*", "vat*", "f skatt*")
_DIGITS = 12  # in the number


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    return reading.most >= _DIGITS and ("se" in reading.words or reading.may_tell(_NAMED))


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """The personal number in every VAT number that holds one."""
    for match in _VAT.finditer(reading.text):
        number = parse(match[1] + match[2], setting.today)
        if number and number.sound:
            verdict = judge("in-vat-number", 0.95)
            start, end = reading.span(match.start(1), match.end(2))
            yield Finding(number.entity, start, end, verdict.score, "personnummer.in-vat-number", why=verdict.why)
