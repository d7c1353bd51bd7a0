"""What becomes of one raw event: decode, detect, decide, route. No Kafka, no I/O, safe to run in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from agents.stream import Record
from pipeline.decide import Verdict, decide
from pipeline.detect.finding import Analysis
from pipeline.errors import DeadLetter
from pipeline.event import Change, Event
from pipeline.message import DeadLetterNote, ReviewItem
from pipeline.policy import UNREGISTERED, Account, Mode, Policy
from pipeline.ports import Detector, FieldText
from pipeline.record import RawReference, content_hash
from pipeline.repost import Guard, Recall, unknown
from pipeline.route import State, flags, route
from pipeline.token import Tokeniser
from topics import catalog, outgoing, wire
from topics.outgoing import Outgoing

NOTHING = Analysis()
NOBODY = "unknown"
"""The account of an event that cannot be decoded."""


class Judgement(msgspec.Struct, frozen=True):
    """The one state an event ends in, what must be published before that is true, and what is to be counted then.

    `check` says that nothing happened but that somebody looked.
    """

    state: State
    account: str
    outgoing: tuple[Outgoing, ...] = ()
    created_at: datetime | None = None
    analysis: Analysis = NOTHING
    verdict: Verdict | None = None
    department: str = UNREGISTERED
    error: str | None = None
    check: bool = False


class Judge:
    """Judges raw events by one policy, one register of accounts and one detector; `recall` knows removed values."""

    def __init__(
        self,
        detector: Detector,
        policy: Policy,
        accounts: Mapping[tuple[str, str], Account],
        tokens: Tokeniser,
        recall: Recall = unknown,
    ) -> None:
        self._detector = detector
        self._policy = policy
        self._accounts = accounts
        self._tokens = tokens
        self._guard = Guard(tokens, recall)
        self._deadline = timedelta(minutes=policy.deadlines.removal_minutes)

    def judge(self, record: Record, now: datetime) -> Judgement:
        """Judge one event; whatever it holds ends in one of the four states and nothing is raised for it."""
        try:
            event = wire.decode_event(record.value)
        except DeadLetter as error:
            return _dead(record, error, now)
        account = self._accounts.get((event.data.platform, event.data.account_id))
        label = account.label if account else UNREGISTERED
        if event.data.is_check:
            return Judgement(State.PASSED, label, check=True)
        texts = event.texts()
        analysis = self._guard.recognise(self._analyse(texts), texts, now)
        reasons = flags(event, account)
        if not reasons and analysis == NOTHING and event.data.change not in _WITHDRAWING:
            return Judgement(State.PASSED, label, created_at=event.appeared_at)
        department = account.department if account else UNREGISTERED
        verdict = decide(analysis, self._policy, department, limit=self._limit(event), flags=reasons)
        raw = RawReference(record.topic, record.partition, record.offset, content_hash(record.value))
        routed = route(
            event, verdict, account=account, raw=raw, tokens=self._tokens, texts=texts, now=now, deadline=self._deadline
        )
        messages = tuple(
            outgoing.review(message) if isinstance(message, ReviewItem) else outgoing.order(message)
            for message in routed.messages
        )
        return Judgement(routed.state, label, messages, event.appeared_at, analysis, verdict, department)

    def _analyse(self, texts: tuple[FieldText, ...]) -> Analysis:
        try:
            return self._detector.detect(texts)
        except Exception as error:  # noqa: BLE001 - detection fails closed (invariant 5): not analysed, so people look
            return Analysis(gaps=(type(error).__name__,))

    def _limit(self, event: Event) -> Mode:
        return self._policy.limits.get(event.data.object_kind, Mode.DELETE)


_WITHDRAWING = frozenset({Change.EDITED, Change.DELETED})


def _dead(record: Record, error: DeadLetter, now: datetime) -> Judgement:
    note = DeadLetterNote(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        stage="decode",
        error=type(error).__name__,
        reason=error.reason,
        group=catalog.SCREEN_GROUP,
        at=now,
    )
    return Judgement(State.DEAD_LETTER, NOBODY, (outgoing.dead_letter(note),), error=note.error)
