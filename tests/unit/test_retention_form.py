"""The object of a record: readable without us, and every change of it is seen."""

import hashlib
from datetime import UTC, datetime

import pytest

from agents.retention import form
from agents.retention.store import Damaged, Raw
from pipeline.record import Coordinates

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
RAW = Raw(Coordinates("social.raw.v1", 3, 17), 1_700_000_000_000, b"facebook:1", b'{"a":\n1}', (("trace", b"\xff"),))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(RAW, id="ordinary"),
        pytest.param(Raw(RAW.at, 0, None, None), id="null"),
        pytest.param(Raw(RAW.at, 0, b"", b""), id="empty"),
        pytest.param(Raw(RAW.at, 0, b"k", b"\n\n\x00\xff"), id="bytes that look like lines"),
    ],
)
def test_what_is_written_is_read_back(raw: Raw) -> None:
    kept = form.read(raw.object_key, form.write_record(raw, AT))
    assert (raw, AT, raw.sha256) == (kept.raw, kept.archived_at, kept.sha256)


def test_all_after_the_first_line_hashes_to_the_name() -> None:
    """What an archivist does with `tail` and `sha256sum`."""
    body = form.write_record(RAW, AT).split(b"\n", 1)[1]
    assert RAW.object_key.rsplit("/", 1)[-1] == hashlib.sha256(body).hexdigest()


def test_every_flipped_byte_of_the_body_is_damage() -> None:
    content = form.write_record(RAW, AT)
    start = content.index(b"\n") + 1
    for place in range(start, len(content)):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(Damaged):
            form.read(RAW.object_key, changed)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty file"),
        pytest.param(b"{}\nx", id="another JSON"),
        pytest.param(b"\xff\xfe\n", id="not text"),
        pytest.param(form.write_record(RAW, AT)[:-1], id="cut short"),
        pytest.param(form.write_record(RAW, AT).split(b"\n")[0], id="cut in the first line"),
        pytest.param(form.write_record(RAW, AT).replace(b'"is_null":false', b'"is_null":true'), id="null with bytes"),
        pytest.param(form.write_addendum(RAW, AT), id="an addendum in a record's place"),
    ],
)
def test_damage_is_named(content: bytes) -> None:
    with pytest.raises(Damaged, match=RAW.object_key):
        form.read(RAW.object_key, content)


def test_an_addendum_is_told_by_its_name_and_holds_no_body() -> None:
    key = form.addendum_key(RAW)
    kept = form.read(key, form.write_addendum(RAW, AT))
    assert (True, RAW.key, RAW.headers) == (form.is_addendum(key), kept.raw.key, kept.raw.headers)
    with pytest.raises(Damaged):
        form.read(key, form.write_addendum(RAW, AT) + b"more")
    with pytest.raises(Damaged):
        form.read(RAW.object_key + "0.1234", form.write_addendum(RAW, AT))


def test_no_text_in_repr() -> None:
    assert "facebook:1" not in repr(RAW)
    assert '"a"' not in repr(form.read(RAW.object_key, form.write_record(RAW, AT)))
