"""The repost guard: a value that was removed once is known again, in whatever spelling it is posted.

What is known of it is its keyed token (`pipeline/token.py`) and nothing else. A known value is as sure as a value can
be, so its rule may go as far as its mode says, where the same spelling alone would only have sent people to look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.detect.finding import Analysis, Explanation, Finding
from pipeline.message import Fingerprint, Order
from pipeline.ports import FieldText
from pipeline.token import Tokeniser

RULE = "repost"
"""The detection rule of a finding that was known from before."""

Recall = Callable[[str, datetime], bool]
"""Whether the value of this token is known at this moment."""


def unknown(token: str, now: datetime) -> bool:
    """Recall nothing."""
    del token, now
    return False


@dataclass(frozen=True, slots=True)
class Guard:
    """Knows values again."""

    tokens: Tokeniser
    recall: Recall = unknown

    def recognise(self, analysis: Analysis, texts: Sequence[FieldText], now: datetime) -> Analysis:
        """The analysis with every known value certain; an analysis without findings costs nothing."""
        if not analysis.findings:
            return analysis
        by_field = {field.pointer: field.text for field in texts}
        return replace(analysis, findings=tuple(self._recognised(f, by_field, now) for f in analysis.findings))

    def _recognised(self, finding: Finding, texts: Mapping[str, str], now: datetime) -> Finding:
        text = texts.get(finding.field)
        if text is None or finding.public:
            return finding
        if not self.recall(self.tokens.token(finding.type, text[finding.start : finding.end]), now):
            return finding
        return replace(finding, score=1.0, rule=RULE, why=Explanation(RULE, context=(finding.rule,)))


def remember(order: Order, now: datetime, keep: timedelta) -> tuple[Fingerprint, ...]:
    """What is to be known of the values that an order was sure of, once their item is hidden or removed."""
    return _fingerprints(order, now, now + keep)


def forget(order: Order, now: datetime) -> tuple[Fingerprint, ...]:
    """The same values, known no longer: people have found that they may stand."""
    return _fingerprints(order, now, now)


def _fingerprints(order: Order, now: datetime, until: datetime) -> tuple[Fingerprint, ...]:
    values = {note.token: note.type for note in order.findings if note.sure}
    return tuple(
        Fingerprint(token=token, type=kind, order_id=order.order_id, at=now, known_until=until)
        for token, kind in sorted(values.items())
    )
