"""Orders, receipts and withdrawals for tests; nothing in them is about anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.event import ObjectKind
from pipeline.message import (
    EndState,
    EventReference,
    Notice,
    Order,
    Receipt,
    RuleNote,
    Subject,
    ValueNote,
    Why,
    Withdrawal,
)
from pipeline.record import RawReference, content_hash, object_key

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When the tests' items are created."""


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def a_subject(
    item: str = "1", *, platform: str = "facebook", kind: ObjectKind = ObjectKind.COMMENT, own: bool = False
) -> Subject:
    return Subject(
        platform=platform,
        account_id="eslovskommun",
        department="kommunledning",
        object_kind=kind,
        object_id=item,
        root_id="root",
        is_own=own,
    )


def an_order(
    name: str = "order",
    *,
    item: str = "1",
    wanted: EndState = EndState.REMOVED,
    version: int = 1,
    deadline: float = 600,
    platform: str = "facebook",
    own: bool = False,
    kind: ObjectKind = ObjectKind.COMMENT,
    rule: str = "pii.personnummer",
    findings: tuple[ValueNote, ...] = (),
    notice: Notice = Notice.NONE,
) -> Order:
    """An order for one version of an item; version n was changed n seconds after T0."""
    sha256 = content_hash(f"{item} {version}".encode())
    return Order(
        order_id=name,
        issued_at=after(version),
        subject=a_subject(item, platform=platform, own=own, kind=kind),
        wanted=wanted,
        rules=(RuleNote(id=rule, mode="delete", legal_basis="OSL 21 kap."),),
        findings=findings,
        policy="policy",
        raw=RawReference("social.raw.v1", 0, version, sha256),
        event=EventReference("/test", f"{item}:{version}"),
        created_at=T0,
        changed_at=after(version),
        deadline=after(deadline),
        notice=notice,
    )


def a_value(token: str, *, sure: bool = True) -> ValueNote:
    """A finding as an order tells it; its token stands for the value."""
    return ValueNote(
        type="SE_PERSONNUMMER",
        start=0,
        end=11,
        score=0.98 if sure else 0.5,
        rule="personnummer.canonical",
        field="/text",
        token=token,
        sure=sure,
    )


def a_receipt(order: Order, *, at: float = 2) -> Receipt:
    return Receipt(object_key=object_key(order.raw.sha256), raw=order.raw, size=3, stored_at=after(at))


def a_withdrawal(
    item: str = "1", *, version: int = 2, why: Why = Why.EDITED_CLEAN, platform: str = "facebook"
) -> Withdrawal:
    return Withdrawal(
        withdrawal_id=f"{item}:{version}",
        issued_at=after(version),
        subject=a_subject(item, platform=platform),
        why=why,
        policy="policy",
        raw=RawReference("social.raw.v1", 0, version, content_hash(f"{item} {version}".encode())),
        event=EventReference("/test", f"{item}:{version}"),
        changed_at=after(version),
    )
