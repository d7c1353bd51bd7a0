"""What can go wrong, by what must then happen.

AnslagsvaktError
├── RetryLater       the world is in the way: try the same thing again, later
├── DeadLetter       this message can never be handled: set it aside and go on
│   ├── Undecodable  the bytes are no event of ours
│   └── UnknownVersion  a version this release does not read
└── Stop             going on would break a promise: end the process, say why
    └── BadConfiguration  a setting or file is wrong; the message names it and the remedy

An exception carries codes, names and numbers, never the text of a person (invariant 4).
"""

from __future__ import annotations


class AnslagsvaktError(Exception):
    """Anything Anslagsvakt itself raises."""


class RetryLater(AnslagsvaktError):
    """A passing fault outside us; `after` is the least number of seconds to wait."""

    def __init__(self, reason: str, *, after: float = 1.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class DeadLetter(AnslagsvaktError):
    """The message can never be handled; `reason` is a code, not a quotation."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Undecodable(DeadLetter):
    """The bytes are not an event (not UTF-8, not JSON, wrong types, missing fields)."""


class UnknownVersion(DeadLetter):
    """The message names a version that this release cannot read."""


class Stop(AnslagsvaktError):
    """Going on would break an invariant, so the process must end."""


class BadConfiguration(Stop):
    """A setting or a file is wrong; the message names file, line, field and remedy in one line."""
