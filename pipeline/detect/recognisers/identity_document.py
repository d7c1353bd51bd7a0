"""Is it the number of a passport, a national identity card or a driving licence? Only beside a word that says so.

Source: Polismyndigheten (since 2022-01-01 two letters and seven digits, before that eight digits). No check digit is
printed in the number, so the word decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting

_SHAPE = re.compile(r"(?<![^\W_])(?:[A-Z]{2}[0-9]{7}|[0-9]{8,9})(?![^\W_]|[-:/][0-9])", re.IGNORECASE)
_LABEL = Lexicon(
    "pass", "passet", "passnr", "passnum*", "pass nr", "passport*", "id kort*", "idkort*", "identitetskort*",
    "nationellt id*", "körkort*", "körkortsn*", "driving licence*", "paszport*", "pasoš*", "pasi*", "legitimation*",
    "leg nr",
)  # fmt: skip
_LEAST_DIGITS = 7
LABELLED = Evidence("document-word", 30)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    return reading.longest >= _LEAST_DIGITS and reading.may_tell(_LABEL)


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every number of the shape right after such a word."""
    text = reading.text
    for match in _SHAPE.finditer(text):
        label = _LABEL.before(text, match.start(), 32)
        if not label or label[0].distance > 20:
            continue
        verdict = judge("document", 0.12, (LABELLED,))
        if verdict.score >= FLOOR:
            start, end = reading.span(match.start(), match.end())
            yield Finding(Entity.SE_PASSPORT, start, end, verdict.score, "passport.labelled", why=verdict.why)
