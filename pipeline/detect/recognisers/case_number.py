"""Is it a case: a diarienummer, a court's or the police's number, and not a statute?

Source: OSL 5 kap. 2 § (what a register holds), Domstolsverket (letter, number, year: "T 1234-24"), Polismyndigheten
("5000-K123456-24"). "SFS 2009:400", "prop. 2008/09:111", "EU 2016/679" and the like are law, not cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting

_REGISTER = re.compile(
    r"(?<![\w/])([A-ZÅÄÖ][A-Za-zÅÄÖåäö]{1,5})([ ./-]{0,2})((?:19|20)[0-9]{2})[/.:-]([0-9]{1,6})(?![0-9]|[/.:-][0-9])"
)
_LOWER = re.compile(r"(?<![\w/])([a-zåäö]{2,5})([ ./-])((?:19|20)[0-9]{2})[/-]([0-9]{2,6})(?![0-9])")
_BARE = re.compile(r"(?<![0-9/.:-])((?:19|20)[0-9]{2})[/:-]([0-9]{2,6})(?![0-9]|[/.:-][0-9])")
_COURT = re.compile(r"(?<![^\W_])((?:PMT|PMÄ|PMB|FT|[TBÄMKF])\s?)?([0-9]{1,6})-([0-9]{2})(?![0-9]|-[0-9])")
_POLICE = re.compile(
    r"(?<![0-9])[0-9]{4}-[KN][0-9]{3,8}-[0-9]{2}(?![0-9])|(?<![^\W_])K[0-9]{4,8}-[0-9]{2}(?![0-9])", re.IGNORECASE
)
_POLICE_SIGNS, _COURT_SIGNS = frozenset("KkNn"), frozenset("TBÄM")
_CENTURIES, _YEAR, _CODE_REACH = ("19", "20"), 4, 3
_SERIALS = range(1, 7)  # digits
_REGISTERED = frozenset((_YEAR, sep, serial) for sep in "/.:-" for serial in _SERIALS)
_AT_COURT = frozenset((serial, "-", 2) for serial in _SERIALS)
_CODE = re.compile(r"[A-Za-zÅÄÖåäö][ ./-]{0,2}\Z")
_LAW = frozenset(
    {
        "SFS", "AFS", "FS", "SOSFS", "EU", "EG", "PROP", "BET", "SKR", "SOU", "DS", "DIR", "NJA", "RÅ", "HFD", "ISO",
        "EN", "RSKR", "BFS", "TSFS", "KIFS", "LVFS", "SKOLFS", "HSLF", "NFS", "MSBFS", "HT", "VT", "VM", "EM", "OS",
        "RK", "KL", "DEN", "MAJ", "JUNI", "JULI", "JAN", "FEB", "MARS", "APRIL", "AUG", "SEP", "SEPT", "OKT", "NOV",
        "DEC", "ÅR", "AV", "OCH", "PÅ", "TILL", "FRÅN", "SEDAN", "UNDER", "LAG", "LÄSÅR", "SÄSONG", "IFRÅN", "I",
    }
)  # fmt: skip
_DIARY = Lexicon(
    "dnr", "diarien*", "diarie*", "ärende", "ärendet", "ärenden*", "ärendenr", "beslut", "beslutet", "akt", "aktn*",
    "aktnr", "case", "case no", "sprawa", "sprawy", "predmet", "överklag*", "handlingen",
)  # fmt: skip
_COURT_WORD = Lexicon(
    "mål", "målet", "målnr", "målnummer*", "mål nr", "mål nummer", "tingsrätt*", "hovrätt*", "kammarrätt*",
    "förvaltningsrätt*", "högsta domstolen", "domstol*", "migrationsdomstol*", "*överdomstol*", "court", "dom",
    "domen", "överklag*",
)  # fmt: skip
_POLICE_WORD = Lexicon("polis*", "anmälan", "anmäld", "police*", "politianmeld*", "k nr", "brott*", "policj*")
_OWN = Lexicon(
    "mitt",
    "min",
    "mina",
    "vårt",
    "vår",
    "hennes",
    "hans",
    "deras",
    "my",
    "moje",
    "moj",
    "familj*",
    "sonens",
    "dotterns",
)
_PUBLIC = Lexicon(
    "detaljplan*", "samråd*", "protokoll*", "kallelse*", "remiss*", "översiktsplan*", "kungörelse*", "utställ*",
    "anslag*",
    "på granskning", "budget*", "motion", "motionen", "medborgarförslag*", "upphandling*", "fullmäktig*",
    "nämndens", "taxa*",
    "planprogram*", "naturreserv*", "planbesked*", "vägplan*", "föreskrift*", "policy*", "riktlinj*", "strategi*",
    "årsredovisning*", "styrdokument*", "tyck till", "inspel", "synpunkter senast", "interpellation*",
    "allmän handling", "allmänna handlingar", "diariet", "hemsidan", "webben",
)  # fmt: skip
LABELLED = Evidence("case-word", 30)
POLICE = Evidence("police-word", 6)
LONG_PREFIX = Evidence("word-not-a-code", 1 / 15)
SEASON = Evidence("season-or-statute-shape", 1 / 20)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    return bool(reading.joints) and (_may_be_reported(reading) or _may_have_year(reading) or _may_be_at_court(reading))


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every case number, the public ones marked so."""
    if _may_be_reported(reading):
        yield from _reported(reading)
    if _may_have_year(reading):
        yield from _registered(reading)
    if _may_be_at_court(reading):
        yield from _courts(reading)


def _may_be_reported(reading: Reading) -> bool:
    """Cheap and safe: False only if no digits stand right behind a K or N, with a hyphen behind them."""
    text = reading.text
    return any(text[start - 1 : start] in _POLICE_SIGNS and text[end : end + 1] == "-" for start, end in reading.heads)


def _may_have_year(reading: Reading) -> bool:
    """Cheap and safe: False only if no year has a sign behind it, and a code or somewhere a case's word before it."""
    text = reading.text
    if _REGISTERED.isdisjoint(reading.joints):
        return False
    if reading.may_tell(_DIARY):
        return True
    return any(
        end - start == _YEAR
        and text.startswith(_CENTURIES, start)
        and _CODE.search(text, max(0, start - _CODE_REACH), start)
        for start, end in reading.heads
    )


def _may_be_at_court(reading: Reading) -> bool:
    """Cheap and safe: False only if no two digits stand behind a hyphen, or no word and no letter is a court's."""
    if _AT_COURT.isdisjoint(reading.joints):
        return False
    if reading.may_tell(_COURT_WORD):
        return True
    text = reading.text
    return any(
        (text[start - 1 : start].strip() or text[start - 2 : start - 1]) in _COURT_SIGNS for start, _ in reading.heads
    )


def _reported(reading: Reading) -> Iterator[Finding]:
    """Those of the police."""
    text = reading.text
    for match in _POLICE.finditer(text):
        evidence = (POLICE,) if _POLICE_WORD.near(text, match.start(), match.end()) else ()
        yield from _finding(reading, match, "police", 0.9 if "-" in match[0][:5] else 0.5, evidence)


def _registered(reading: Reading) -> Iterator[Finding]:
    """Those with a year."""
    text = reading.text
    taken: set[int] = set()
    for match in _REGISTER.finditer(text):
        if match[1].upper() in _LAW:
            continue
        taken.add(match.start(3))
        yield from _finding(reading, match, "register", 0.7, tuple(_register_context(text, match)))
    for match in _LOWER.finditer(text):
        if match[1].upper() not in _LAW and match[1] != "dnr" and _DIARY.before(text, match.start(), 30):
            taken.add(match.start(3))
            yield from _finding(reading, match, "register", 0.3, tuple(_register_context(text, match)))
    for match in _BARE.finditer(text):
        label = _DIARY.before(text, match.start(), 30)
        if label and label[0].distance <= 8 and match.start(1) not in taken:
            yield from _finding(reading, match, "year-and-number", 0.1, (LABELLED,))


def _courts(reading: Reading) -> Iterator[Finding]:
    text = reading.text
    for match in _COURT.finditer(text):
        label = _COURT_WORD.before(text, match.start(), 30)
        if label and label[0].distance <= 12 and (match[1] or len(match[2]) >= 2):
            yield from _finding(reading, match, "court", 0.5 if match[1] else 0.2, (LABELLED,))
        elif match[1] and match[1].strip() in ("T", "B", "Ä", "M") and len(match[2]) >= 3 and 10 <= int(match[3]) <= 40:
            yield from _finding(reading, match, "court", 0.55, ())


def _register_context(text: str, match: re.Match[str]) -> Iterator[Evidence]:
    code, year, number = match[1], int(match[3]), match[4]
    if _DIARY.before(text, match.start(), 40):
        yield LABELLED
    capitals = sum(char.isupper() for char in code)
    if capitals < 2:
        yield LONG_PREFIX
    if len(number) <= 2 and int(number) == (year + 1) % 100:
        yield SEASON
    if len(number) == 4 and int(number) == year + 1:
        yield SEASON


def _finding(
    reading: Reading, match: re.Match[str], tier: str, prior: float, evidence: tuple[Evidence, ...]
) -> Iterator[Finding]:
    verdict = judge(tier, prior, evidence)
    if verdict.score < FLOOR:
        return
    text = reading.text
    own = _OWN.near(text, match.start(), match.end(), 40, 30)
    public = (
        tier in ("register", "year-and-number")
        and not own
        and bool(_PUBLIC.near(text, match.start(), match.end(), 60, 60))
    )
    start, end = reading.span(match.start(), match.end())
    yield Finding(Entity.SE_CASE_NUMBER, start, end, verdict.score, f"case.{tier}", public=public, why=verdict.why)
