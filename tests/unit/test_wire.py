"""Every message survives the way to bytes and back, and nothing that arrives can crash a reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.errors import DeadLetter, Undecodable, UnknownVersion
from pipeline.event import Event
from pipeline.message import Message
from pipeline.record import content_hash, object_key
from tests.goldens import DECODERS, GOLDENS, decode, schema_of
from topics import wire

OURS = [name for name in GOLDENS if schema_of(name) != "raw-event.v1"]
RAW = [name for name in GOLDENS if schema_of(name) == "raw-event.v1"]
READERS = sorted(set(DECODERS.values()), key=lambda reader: reader.__name__)


@pytest.mark.parametrize("name", OURS)
def test_a_golden_message_is_written_as_it_was_read(name: str) -> None:
    """The golden shows every field, so that what is written is what is shown, order and blanks aside."""
    assert json.loads(wire.encode(decode(name))) == json.loads(GOLDENS[name])


@pytest.mark.parametrize("name", OURS)
def test_the_same_message_gives_the_same_bytes(name: str) -> None:
    message = decode(name)
    again: Any = DECODERS[schema_of(name)](wire.encode(message))
    assert (again, wire.encode(again)) == (message, wire.encode(message))


@pytest.mark.parametrize(
    ("name", "pointers"),
    [
        ("comment-created", ["/text", "/author/display_name"]),
        ("comment-deleted", []),
        ("least", []),
        (
            "post-with-media",
            [
                "/text",
                "/title",
                "/author/display_name",
                "/media/0/alt_text",
                "/media/0/ocr_text",
                "/media/1/transcript",
                "/urls/0/shown",
                "/urls/0/expanded",
                "/links/0/expanded",
                "/links/0/text",
                "/links/0/title",
                "/hashtags/0",
            ],
        ),
        ("unregistered-account", ["/text"]),
    ],
)
def test_every_text_of_a_golden_event_is_given_to_detection(name: str, pointers: list[str]) -> None:
    event: Event = decode(f"raw-event.v1.{name}")
    assert [field.pointer for field in event.texts()] == pointers


@pytest.mark.parametrize("name", [name for name in OURS if not name.startswith(("dead-letter", "fingerprint"))])
def test_goldens_refer_to_golden_events(name: str) -> None:
    """Hash and identity in a message are those of a golden raw event, so that the goldens tell one true story."""
    message = decode(name)
    hashes = {content_hash(GOLDENS[raw]): decode(raw) for raw in RAW} | {content_hash(None): None}
    event = hashes[message.raw.sha256]
    if hasattr(message, "event"):
        assert (message.event.source, message.event.id) == (event.source, event.id)
    if getattr(message, "object_key", None):
        assert message.object_key == object_key(message.raw.sha256)


@pytest.mark.parametrize("name", GOLDENS)
def test_fields_of_tomorrow_are_passed_over(name: str) -> None:
    """A new optional field is no new version: an old reader reads the rest."""
    more = {**json.loads(GOLDENS[name]), "added_later": {"x": [1]}}
    assert DECODERS[schema_of(name)](json.dumps(more).encode()) == decode(name)


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("version", [0, 2, 999, -1])
def test_an_unknown_version_is_told_apart(name: str, version: int) -> None:
    body = {**json.loads(GOLDENS[name]), "version": version}
    with pytest.raises(UnknownVersion):
        DECODERS[schema_of(name)](json.dumps(body).encode())


@pytest.mark.parametrize("schema", [s for s in DECODERS if s != "raw-event.v1"])
def test_an_unknown_version_is_told_apart_though_all_else_is_new(schema: str) -> None:
    with pytest.raises(UnknownVersion):
        DECODERS[schema](b'{"version": 2, "quite": "different"}')


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "2.0"},
        {"type": "se.social.comment.created.v2"},
        {"type": "se.social.comment.created.v2", "data": {"shape": "unknown"}},
        {"specversion": "2.0", "data": None},
        {"type": "se.social.comment.created.v01"},
    ],
    ids=["specversion", "type", "type and data", "specversion and data", "leading zero"],
)
def test_an_event_of_an_unknown_version_is_told_apart(changes: dict[str, Any]) -> None:
    body = {**json.loads(GOLDENS["raw-event.v1.comment-created"]), **changes}
    with pytest.raises(UnknownVersion):
        wire.decode_event(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "no value"),
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"\xe5": 1}', "wrong or missing field at $"),
        (b'{"a": ' + b"[" * 100_000, "not JSON"),
        (b"null", "wrong or missing field at $"),
        (b"{}", "wrong or missing field at $"),
    ],
    ids=["null", "empty", "UTF-16", "Latin-1", "deep", "JSON null", "no field"],
)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_rubbish_is_undecodable(reader: Callable[[bytes | None], object], value: bytes | None, reason: str) -> None:
    with pytest.raises(Undecodable) as caught:
        reader(value)
    assert caught.value.reason.partition(".")[0] == reason


def test_a_type_without_version_is_undecodable() -> None:
    body = {**json.loads(GOLDENS["raw-event.v1.least"]), "type": "se.social.comment.created"}
    with pytest.raises(Undecodable, match=r"^wrong value at [$]\.type$"):
        wire.decode_event(json.dumps(body).encode())


def test_an_error_names_the_field_and_never_its_content() -> None:
    """What is wrong could be what a person wrote (invariant 4)."""
    body = json.loads(GOLDENS["raw-event.v1.comment-created"])
    body["data"]["text"] = {"hemligt": "871220-2384"}
    with pytest.raises(Undecodable) as caught:
        wire.decode_event(json.dumps(body).encode())
    assert str(caught.value) == "wrong or missing field at $.data.text"
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


@given(value=st.binary(max_size=200) | _JSON.map(lambda tree: json.dumps(tree).encode()))
@example(value=b'{"version": 1e400}')
@example(value=b'{"specversion": "1.0", "type": "a.v' + b"9" * 5000 + b'"}')
@example(value=b'{"version": 123456789012345678901234567890}')
def test_whatever_arrives_is_read_or_a_dead_letter(value: bytes) -> None:
    for reader in READERS:
        _read_or_dead_letter(reader, value)


@given(data=st.data(), name=st.sampled_from(sorted(GOLDENS)))
def test_a_damaged_message_is_read_or_a_dead_letter(data: st.DataObject, name: str) -> None:
    """Near misses reach deeper than noise: a golden with some fields replaced, and then with bytes cut or flipped."""
    body = json.loads(GOLDENS[name])
    target = body["data"] if "data" in body and data.draw(st.booleans()) else body
    target |= data.draw(st.dictionaries(st.sampled_from(sorted(target)), _JSON, max_size=3))
    value = bytearray(json.dumps(body, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "surrogatepass"))
    if data.draw(st.booleans()):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    for reader in READERS:
        _read_or_dead_letter(reader, bytes(value[: data.draw(st.integers(0, len(value)))]))
        _read_or_dead_letter(reader, bytes(value))


def _read_or_dead_letter(reader: Callable[[bytes | None], object], value: bytes) -> None:
    try:
        message = reader(value)
    except DeadLetter:
        return
    # What was read can be worked with: no property of it raises.
    if isinstance(message, Event):
        assert len(message.identity) == 64
        assert message.created_at.tzinfo
        assert message.changed_at.tzinfo
        assert all(field.text for field in message.texts())
    else:
        assert json.loads(wire.encode(cast(Message, message)))


def test_a_receipt_from_before_attachments_were_fetched_is_read_as_one_without_any() -> None:
    """Archive and takedown are not replaced in the same instant, and the topic keeps what an older release wrote."""
    body = json.loads(GOLDENS["receipt.v1.comment-created"])
    del body["media"], body["media_pending"]
    assert wire.decode_receipt(json.dumps(body).encode()) == decode("receipt.v1.comment-created")
