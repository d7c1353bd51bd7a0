"""Which digits are a phone number: the Swedish plan as patterns, every other country's by libphonenumber.

Source: the Swedish numbering plan (PTS) and ITU-T E.164 as kept in Google's libphonenumber metadata.
"""

from __future__ import annotations

import re

import phonenumbers

_SHORT_AREA = re.compile("0(?:8|20|1[013689]|2[136]|3[1356]|4[0246]|54|6[03]|90)")


def _plan(kind: str) -> str:
    """The national numbers of one kind, as a pattern over digits without the leading 0."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("SE")
    return getattr(metadata, kind).national_number_pattern  # type: ignore[no-any-return]  # untyped metadata


MOBILE = re.compile(_plan("mobile"))
SWEDISH = re.compile(
    "|".join(_plan(kind) for kind in ("mobile", "fixed_line", "toll_free", "shared_cost", "personal_number", "uan"))
)


def area(digits: str) -> int:
    """How many digits the area code has, its 0 counted; service numbers (020, 077) are cut as they please."""
    found = _SHORT_AREA.match(digits)
    return len(found[0]) if found else 4


def abroad(digits: str) -> float:
    """What a country code and digits are worth: a range in use, or only a possible length (fiction has such)."""
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return 0
    if phonenumbers.is_valid_number(number):
        return 0.95
    return 0.7 if len(digits) >= 10 and phonenumbers.is_possible_number(number) else 0
