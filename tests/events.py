"""Raw events, findings and policies for tests; the people and numbers in them are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pipeline.detect.finding import Analysis, Entity, Finding
from pipeline.event import Event
from pipeline.policy import Account, Mode, Policy, Rule
from tests.fakes import FakeRecord
from topics import catalog, wire

NOW = datetime(2026, 11, 22, 10, 16, tzinfo=UTC)
"""When the tests judge what was created half a minute before."""

SECRET = "19871220-2384"
TEXT = f"Hen heter Alva Testsson och har {SECRET}"
ACCOUNT = Account(id="eslovskommun", platform="facebook", department="school", owner="Kommunikation")
CHECK: dict[str, Any] = {"object_kind": "account", "change": "checked", "text": ...}
"""What makes of an event the word of a connector that it found nothing new."""
VALUE = Finding(Entity.SE_PERSONNUMMER, TEXT.index(SECRET), len(TEXT), 0.95, "personnummer")
FOUND = Analysis(findings=(VALUE,))


def an_event_value(*, event: dict[str, Any] | None = None, **data: Any) -> bytes:
    """A raw event as JSON; a field set to `...` is left out."""
    item = {
        "platform": "facebook",
        "account_id": "eslovskommun",
        "object_kind": "comment",
        "change": "created",
        "object_id": "123_456",
        "root_id": "123",
        "text": TEXT,
        "created_at": "2026-11-22T10:15:28Z",
    } | data
    envelope = {
        "specversion": "1.0",
        "id": "facebook:123_456:created:1",
        "source": "/facebook/eslovskommun",
        "type": "se.social.comment.created.v1",
        "time": "2026-11-22T10:15:30Z",
        "data": {name: value for name, value in item.items() if value is not ...},
    } | (event or {})
    return json.dumps({name: value for name, value in envelope.items() if value is not ...}).encode()


def an_event(*, event: dict[str, Any] | None = None, **data: Any) -> Event:
    """The same, decoded."""
    return wire.decode_event(an_event_value(event=event, **data))


def a_record(value: bytes | None, *, offset: int = 0, partition: int = 0) -> FakeRecord:
    """A raw event as the Kafka client hands it over."""
    headers = (("traceparent", b"00-1"), ("traceparent", b"00-2"))
    return FakeRecord(catalog.RAW, partition, offset, value, b"facebook:123", 1_795_342_530_000, headers)


def a_rule(mode: Mode = Mode.DELETE, **fields: Any) -> Rule:
    """A rule about identity numbers."""
    return Rule(
        **{"id": "identity-number", "legal_basis": "OSL", "mode": mode, "entities": (Entity.SE_PERSONNUMMER,)} | fields
    )


def a_policy(*rules: Rule, **fields: Any) -> Policy:
    """A policy with these rules, or with one that deletes identity numbers."""
    return Policy(rule=rules or (a_rule(),), version="policy-version", **fields)
