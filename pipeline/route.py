"""The route: from a verdict to the one state an event ends in, and the messages that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.decide import REPORTED, UNREGISTERED_ACCOUNT, Action, RuleHit, Verdict
from pipeline.detect.finding import ConcernFinding, Finding
from pipeline.event import Change, Event, identity
from pipeline.message import (
    EndState,
    EventReference,
    Notice,
    Order,
    ReviewItem,
    RuleNote,
    Subject,
    ValueNote,
    Why,
    Withdrawal,
)
from pipeline.policy import UNREGISTERED, Account, Mode
from pipeline.ports import FieldText
from pipeline.record import RawReference
from pipeline.token import Tokeniser


class State(StrEnum):
    """The one state that an event ends in (invariant 6)."""

    PASSED = "passed"
    REVIEW = "review"
    TAKEDOWN = "takedown"
    DEAD_LETTER = "dead-letter"


@dataclass(frozen=True, slots=True)
class Routed:
    """Where an event goes: its state, and what is to be published for it."""

    state: State
    messages: tuple[Order | Withdrawal | ReviewItem, ...] = ()


PASSED = Routed(State.PASSED)


def flags(event: Event, account: Account | None) -> tuple[str, ...]:
    """Reasons outside the text for people to look: a visitor's report, an account that nobody has registered."""
    reported = (REPORTED,) if event.data.change is Change.REPORTED else ()
    return reported if account else (*reported, UNREGISTERED_ACCOUNT)


def route(
    event: Event,
    verdict: Verdict,
    *,
    account: Account | None,
    raw: RawReference,
    tokens: Tokeniser,
    texts: Sequence[FieldText],
    now: datetime,
    deadline: timedelta,
) -> Routed:
    """Turn a verdict into messages with deterministic ids, so that an event handled twice says the same thing twice.

    A delete by its author withdraws what is pending, whatever the text was; so does an edit that made the item clean.
    """
    case = _Case(event, verdict, account, raw, {field.pointer: field.text for field in texts}, tokens, now, deadline)
    if event.data.change is Change.DELETED:
        return Routed(State.PASSED, (case.withdrawal(Why.DELETED_BY_AUTHOR),))
    if verdict.action is Action.REMOVE:
        return Routed(State.TAKEDOWN, (case.order(),))
    if verdict.action is Action.REVIEW:
        return Routed(State.REVIEW, (case.review_item(),))
    if event.data.change is Change.EDITED:
        return Routed(State.PASSED, (case.withdrawal(Why.EDITED_CLEAN),))
    return PASSED


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is known of one event once it has been judged."""

    event: Event
    verdict: Verdict
    account: Account | None
    raw: RawReference
    texts: Mapping[str, str]
    tokens: Tokeniser
    now: datetime
    deadline: timedelta

    def order(self) -> Order:
        wanted = EndState.REMOVED if self.verdict.mode is Mode.DELETE else EndState.HIDDEN
        return Order(
            order_id=self._identity("order", wanted),
            issued_at=self.now,
            subject=self._subject(),
            wanted=wanted,
            rules=self._rules(),
            findings=self._findings() + self._concerns(),
            policy=self.verdict.policy,
            raw=self.raw,
            event=EventReference(self.event.source, self.event.id),
            created_at=self.event.appeared_at,
            changed_at=self.event.changed_at,
            deadline=self.now + self.deadline,
            flags=flags(self.event, self.account),
            notice=max((hit.notice for hit in self._removing()), key=lambda notice: notice.reach, default=Notice.NONE),
        )

    def review_item(self) -> ReviewItem:
        return ReviewItem(
            review_id=self._identity("review"),
            issued_at=self.now,
            subject=self._subject(),
            rules=self._rules(),
            findings=self._findings(),
            concerns=self._concerns(),
            policy=self.verdict.policy,
            raw=self.raw,
            event=EventReference(self.event.source, self.event.id),
            created_at=self.event.appeared_at,
            flags=flags(self.event, self.account),
        )

    def withdrawal(self, why: Why) -> Withdrawal:
        return Withdrawal(
            withdrawal_id=self._identity("withdrawal", why),
            issued_at=self.now,
            subject=self._subject(),
            why=why,
            policy=self.verdict.policy,
            raw=self.raw,
            event=EventReference(self.event.source, self.event.id),
            changed_at=self.event.changed_at,
        )

    def _subject(self) -> Subject:
        item = self.event.data
        return Subject(
            platform=item.platform,
            account_id=item.account_id,
            department=self.account.department if self.account else UNREGISTERED,
            object_kind=item.object_kind,
            object_id=item.object_id,
            root_id=item.root_id,
            parent_id=item.parent_id,
            is_own=item.is_own,
            native_ids=item.native_ids,
        )

    def _rules(self) -> tuple[RuleNote, ...]:
        return tuple(RuleNote(id=hit.rule, mode=hit.mode, legal_basis=hit.legal_basis) for hit in self.verdict.acting)

    def _findings(self) -> tuple[ValueNote, ...]:
        acting = self.verdict.acting
        found = dict.fromkeys(finding for hit in acting for finding in hit.findings)
        sure = {finding for hit in self._removing() for finding in hit.sure}
        return tuple(_note(f, f.type, self._token(f), sure=f in sure) for f in found)

    def _removing(self) -> tuple[RuleHit, ...]:
        """The hits that hide or delete."""
        return tuple(hit for hit in self.verdict.acting if hit.mode.reach > Mode.REVIEW.reach)

    def _concerns(self) -> tuple[ValueNote, ...]:
        said = dict.fromkeys(concern for hit in self.verdict.acting for concern in hit.concerns)
        return tuple(_note(c, c.concern, token="") for c in said)

    def _token(self, finding: Finding) -> str:
        return self.tokens.token(finding.type, self.texts[finding.field][finding.start : finding.end])

    def _identity(self, kind: str, *more: str) -> str:
        return identity(kind, self.event.source, self.event.id, *more)


def _note(found: Finding | ConcernFinding, kind: str, token: str, *, sure: bool = False) -> ValueNote:
    return ValueNote(
        type=kind,
        start=found.start,
        end=found.end,
        score=round(found.score, 3),
        rule=found.rule,
        field=found.field,
        token=token,
        sure=sure,
    )
