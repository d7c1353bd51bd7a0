"""Is it an e-mail address, also one with spaces or with its signs spelled out?

Source: RFC 5321/5322 for the everyday form, RFC 6531 for å ä ö; the spellings are those people use to slip past filters
("snabel-a", "(at)", "punkt"). Every search starts at the sign itself and looks a bounded way in both directions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import judge
from pipeline.detect.setting import Setting
from pipeline.detect.wording import Wording

_AT = re.compile(
    r"@|[(\[{<] ?(?:at|a|ät|snabel[- ]?a|krøllalfa) ?[)\]}>]|(?<=\s)(?:snabel[- ]?a|snabela|kanel(?:bulle|snegl)|"
    r"krøllalfa|miukumauku|małpa|majmun|at|ät|alfakrull)(?=\s)|(?<=[^\W_])[_(]?(?:snabela|snabel-a)[_)]?(?=[^\W_])",
    re.IGNORECASE,
)
_AT_WORDS = frozenset(
    (
        "snabel",
        "snabela",
        "kanelbulle",
        "kanelsnegl",
        "krøllalfa",
        "alfakrull",
        "miukumauku",
        "małpa",
        "majmun",
        "at",
        "ät",
    )
)
_BRACKETS = frozenset("([{<")
_BRACKETED = re.compile(r"[(\[{<] ?[aA] ?[)\]}>]")
_DOT_WORD = r"(?:punkt|prick|dot|punktum|piste|kropka|tačka|точка|крапка)"
_DOT = rf"(?:\s?[.](?!\s?[.])\s?|\s?[(\[{{]\s?(?:{_DOT_WORD}|[.])\s?[)\]}}]\s?|\s{_DOT_WORD}\s)"
_PLAIN_LOCAL = re.compile(r"[^\W_](?:[\w.+%'&-]{0,62}[\w+-])?\Z|[^\W_]\Z")
_PLAIN_DOMAIN = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?){1,5}")
_LOOSE_LOCAL = re.compile(
    rf"(?:(?<=\s)|\A|(?<=[(:,;\"'<]))(?:[\w+-]{{1,40}}{_DOT}){{0,3}}[\w+-]{{1,40}}\s{{0,2}}\Z", re.IGNORECASE
)
_LOOSE_DOMAIN = re.compile(rf"\s{{0,2}}[\w-]{{1,40}}(?:{_DOT}[\w-]{{1,40}}){{1,3}}", re.IGNORECASE)
_SPLIT_DOT = re.compile(_DOT, re.IGNORECASE)
_TLDS = frozenset(
    {
        "com", "net", "org", "info", "nu", "se", "no", "dk", "fi", "de", "pl", "uk", "eu", "ba", "rs", "hr", "ua",
        "is", "ee", "lv", "lt", "nl", "be", "fr", "es", "it", "at", "ch", "ie", "cz", "sk", "ro", "gr", "pt", "tr",
        "ru", "us", "ca", "au", "io", "me", "tv", "co", "ai", "app", "dev", "biz", "name", "email", "mail", "online",
        "site", "shop", "blog", "gov", "edu", "example", "test", "invalid", "exempel",
    }
)  # fmt: skip
_FREE = frozenset(
    {
        "gmail", "hotmail", "outlook", "live", "yahoo", "icloud", "me", "msn", "telia", "bredband", "comhem", "spray",
        "protonmail", "proton", "mail", "gmx", "passagen", "swipnet",
    }
)  # fmt: skip
_ROLES = frozenset(
    {
        "info", "kontakt", "kontaktcenter", "kansli", "kansliet", "styrelse", "styrelsen", "faktura", "support",
        "kundtjanst", "kundtjänst", "reception", "bokning", "press", "redaktion", "redaktionen", "registrator",
        "admin", "post", "bestallning", "order", "office", "contact", "hello", "hej", "service", "anmalan", "anmälan",
        "medlem", "kundservice", "felanmalan", "felanmälan", "ekonomi", "kassor", "kassör", "kassoren", "ordforande",
        "ordförande", "sekreterare", "biljett", "biljetter", "butik", "shop", "tips", "nyheter", "kurs", "kurser",
        "webmaster", "noreply", "no-reply", "uthyrning", "event", "boka", "bokningen", "tidning", "insandare",
        "insändare", "bibliotek", "museum", "museet", "expedition", "expeditionen", "pastorsexpedition", "ungdom",
        "tavling", "valberedning", "team", "help", "sales",
    }
)  # fmt: skip
_NO_LABEL = frozenset(
    {
        "the", "a", "my", "our", "this", "that", "work", "home", "kl", "klockan", "se", "det", "de", "den",
    }
)  # fmt: skip
_LONGEST = 120


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    text = reading.text
    if "@" in text or not _AT_WORDS.isdisjoint(reading.words):
        return True
    return any(map(text.__contains__, _BRACKETS)) and _BRACKETED.search(text) is not None


def may_be_in(told: Wording) -> bool:
    """The same of a text without digits or `_` that reads as it is written."""
    if "@" in told.marks or not _AT_WORDS.isdisjoint(told.distinct):
        return True
    return not _BRACKETS.isdisjoint(told.marks) and _BRACKETED.search(told.low) is not None


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every address: written out, spaced, or with its signs in words."""
    text = reading.text
    for sign in _AT.finditer(text):
        found = _plain(text, sign) or _loose(text, sign)
        if not found:
            continue
        start, end, tier, prior = found
        local, _, domain = _canonical(text, start, end, sign).partition("@")
        public = setting.allow.domain(domain) or (local in _ROLES and domain.split(".")[0] not in _FREE)
        verdict = judge(tier, prior)
        first, last = reading.span(start, end)
        yield Finding(Entity.EMAIL_ADDRESS, first, last, verdict.score, f"email.{tier}", public=public, why=verdict.why)


def _plain(text: str, sign: re.Match[str]) -> tuple[int, int, str, float] | None:
    if sign[0] != "@":
        return None
    low = max(0, sign.start() - 64)
    local = _PLAIN_LOCAL.search(text, _run_start(text, low, sign.start()), sign.start())
    domain = _PLAIN_DOMAIN.match(text, sign.end(), sign.end() + _LONGEST)
    if not local or not domain:
        return None
    end = _cut(text, sign.end(), domain.end())
    return (local.start(), end, "written", 0.98) if end else None


def _run_start(text: str, low: int, at: int) -> int:
    """Where the characters that may stand in a local part begin."""
    while at > low and (text[at - 1].isalnum() or text[at - 1] in "._+%'&-"):
        at -= 1
    return at


def _cut(text: str, start: int, end: int) -> int:
    """Where the domain ends: a sentence glued on ("mail.com.Tack") is no part of it. 0: no domain."""
    labels = text[start:end].split(".")
    if labels[-1].isdecimal():
        return 0
    at, known = start - 1, 0
    for index, label in enumerate(labels):
        at += len(label) + 1
        if index and label.lower() in _TLDS and (label.islower() or not known):
            known = at
        elif index and known:
            break
    return known or (end if len(labels[-1]) >= 2 and labels[-1].isalpha() else 0)


def _loose(text: str, sign: re.Match[str]) -> tuple[int, int, str, float] | None:
    low = max(0, sign.start() - _LONGEST)
    local = _LOOSE_LOCAL.search(text[low : sign.start()])
    domain = _LOOSE_DOMAIN.match(text, sign.end(), sign.end() + _LONGEST)
    if not local or not domain:
        return None
    labels, ends = _labels(text, sign.end(), domain.end())
    if labels[0].lower() in _NO_LABEL:
        return None
    known = [index for index, label in enumerate(labels) if index and label.lower() in _TLDS]
    if not known:
        return None
    bare = sign[0].lower() in ("at", "a", "ät", "@")
    first = low + local.start()
    if bare and sign[0] != "@" and not _SPLIT_DOT.search(text, sign.end(), ends[known[0]]):
        return None
    start = _local_start(text, first, sign.start())
    return start, ends[known[0]], "spelled", 0.9 if bare else 0.95


def _labels(text: str, start: int, end: int) -> tuple[list[str], list[int]]:
    """The labels of a loosely written domain, and where each of them ends."""
    labels, ends, at = [], [], start
    for dot in _SPLIT_DOT.finditer(text, start, end):
        labels.append(text[at : dot.start()].strip())
        ends.append(dot.start())
        at = dot.end()
    labels.append(text[at:end].strip())
    return labels, [*ends, end]


def _local_start(text: str, first: int, end: int) -> int:
    """The local part without the words before it: only what is joined by dots belongs to it."""
    piece = text[first:end].rstrip()
    for match in re.finditer(r"(?<![.\s])\s+(?![.(\[{])", piece):
        rest = piece[match.end() :]
        word = piece[: match.start()].rsplit(None, 1)[-1].strip("()[]{}").lower()
        if not re.match(_DOT_WORD, rest, re.IGNORECASE) and not re.fullmatch(_DOT_WORD, word, re.IGNORECASE):
            first += match.end()
            return _local_start(text, first, end)
    return first + len(piece) - len(piece.lstrip())


def _canonical(text: str, start: int, end: int, sign: re.Match[str]) -> str:
    """The address as a mail program would want it."""
    local = _SPLIT_DOT.sub(".", text[start : sign.start()].strip())
    domain = _SPLIT_DOT.sub(".", text[sign.end() : end].strip())
    return f"{local}@{domain}".lower()
