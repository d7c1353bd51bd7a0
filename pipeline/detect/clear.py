"""Which texts can hold no value, told from their words and marks alone, before anything is read for values?

Most comments are such: no digit in them, no sign of an address, nothing that reads otherwise than it is written. As
with every gate, a no is certain and a yes is not: a property test holds it to what the slow way finds.
"""

from __future__ import annotations

from pipeline.detect.normalise import reads_as_written
from pipeline.detect.recognisers import email
from pipeline.detect.spelled import may_run
from pipeline.detect.wording import Wording


def is_clear(told: Wording) -> bool:
    """True only if no reading of the text holds a value or a cue.

    A text with `_` in it is never clear: its words are not the runs of letters that recognisers look at.
    """
    if told.digits or "_" in told.low or not reads_as_written(told):
        return False
    return not (email.may_be_in(told) or may_run(told))
