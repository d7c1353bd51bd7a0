"""Can this reading hold any value at all? A cheap look that clears most texts.

The gate may say yes for nothing, never no for something: a property test holds it to that. It asks, from the cheapest
question to the dearest: are there enough digits together, is there an e-mail sign, and if there are only a few digits,
is there a word or shape that makes few digits mean something (a street, a plate, a case, an IP address, "sista fyra")?
"""

from __future__ import annotations

from pipeline.detect.normalise import Reading
from pipeline.detect.recognisers import address, case_number, email, ip, partial, plate

_ENOUGH = 5
"""The least digits in a row, signs between them allowed, that the recognisers of numbers look at."""


def may_hold_value(reading: Reading) -> bool:
    """False only if no recogniser would find a value or a cue in the reading."""
    chains = reading.chains
    if not chains:
        return email.may_hold(reading)
    if any(chain.size >= _ENOUGH for chain in chains) or email.may_hold(reading):
        return True
    return any(piece.may_hold(reading) for piece in (address, plate, case_number, partial, ip))
