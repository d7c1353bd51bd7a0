"""What the core asks of the world: small protocols, each with its fake in `tests/fakes.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.detect.finding import Analysis


@dataclass(frozen=True, slots=True)
class FieldText:
    """One textual field of an event: a JSON pointer into the event's data, and its text (kept out of `repr`)."""

    pointer: str
    text: str = field(repr=False)


class Detector(Protocol):
    """Finds confidential values and concerns in texts."""

    def detect(self, fields: Sequence[FieldText]) -> Analysis:
        """Analyse the fields of one event.

        Never raises for what the texts contain: what could not be analysed is named in `Analysis.gaps`. Pure, bounded
        in time per call, and safe to call from several threads.
        """
        ...
