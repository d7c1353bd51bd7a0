"""What an event is: its identity, its texts, its required fields, and that it never shows anybody's text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Undecodable
from pipeline.event import Author, Change, Event, Item, Link, Media, ObjectKind
from pipeline.ports import FieldText
from tests.events import SECRET, an_event, an_event_value
from topics import wire

WORD = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)


def without(field: str) -> dict[str, Any]:
    return {field: ...}


@pytest.mark.parametrize("field", ["specversion", "id", "source", "type", "time", "data"])
def test_an_envelope_field_is_required(field: str) -> None:
    with pytest.raises(Undecodable):
        wire.decode_event(an_event_value(event={field: ...}))


@pytest.mark.parametrize("field", ["platform", "account_id", "object_kind", "change", "object_id", "root_id"])
def test_an_identifying_field_is_required(field: str) -> None:
    with pytest.raises(Undecodable, match=r"^wrong or missing field at \$\.data$"):
        wire.decode_event(an_event_value(**without(field)))


@pytest.mark.parametrize("field", ["text", "created_at"])
def test_a_describing_field_is_optional(field: str) -> None:
    assert getattr(an_event(**without(field)).data, field) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"platform": "Face book"},
        {"object_id": ""},
        {"object_kind": "poem"},
        {"change": "vanished"},
        {"text": 7},
        {"media": {"url": "x"}},
        {"created_at": "2026-11-22T10:15:28"},
    ],
    ids=["platform", "empty id", "kind", "change", "text", "media", "time without zone"],
)
def test_a_wrong_value_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Undecodable):
        wire.decode_event(an_event_value(**wrong))


def test_unknown_fields_are_allowed() -> None:
    event = an_event(event={"recordedtime": "2026-11-22T10:15:31Z"}, mood="sunny")
    assert event == an_event()


def test_identity_is_source_and_id() -> None:
    """CloudEvents 1.0: the pair identifies an event, whatever else it says."""
    one = an_event()
    assert an_event(text="something else").identity == one.identity
    assert an_event(event={"id": "facebook:123_456:created:2"}).identity != one.identity
    assert an_event(event={"source": "/facebook/other"}).identity != one.identity


@given(WORD, WORD, WORD, WORD)
def test_different_pairs_have_different_identities(source: str, id_: str, other_source: str, other_id: str) -> None:
    one = an_event(event={"source": source, "id": id_})
    other = an_event(event={"source": other_source, "id": other_id})
    assert (one.identity == other.identity) == ((source, id_) == (other_source, other_id))


def test_times_fall_back_on_the_events_own() -> None:
    created, edited, told = (datetime(2026, 11, 22, 10, 15, second, tzinfo=UTC) for second in (28, 29, 30))
    event = an_event(edited_at="2026-11-22T10:15:29Z")
    assert (event.created_at, event.changed_at) == (created, edited)
    bare = an_event(created_at=...)
    assert (bare.created_at, bare.changed_at) == (told, told)


def test_every_textual_field_has_its_pointer() -> None:
    event = an_event(
        text="a",
        title="b",
        author={"id": "1", "display_name": "c", "role": "citizen"},
        media=[{"url": "u", "alt_text": "d"}, {"ocr_text": "e", "transcript": "f"}],
        urls=[{"shown": "g", "expanded": "h", "text": "i", "title": "j"}],
        links=[{"shown": "k"}, {"expanded": "l"}],
        hashtags=["m", "n"],
    )
    assert event.texts() == (
        FieldText("/text", "a"),
        FieldText("/title", "b"),
        FieldText("/author/display_name", "c"),
        FieldText("/media/0/alt_text", "d"),
        FieldText("/media/1/ocr_text", "e"),
        FieldText("/media/1/transcript", "f"),
        FieldText("/urls/0/shown", "g"),
        FieldText("/urls/0/expanded", "h"),
        FieldText("/urls/0/text", "i"),
        FieldText("/urls/0/title", "j"),
        FieldText("/links/0/shown", "k"),
        FieldText("/links/1/expanded", "l"),
        FieldText("/hashtags/0", "m"),
        FieldText("/hashtags/1", "n"),
    )


def test_empty_texts_are_left_out() -> None:
    assert an_event(text="", title=None, media=[{"alt_text": ""}]).texts() == ()


@pytest.mark.parametrize(
    "value",
    [
        an_event(
            text=SECRET,
            author={"display_name": SECRET},
            media=[{"alt_text": SECRET}],
            links=[{"shown": SECRET}],
            hashtags=[SECRET],
        ),
        Item("facebook", "a", ObjectKind.POST, Change.CREATED, "1", "1", text=SECRET),
        Author(id=SECRET, display_name=SECRET),
        Media(url=SECRET, ocr_text=SECRET),
        Link(shown=SECRET, expanded=SECRET),
        FieldText("/text", SECRET),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_repr_shows_a_text(value: Event | Item | Author | Media | Link | FieldText) -> None:
    assert SECRET not in f"{value!r} {value} {[value]}"
