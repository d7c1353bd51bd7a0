"""Can this text hold any value at all? A cheap look at the raw text that clears most of them.

The gate may say yes for nothing, never no for something: a property test holds it to that.
"""

from __future__ import annotations

import re

from pipeline.detect.spelled import may_be_spelled

_SIGN = re.compile(r"[0-9@%&]|[^\t\n\r -~ÅÄÖåäöÉéÜü\U0001F300-\U0001FAFF]")
_AT = re.compile(
    r"snabel|kanel|krøll|alfakrull|miuku|małpa|majmun|[(\[{<]\s?(?:a|at|ät)\s?[)\]}>]|\s(?:at|ät)\s", re.IGNORECASE
)


def may_hold_value(text: str) -> bool:
    """False only if no recogniser would find a value or a cue in the text."""
    return _SIGN.search(text) is not None or _AT.search(text) is not None or may_be_spelled(text)
