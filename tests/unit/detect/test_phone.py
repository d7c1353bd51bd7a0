"""Truth table of the phone number; mobile numbers from the regulator's fiction range."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.phone import find
from tests.recognising import seen

FOUND = [
    ("as people write", "ring 070-174 06 05", ("phone.mobile", "070-174 06 05", "sure")),
    ("compact", "0701740605", ("phone.mobile-compact", "0701740605", "sure")),
    ("in pairs", "07 01 74 06 12", ("phone.mobile", "07 01 74 06 12", "sure")),
    ("with dots", "070.174.06.05", ("phone.mobile", "070.174.06.05", "sure")),
    ("no-break spaces", "070\xa0174\xa006\xa005", ("phone.mobile", "070\xa0174\xa006\xa005", "sure")),
    ("country code", "+46 70 174 06 09", ("phone.mobile-international", "+46 70 174 06 09", "sure")),
    ("country code and zero", "+46 (0)70-174 06 09", ("phone.mobile-international", "+46 (0)70-174 06 09", "sure")),
    ("double zero", "0046701740607", ("phone.mobile-international", "0046701740607", "sure")),
    ("no plus", "wa.me/46701740607", ("phone.mobile-international", "46701740607", "sure")),
    ("glued", "ringmej0701740616imorron", ("phone.mobile-compact", "0701740616", "sure")),
    ("letters for digits", "telefon O7O-l74O6l9", ("phone.mobile", "O7O-l74O6l9", "sure")),
    ("emoji between", "070📞174📞0611", ("phone.mobile", "070📞174📞0611", "sure")),
    ("one by one", "0 7 0 1 7 4 0 6 0 5", ("phone.mobile", "0 7 0 1 7 4 0 6 0 5", "sure")),
    (
        "spelled out",
        "noll sju noll ett sju fyra noll sex ett noll",
        ("phone.mobile-spelled-out", "noll sju noll ett sju fyra noll sex ett noll", "sure"),
    ),
    ("Arabic digits", "رقمي ٠٧٠١٧٤٠٦١٥", ("phone.mobile-compact", "٠٧٠١٧٤٠٦١٥", "sure")),
    ("landline", "Ring mig hellre på 040-628 04 01", ("phone.landline", "040-628 04 01", "sure")),
    ("landline compact after a word", "ring 0406280401", ("phone.landline-compact", "0406280401", "sure")),
    ("foreign", "tyska numret +49 171 3920055", ("phone.foreign", "+49 171 3920055", "sure")),
    ("switchboard", "på 0413-620 00 så", ("phone.landline", "0413-620 00", "public")),
    ("switchboard odd", "numret 0413 62 000?", ("phone.landline", "0413 62 000", "public")),
    ("switchboard from abroad", "+46 413 620 00", ("phone.landline-international", "+46 413 620 00", "public")),
    ("an authority's", "0771-524 524", ("phone.landline", "0771-524 524", "public")),
    ("short after a word", "tel 12 34 56", ("phone.short", "12 34 56", "maybe")),
    ("police", "ring 114 14", ("phone.national-short", "114 14", "public")),
]

NOTHING = [
    ("emergency", "ring 112 eller 1177"),
    ("bus times", "436 går 06.12 06.42 07.12"),
    ("four-digit times", "tåget 0714 0744 0814"),
    ("opening hours", "öppet 08:00-16:30"),
    ("date", "den 01-02-2024"),
    ("case", "dnr 2024-123456"),
    ("price after a word", "ring, 12 500 kr"),
    ("meter", "00184,772"),
    ("identity layout", "060112-2384"),
    ("page address", "https://exempel.se/posts/0401234567"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
