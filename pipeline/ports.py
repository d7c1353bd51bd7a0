"""What the core asks of the world: small protocols, each with its fake in `tests/fakes.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.detect.finding import Analysis, ConcernFinding, Finding


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


class NameRecogniser(Protocol):
    """Finds names of persons; called by the detection engine."""

    def may_hold(self, text: str) -> bool:
        """Cheap and safe: False only if `find_persons` would return nothing for this text."""
        ...

    def find_persons(self, text: str) -> tuple[Finding, ...]:
        """The names of private persons in a text, as spans of it, in order and without overlaps."""
        ...


class ConcernRecogniser(Protocol):
    """Finds what a text says about a person; called by the detection engine after every value is found."""

    def may_hold(self, text: str, *, named: bool, traced: bool) -> bool:
        """Cheap and safe: False only if `find_concerns` would return nothing for this text, whatever the findings.

        `named` says that there may be names of persons among the findings, `traced` that there may be values.
        """
        ...

    def find_concerns(self, text: str, findings: Sequence[Finding]) -> tuple[ConcernFinding, ...]:
        """What the text says; `findings` are the values and names found in it, a person reference each perhaps."""
        ...
