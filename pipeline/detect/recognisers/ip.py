"""Is it an IP address, and no version number, time or section?

Source: RFC 791 and RFC 4291/5952; the standard library decides what is valid.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting

_V4 = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])")
_V6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_TWO_COLONS = re.compile(":[0-9A-Fa-f]{0,4}:")
_LABEL = Lexicon(
    "ip*",
    "adress*",
    "address*",
    "nät*",
    "gästnät*",
    "wifi",
    "wlan",
    "server*",
    "logg*",
    "router*",
    "ping*",
    "dns",
    "från",
    "mask",
)
_VERSION = Lexicon(
    "version*", "v", "ver", "appen", "app", "uppdater*", "android*", "ios", "windows", "release", "build",
    "firmware", "kap", "kapitel",
    "avsnitt", "punkt", "paragraf", "stycke", "programmet", "mjukvara",
)  # fmt: skip
LABELLED = Evidence("network-word", 5)
VERSION = Evidence("version-word", 1 / 30)


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    if any(chain.seps.count(".") > 2 for chain in reading.chains):
        return True
    return reading.text.count(":") > 1 and _TWO_COLONS.search(reading.text) is not None


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every IP address; a lone one says little about anybody, so policy leaves it."""
    text = reading.text
    for pattern, tier in ((_V4, "v4"), (_V6, "v6")):
        for match in pattern.finditer(text):
            if not _valid(match[0]):
                continue
            verdict = judge(tier, 0.8 if tier == "v4" else 0.9, tuple(_context(text, match.start(), match.end())))
            if verdict.score >= FLOOR:
                start, end = reading.span(match.start(), match.end())
                yield Finding(Entity.IP_ADDRESS, start, end, verdict.score, f"ip.{tier}", why=verdict.why)


def _valid(value: str) -> bool:
    if ":" in value and (sum(bool(part) for part in value.split(":")) < 3 or not any(map(str.isdecimal, value))):
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _context(text: str, start: int, end: int) -> Iterator[Evidence]:
    version = _VERSION.before(text, start, 24)
    if version:
        yield VERSION
    elif _LABEL.near(text, start, end):
        yield LABELLED
