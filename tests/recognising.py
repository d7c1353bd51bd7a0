"""What a recogniser, or the whole engine, says about a text, in a form that a truth table can state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from pipeline.detect.allow import allow_list
from pipeline.detect.catalogue import CATALOGUE
from pipeline.detect.engine import Engine
from pipeline.detect.finding import Analysis, Finding
from pipeline.detect.normalise import Reading, normalise
from pipeline.detect.setting import Setting
from pipeline.detect.spelled import spelled
from pipeline.ports import FieldText

ALLOW = allow_list(
    domains=("eslov.se",),
    phone_prefixes=("0413-62",),
    organisations=("212000-1173",),
    addresses=("Gröna torg 2",),
)
SETTING = Setting(lambda: date(2026, 11, 23), ALLOW)
SURE = 0.8
"""The score from which the shipped policy acts."""


def engine() -> Engine:
    """The engine for values alone."""
    return Engine(SETTING)


def detect(detector: Engine, text: str) -> Analysis:
    """What the engine says of one text."""
    return detector.detect((FieldText("/text", text),))


def seen(find: Callable[[Reading, Setting], Iterable[Finding]], text: str) -> list[tuple[str, str, str]]:
    """Rule, value and band (sure, maybe, public) of what one recogniser finds, in the first reading that gives any.

    It is asked as the engine asks it: only where its gate lets the reading through.
    """
    may_hold = next(entry.may_hold for entry in CATALOGUE if entry.find is find)
    plain = normalise(text)
    second = spelled(plain)
    for reading in (plain, second[0] if second else plain):
        findings = find(reading, SETTING) if may_hold(reading) else ()
        found = [(finding.rule, text[finding.start : finding.end], _band(finding)) for finding in findings]
        if found:
            return found
    return []


def _band(finding: Finding) -> str:
    if finding.public:
        return "public"
    return "sure" if finding.score >= SURE else "maybe"
