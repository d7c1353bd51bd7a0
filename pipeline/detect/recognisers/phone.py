"""Is it a phone number: Swedish in any spelling, foreign with its country code, or short after a word for phoning?

Source: the Swedish numbering plan (PTS) and ITU-T E.164 as kept in Google's libphonenumber metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.detect.context import Lexicon, nearest
from pipeline.detect.digits import TIGHT, Chain
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.recognisers.numbering import MOBILE, SWEDISH, abroad, area
from pipeline.detect.recognisers.personal_number import in_url
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.words import OTHER_LABEL, PERSONAL_NUMBER, PHONE, PRIVATE

_SEP = re.compile(r"[^,:;\n\w]{1,4}")
_TIMES = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
_UNIT = re.compile(
    r"\s?(?:kr\b|sek\b|kronor|:-|st\b|kwh|m[23]?\b|km\b|%|kg\b|öre|procent|år\b|personer|platser|ggr\b)", re.IGNORECASE
)
_NUMBER_WORD = Lexicon(
    "nummer", "numret", "nr", "nås", "når", "number", "broj", "numer", "номер", "رقم", "rufnummer", "tyska numret",
    "privatn*", "hemnummer", "mobilnummer*", "telefonnummer*",
)  # fmt: skip
_OFFICE = Lexicon(
    "växel*", "kundtjänst*", "reception*", "vårdcentral*", "polis*", "kommunen*", "kommunens", "kontaktcenter",
    "bibliotek*", "jouren", "journummer*", "felanmälan", "myndighet*", "skatteverket*", "försäkringskassan*",
    "skolan*", "expedition*", "tandvård*", "sjukhus*", "apotek*", "öppet", "town hall", "municipality", "gminy",
    "kontoret", "medborgarkontor*", "kansli*", "restaurang*", "pizzeri*", "kafé*", "café*", "kaféet", "hotell*",
    "butik*", "affären", "salong*", "frisör*", "verkstad*", "mäklar*", "firma*", "*företaget", "boka bord",
    "tidsbokning*", "kundservice", "*föreningens", "*klubbens", "församling*", "pastorsexpedition*", "museet*",
    "museum*", "turistbyrå*", "djursjukhus*", "veterinär*", "larmcentral*", "brandkår*", "räddningstjänst*",
    "bostadsbolag*", "hyresvärd*", "domstol*", "tingsrätt*", "region*", "stationen", "simhall*", "badhus*",
    "fritidsgård*",
)  # fmt: skip
_TRADE = Lexicon(
    "*föreningens", "*klubbens", "kansliet*", "firman*", "*företaget", "*företagets", "salongen", "verkstaden",
    "butiken", "butikens", "restaurangen", "pizzerian", "byalagets", "stiftelsens", "församlingens", "scoutkårens",
    "boka bord", "boka tid", "lagledningens", "cupens", "cupkansli*",
)  # fmt: skip
"""Who gives out a mobile number as their own public one."""
_PUBLIC_START = ("020", "0771", "0770", "0775", "0774", "0772", "0773", "0776", "0777", "0200")
_NATIONAL = frozenset({"11414", "116000", "116111", "116117", "116123", "118118"})
_SHORT_LAYOUTS = frozenset({(3, 2), (2, 2, 2), (3, 3), (3, 2, 2), (2, 3), (5,), (6,), (3, 4), (2, 3, 2)})
_PHONE_URL = re.compile(r"wa\.me/|tel:|phone=|sms:|viber|whatsapp", re.IGNORECASE)
_JOINED = frozenset({"-", ".", ":"})
_LABEL_REACH = 16
_LEAST, _MOST = 5, 15
_STARTS = ("0", "46", "11")

LABELLED = Evidence("phone-word", 25)
NUMBER_WORD = Evidence("number-word", 4)
OTHER = Evidence("other-number-word", 1 / 80)
IDENTITY = Evidence("personal-number-word", 1 / 40)
TIMES = Evidence("times-or-date-shape", 1 / 60)
UNIT = Evidence("unit", 1 / 30)
IN_URL = Evidence("inside-address-of-a-page", 1 / 80)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Groups `first` to `after` of a chain as a number: in national form when Swedish, with its tier and prior."""

    first: int
    after: int
    national: str
    tier: str
    prior: float


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if reading.most < _LEAST:
        return False
    if "+" in reading.text or reading.may_tell(PHONE):
        return True
    groups = (group for chain in reading.chains if chain.size >= _LEAST for group in chain.groups)
    return any(group.startswith(_STARTS) or group == "1" for group in groups)


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every phone number, the longest reading at each place."""
    told = reading.may_tell(PHONE)
    for chain in reading.chains:
        if chain.size < _LEAST:
            continue
        at = 0
        while at < len(chain.groups):
            candidate = _candidate(reading, chain, at)
            if not candidate and (told or chain.groups[at][0] == "1"):
                candidate = _short(reading, chain, at)
            finding = _assess(reading, chain, candidate, setting) if candidate else None
            if candidate and finding:
                yield finding
                at = candidate.after
            else:
                at += 1


def _candidate(reading: Reading, chain: Chain, first: int) -> _Candidate | None:
    group, start = chain.groups[first], chain.spans[first][0]
    plus = start > 0 and reading.text[start - 1] == "+"
    if plus or (group.startswith("00") and not group.startswith("000")):
        return _international(chain, first, plus=plus)
    if group.startswith("46"):
        found = _international(chain, first, plus=True)
        return found if found and found.tier == "mobile-international" else None
    if group[0] != "0" or _inside_row(chain, first):
        return None
    return _national(chain, first, spelled=reading.spelled)


def _inside_row(chain: Chain, first: int) -> bool:
    """Whether the row of digits began earlier: single digits go on to the left, or a sign joins them."""
    if not first:
        return False
    singles = first < len(chain.seps) and len(chain.groups[first]) == 1 == len(chain.groups[first - 1])
    return singles or chain.seps[first - 1] in _JOINED


def _national(chain: Chain, first: int, *, spelled: bool) -> _Candidate | None:
    best: _Candidate | None = None
    digits = ""
    for after in range(first + 1, len(chain.groups) + 1):
        if after > first + 1 and not _SEP.fullmatch(chain.seps[after - 2]):
            break
        digits += chain.groups[after - 1]
        if len(digits) > 10:
            break
        if len(digits) < 7 or not SWEDISH.fullmatch(digits[1:]):
            continue
        mobile = MOBILE.fullmatch(digits[1:]) is not None
        layout = tuple(map(len, chain.groups[first:after]))
        best = _Candidate(first, after, digits, *_worth(layout, area(digits), mobile=mobile, spelled=spelled))
    return best


def _worth(layout: tuple[int, ...], prefix: int, *, mobile: bool, spelled: bool) -> tuple[str, float]:
    if mobile:
        if layout in ((6, 4), (2, 2, 2, 4)):
            return "mobile-as-identity", 0.4
        if layout == (10,):
            return "mobile-compact", 0.96
        return ("mobile-spelled-out", 0.96) if spelled else ("mobile", 0.97)
    if len(layout) == 1:
        return "landline-compact", 0.4
    if layout == (6, 4):
        return "landline-as-identity", 0.05
    return ("landline", 0.9) if layout[0] == prefix else ("landline-odd", 0.25)


def _international(chain: Chain, first: int, *, plus: bool) -> _Candidate | None:
    """A number with its country code: `46` by the Swedish plan, every other by libphonenumber."""
    digits, best = "", None
    for after in range(first + 1, len(chain.groups) + 1):
        if after > first + 1 and not _SEP.fullmatch(chain.seps[after - 2]):
            break
        digits += chain.groups[after - 1]
        bare = digits if plus else digits[2:]
        if len(bare) > _MOST:
            break
        if len(bare) < (7 if plus else 9):
            continue
        if bare.startswith("46"):
            national = "0" + bare[2:].removeprefix("0")
            if SWEDISH.fullmatch(national[1:]):
                tier = "mobile-international" if MOBILE.fullmatch(national[1:]) else "landline-international"
                best = _Candidate(first, after, national, tier, 0.97)
        elif worth := abroad(bare):
            best = _Candidate(first, after, "", "foreign", worth if plus else worth / 2)
    return best


def _short(reading: Reading, chain: Chain, first: int) -> _Candidate | None:
    """A number without area code; only worth anything right after a word for phoning."""
    if chain.groups[first][0] == "0" or (first and chain.seps[first - 1] != " "):
        return None
    for after in range(min(len(chain.groups), first + 3), first, -1):
        if after < len(chain.groups) and chain.bonds[after - 1] == TIGHT:
            continue
        layout = tuple(map(len, chain.groups[first:after]))
        digits = "".join(chain.groups[first:after])
        if digits in _NATIONAL:
            return _Candidate(first, after, digits, "national-short", 0.8)
        if (
            layout in _SHORT_LAYOUTS
            and set(chain.seps[first : after - 1]) <= {" ", "-"}
            and _short_label(reading, chain, first)
        ):
            return _Candidate(first, after, digits, "short", 0.04)
    return None


def _short_label(reading: Reading, chain: Chain, first: int) -> bool:
    label = PHONE.before(reading.text, chain.spans[first][0], 24)
    return bool(label) and label[0].distance <= _LABEL_REACH


def _assess(reading: Reading, chain: Chain, candidate: _Candidate, setting: Setting) -> Finding | None:
    start, end = chain.spans[candidate.first][0], chain.spans[candidate.after - 1][1]
    text = reading.text
    verdict = judge(candidate.tier, candidate.prior, tuple(_context(text, start, end, chain, candidate)))
    if verdict.score < FLOOR:
        return None
    if start and text[start - 1] == "+":
        start -= 1
    first, last = reading.span(start, end)
    public = _public(text, start, end, candidate, setting)
    return Finding(
        Entity.PHONE_NUMBER, first, last, verdict.score, f"phone.{candidate.tier}", public=public, why=verdict.why
    )


def _context(text: str, start: int, end: int, chain: Chain, candidate: _Candidate) -> Iterator[Evidence]:
    groups = chain.groups[candidate.first : candidate.after]
    phone, other = PHONE.before(text, start), OTHER_LABEL.before(text, start)
    identity = PERSONAL_NUMBER.before(text, start)
    closest = nearest(phone, other, identity)
    if closest == 0:
        yield LABELLED
    elif closest == 1:
        yield OTHER
    elif closest == 2 and sum(map(len, groups)) in (10, 12):
        yield IDENTITY
    elif _NUMBER_WORD.before(text, start, 24):
        yield NUMBER_WORD
    if closest != 0 and "mobile" not in candidate.tier and _times_or_date(groups):
        yield TIMES
    if _UNIT.match(text, end):
        yield UNIT
    if len(groups) == 1 and in_url(text, start) and not _PHONE_URL.search(text, max(0, start - 30), start):
        yield IN_URL


def _times_or_date(groups: tuple[str, ...]) -> bool:
    if len(groups) == 1:
        return False
    if tuple(map(len, groups)) in ((2, 2, 4), (2, 2, 2)):
        return True
    if all(len(group) == 4 for group in groups):
        return all(_TIMES.fullmatch(group) for group in groups)
    pairs = ["".join(groups[index : index + 2]) for index in range(0, len(groups) - 1, 2)]
    return all(len(group) == 2 for group in groups) and all(_TIMES.fullmatch(pair) for pair in pairs)


def _public(text: str, start: int, end: int, candidate: _Candidate, setting: Setting) -> bool:
    number = candidate.national
    if candidate.tier in ("national-short", "short"):
        return number in _NATIONAL or setting.allow.local_phone(number)
    if not number:
        return False
    if setting.allow.phone(number) or number.startswith(_PUBLIC_START):
        return True
    if "mobile" in candidate.tier:
        return bool(_TRADE.before(text, start, 40)) and not PRIVATE.near(text, start, end, 40, 20)
    return bool(_OFFICE.near(text, start, end, 60, 30))
