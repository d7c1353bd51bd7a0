"""Is it an international bank account number?

Source: ISO 13616 / the SWIFT IBAN registry: a fixed length and structure per country, check digits by ISO 7064 mod
97-10. Exactly that many characters are read, so words that follow are never swallowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.validators import mod97
from pipeline.detect.words import ASSOCIATION, PRIVATE

_REGISTRY = """
    AD 8n12c; AE 19n; AL 8n16c; AT 16n; AZ 4a20c; BA 16n; BE 12n; BG 4a6n8c; BH 4a14c; BR 23n1a1c; BY 4c4n16c; CH
    5n12c; CR 18n; CY 8n16c; CZ 20n; DE 18n; DK 14n; DO 4c20n; EE 16n; EG 25n; ES 20n; FI 14n; FO 14n; FR 10n11c2n;
    GB 4a14n; GE 2a16n; GI 4a15c; GL 14n; GR 7n16c; GT 4c20c; HR 17n; HU 24n; IE 4a14n; IL 19n; IQ 4a15n; IS 22n; IT
    1a10n12c; JO 4a4n18c; KW 4a22c; KZ 3n13c; LB 4n20c; LC 4a24c; LI 5n12c; LT 16n; LU 3n13c; LV 4a13c; LY 21n; MC
    10n11c2n; MD 2c18c; ME 18n; MK 3n10c2n; MR 23n; MT 4a5n18c; MU 4a19n3a; NL 4a10n; NO 11n; PK 4a16c; PL 24n; PS
    4a21c; PT 21n; QA 4a21c; RO 4a16c; RS 18n; RU 14n15c; SA 2n18c; SC 4a20n3a; SE 20n; SI 15n; SK 20n; SM 1a10n12c;
    SO 19n; SV 4a20n; TL 19n; TN 20n; TR 5n1n16c; UA 6n19c; VA 18n; VG 4a16n; XK 16n
"""
_STRUCTURES = dict(item.split() for item in _REGISTRY.split(";"))
_KINDS = {"n": "[0-9]", "a": "[A-Za-z]", "c": "[0-9A-Za-z]"}


def _body(structure: str) -> str:
    parts = re.findall(r"(\d+)([nac])", structure)
    return "".join(rf"(?:[ .\-]{{0,2}}{_KINDS[kind]}){{{count}}}" for count, kind in parts)


_PATTERNS = {
    country: re.compile(rf"{country}[ ]?[0-9]{{2}}{_body(structure)}(?![0-9])", re.IGNORECASE)
    for country, structure in _STRUCTURES.items()
}
_HEAD = re.compile(
    r"(?<![^\W_])([A-Za-z]{2})[ ]?[0-9]{2}[ .\-]{0,2}[0-9A-Za-z]|(?<=IBAN)([A-Za-z]{2})[0-9]{4}", re.IGNORECASE
)
_LABEL = Lexicon("iban", "*iban", "konto*", "kontonummer*", "account*", "tili*", "rachun*", "račun", "konto")
_SEPARATORS = re.compile(r"[ .\-]")
LABELLED = Evidence("iban-word", 5)
BAD_CHECK = Evidence("check-digits", 1 / 40)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    text = reading.text
    for start, _ in reading.heads:
        beside, apart = text[start - 2 : start], text[start - 3 : start - 1]
        if (beside.upper() in _PATTERNS or apart.upper() in _PATTERNS) and _may_begin(text, start):
            return True
    return False


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every account number whose check digits are right, and a labelled one with wrong digits as doubtful."""
    text = reading.text
    for head in _HEAD.finditer(text):
        begin = head.start(head.lastindex or 0)
        pattern = _PATTERNS.get((head[1] or head[2]).upper())
        match = pattern.match(text, begin) if pattern else None
        if not match:
            continue
        value = _SEPARATORS.sub("", match[0]).upper()
        labelled = (LABELLED,) if _LABEL.near(text, match.start(), match.end()) else ()
        if mod97(value):
            rule, verdict = "iban.valid", judge("valid", 0.98, labelled)
        elif labelled:
            rule, verdict = "iban.doubtful", judge("doubtful", 0.9, (*labelled, BAD_CHECK))
        else:
            continue
        start, end = reading.span(match.start(), match.end())
        public = value in setting.allow.accounts or owned_in_public(text, match.start(), match.end())
        yield Finding(Entity.IBAN_CODE, start, end, verdict.score, rule, public=public, why=verdict.why)


def _may_begin(text: str, digits: int) -> bool:
    """Whether a country's letters stand before the digits, by themselves where a space parts them."""
    after = digits - text.startswith(" ", digits - 1)
    letters = max(0, after - 2)
    if text[letters:after].upper() not in _PATTERNS:
        return False
    return after == digits or not text[max(0, letters - 1) : letters].isalnum()


def owned_in_public(text: str, start: int, end: int) -> bool:
    """Whether the words beside an account say that it belongs to an association, a firm or an authority."""
    whose = ASSOCIATION.before(text, start, 90)
    return bool(whose) and not PRIVATE.near(text, start, end, 40, 40)
