"""Is it a Swedish bank account: a clearing number, then as many digits as that bank uses, with its check digit?

Source: Bankgirot, "Bankernas kontonummeruppbyggnad", as kept by the package `bankkonto`. Nordea's personal accounts
(3300 and 3782) are a personal identity number: both are reported, one inside the other.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from functools import lru_cache

from bankkonto.account import expected_account_length, validate
from bankkonto.exceptions import BankkontoValidationError

from pipeline.detect.context import Lexicon, nearest
from pipeline.detect.digits import Chain
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.recognisers.iban import owned_in_public
from pipeline.detect.recognisers.personal_number import parse
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting
from pipeline.detect.words import OTHER_LABEL, PHONE

_ACCOUNT = Lexicon(
    "konto", "kontot", "kontonr", "kontonum*", "kontonummer*", "*konto", "*kontot", "clearing*", "clnr", "cl nr",
    "account*", "bankkonto*", "lönekonto*", "personkonto*", "sparkonto*", "tili", "rachunek", "račun",
)  # fmt: skip
_BANK = Lexicon(
    "swedbank*", "sparbank*", "handelsbank*", "shb", "seb", "nordea*", "länsförsäkringar*", "ica banken*",
    "danske bank*", "skandia*", "sbab", "avanza", "nordnet", "lf bank", "klarna", "bank", "banken", "bankgirot",
    "forex", "ikano*", "lön", "lönen", "insättning*", "sätt in", "sätta in", "återbetaln*", "betala ut", "utbetaln*",
    "betala tillbaka", "swisha",
)  # fmt: skip
_NOT_DIGIT = re.compile("[^0-9]")
_IN_WORDS = re.compile(
    r"(?<![0-9])([0-9]{4}(?:-[0-9]|[0-9])?)[\s,;.]{1,3}(?:(?:och|med|samt)\s)?(?:bank)?(?:konto\w{0,8}|kto|account)"
    r"[\s:.]{1,3}(?:nr[\s:.]{1,2}|är\s)?([0-9][0-9 .-]{4,13}[0-9])(?![0-9])",
    re.IGNORECASE,
)
_NAMED = Lexicon("konto*", "bankkonto*", "kto", "bankkto", "account", "bankaccount")
_CLEARING, _WHOLE = 4, 10  # digits
_CLOSE = 14
_PERSONAL = ("3300", "3782")
_SPEAKS_FOR_ITSELF = ("8", *_PERSONAL)
_JOINTS = frozenset(
    {
        "-", " ", ",", ", ", " - ", "- ", " -", ".", ": ", " , ", "/", " / ",
    }
)  # fmt: skip
_BREAKS = frozenset({" ", "-", ".", "", " - "})
ACCOUNT = Evidence("account-word", 60)
BANK = Evidence("bank-word", 20)
BANK_NAMED = Evidence("bank-word-close-by", 60)
OTHER = Evidence("other-number-word", 1 / 30)
PHONE_WORD = Evidence("phone-word", 1 / 30)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if _may_be_told(reading):
        return True
    if reading.most < _WHOLE:
        return False
    if reading.may_tell(_ACCOUNT, _BANK):
        return True
    return any(group.startswith(_SPEAKS_FOR_ITSELF) for chain in reading.chains for group in chain.groups)


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every account number, and the personal number inside one."""
    yield from _told(reading, setting)
    for chain in reading.chains:
        if chain.size < _WHOLE:
            continue
        at = 0
        while at < len(chain.groups):
            after = yield from _at(reading, chain, at, setting)
            at = max(at + 1, after)


def _told(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Clearing number and account number, each with its word: "clearing 8327-9, konto 123 456 789-0"."""
    if not _may_be_told(reading):
        return
    for match in _IN_WORDS.finditer(reading.text):
        clearing, account = (_NOT_DIGIT.sub("", part) for part in match.groups())
        length = _length(clearing[:5] if clearing[0] == "8" else clearing[:4])
        if not length or not length - 4 <= len(account) <= length:
            continue
        verdict = judge("in-words", 0.3, (ACCOUNT,))
        span = reading.span(match.start(1), match.end(2))
        public = clearing + account in setting.allow.accounts or owned_in_public(
            reading.text, match.start(1), match.end(2)
        )
        yield Finding(Entity.SE_BANK_ACCOUNT, *span, verdict.score, "account.in-words", public=public, why=verdict.why)


def _may_be_told(reading: Reading) -> bool:
    """Cheap and safe: False only if no account number has its word between clearing number and account."""
    return reading.longest >= _CLEARING and reading.may_tell(_NAMED)


def _at(reading: Reading, chain: Chain, first: int, setting: Setting) -> Generator[Finding, None, int]:
    for clearing, account, after in _splits(chain, first):
        tier, prior = _tier(clearing, account, chain, first, setting)
        if not prior:
            continue
        start, end = chain.spans[first][0], chain.spans[after - 1][1]
        verdict = judge(tier, prior, tuple(_context(reading.text, start, end)))
        if verdict.score < FLOOR:
            continue
        public = clearing + account in setting.allow.accounts or owned_in_public(reading.text, start, end)
        span = reading.span(start, end)
        yield Finding(Entity.SE_BANK_ACCOUNT, *span, verdict.score, f"account.{tier}", public=public, why=verdict.why)
        if tier == "personal":
            number = parse(account, setting.today)
            inner = reading.span(chain.spans[after - 1][1] - _width(chain, first, after), end)
            if number:
                yield Finding(number.entity, *inner, verdict.score, "personnummer.in-account", why=verdict.why)
        return after
    return 0


def _width(chain: Chain, first: int, after: int) -> int:
    """How many characters the last ten digits of the groups take."""
    end, left = chain.spans[after - 1][1], 10
    for index in range(after - 1, first - 1, -1):
        start, stop = chain.spans[index]
        if stop - start >= left:
            return end - (stop - left)
        left -= stop - start
    return end - chain.spans[first][0]


def _splits(chain: Chain, first: int) -> Iterator[tuple[str, str, int]]:
    """The ways to read the groups from `first` on as clearing number, account number and the group after them."""
    groups, seps = chain.groups, chain.seps
    head = groups[first]
    if len(head) >= 11:
        for size in (5, 4) if head[0] == "8" else (4,):
            yield head[:size], head[size:], first + 1
        return
    clearing, nxt = head, first + 1
    if len(head) == 4 and head[0] == "8" and nxt + 1 < len(groups) and len(groups[nxt]) == 1:
        clearing, nxt = head + groups[nxt], nxt + 1
    if len(clearing) not in (4, 5) or nxt >= len(groups) or seps[nxt - 1] not in _JOINTS:
        return
    account = ""
    for after in range(nxt + 1, min(len(groups), nxt + 10) + 1):
        if after > nxt + 1 and seps[after - 2] not in _BREAKS:
            return
        account += groups[after - 1]
        if len(account) > 10:
            return
        if len(account) >= 6 and (
            after == len(groups) or len(account) == _length(clearing) or seps[after - 1] not in _BREAKS
        ):
            yield clearing, account, after


def _tier(clearing: str, account: str, chain: Chain, first: int, setting: Setting) -> tuple[str, float]:
    length = _length(clearing)
    if not length or len(account) > length or (len(account) < length and clearing[0] not in "68"):
        return "", 0
    if len(account) < length - 4:
        return "", 0
    if clearing in _PERSONAL:
        number = parse(account, setting.today) if len(account) == 10 else None
        if number and number.sound:
            return "personal", 0.93
    if _check(clearing, account):
        fifth = len(clearing) == 5 and chain.groups[first] != clearing and len(chain.groups[first]) == 4
        return ("checked-five", 0.6) if fifth else ("checked", 0.1)
    return "unchecked", 0.08


@lru_cache(maxsize=1024)
def _length(clearing: str) -> int:
    """How long this bank's account numbers are; 0: no such bank."""
    try:
        return int(expected_account_length(clearing + "0" if clearing[0] == "8" and len(clearing) == 4 else clearing))
    except BankkontoValidationError:
        return 0


def _check(clearing: str, account: str) -> bool:
    full = clearing + "0" if clearing[0] == "8" and len(clearing) == 4 else clearing
    try:
        return bool(validate(full, account.zfill(_length(clearing))))
    except BankkontoValidationError:
        return False


def _context(text: str, start: int, end: int) -> Iterator[Evidence]:
    account, bank = _ACCOUNT.before(text, start, 60), _BANK.before(text, start, 60)
    closest = nearest(account, bank, OTHER_LABEL.before(text, start), PHONE.before(text, start, 24))
    after = _ACCOUNT.after(text, end) or _BANK.after(text, end)
    if account or (after and closest not in (2, 3)):
        yield ACCOUNT
    elif bank:
        yield BANK_NAMED if bank[0].distance <= _CLOSE else BANK
    if closest == 2:
        yield OTHER
    elif closest == 3:
        yield PHONE_WORD
