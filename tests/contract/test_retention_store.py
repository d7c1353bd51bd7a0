"""What every retention store must do; run on each store we have."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.retention import form, place
from agents.retention.attachment import Attachment
from agents.retention.bucket import Lock, LockMode
from agents.retention.records import RecordStore
from agents.retention.s3 import S3Objects
from agents.retention.seal import Open
from agents.retention.store import Missing, Raw, Store
from agents.retention.wrap import add_key
from pipeline.record import Coordinates, content_hash, object_key
from tests.seaweed import Seaweed

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_raw(n: int, *, key: bytes | None = b"facebook:1", value: bytes | None = b"v", offset: int | None = None) -> Raw:
    body = None if value is None else value + str(n).encode()
    return Raw(Coordinates("social.raw.v1", 0, n if offset is None else offset), 1000 + n, key, body, (("h", b"1"),))


@pytest.fixture(params=["plain", "sealed", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecordStore]:
    where = place.Place(tmp_path / "store")
    if request.param == "s3":
        server: Seaweed = request.getfixturevalue("s3_server")
        lock = Lock(LockMode.COMPLIANCE, timedelta(days=1))
        with S3Objects(server.writer, server.new_bucket(), lock, lambda: datetime.now(UTC)) as objects:
            yield where.store(objects, Open(), lambda: AT, None)
        return
    if request.param == "sealed":
        add_key(tmp_path / "key", AT.date())
        where = place.Place(tmp_path / "store", tmp_path / "keys.sqlite3", tmp_path / "key", b"t" * 32)
    with place.opened(where, lambda: AT) as opened:
        yield opened


def test_records_can_be_read_back(store: Store) -> None:
    raws = [a_raw(n) for n in range(20)]
    stored = store.put_many(raws)
    assert [(raw.object_key, raw.sha256, len(raw.value or b""), True) for raw in raws] == [
        (each.object_key, each.sha256, each.size, each.new) for each in stored
    ]
    assert raws == [store.read(each.object_key).raw for each in stored]
    assert sorted(raw.object_key for raw in raws) == list(store.object_keys())


def test_the_same_record_again_gets_the_same_answer(store: Store) -> None:
    first = store.put_many([a_raw(1)])[0]
    again = store.put_many([a_raw(1)])[0]
    assert (first.object_key, first.sha256, first.size, False) == (
        again.object_key,
        again.sha256,
        again.size,
        again.new,
    )


def test_the_same_bytes_at_other_coordinates_are_one_record(store: Store) -> None:
    store.put_many([a_raw(1, offset=1)])
    store.put_many([a_raw(1, offset=2), a_raw(1, offset=3)])
    assert [a_raw(1).object_key] == list(store.object_keys())
    assert Coordinates("social.raw.v1", 0, 1) == store.read(a_raw(1).object_key).raw.at


def test_a_batch_may_hold_the_same_record_twice(store: Store) -> None:
    stored = store.put_many([a_raw(1, offset=7), a_raw(1, offset=8)])
    assert [each.new for each in stored] == [True, False]
    assert Coordinates("social.raw.v1", 0, 7) == store.read(stored[0].object_key).raw.at


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
def test_the_same_bytes_with_another_key_lose_nothing(store: Store, *, together: bool) -> None:
    one, other = a_raw(1, key=b"facebook:1"), a_raw(1, key=b"facebook:2")
    for batch in [[one, other]] if together else [[one], [other], [other]]:
        store.put_many(batch)
    keys = list(store.object_keys())
    assert [one.object_key, form.addendum_key(other)] == keys
    assert {b"facebook:1", b"facebook:2"} == {store.read(key).raw.key for key in keys}


def test_null_and_empty_are_told_apart(store: Store) -> None:
    null, empty = (Raw(Coordinates("t", 0, n), 0, b"k", value) for n, value in enumerate((None, b"")))
    assert store.put_many([null])[0].object_key == store.put_many([empty])[0].object_key
    assert [store.read(key).raw.value if key == null.object_key else b"" for key in store.object_keys()] == [None, b""]
    assert len(list(store.object_keys())) == 2


def test_a_large_record_passes(store: Store) -> None:
    raw = Raw(Coordinates("t", 0, 0), 0, None, b"\n" * (20 << 20))
    stored = store.put_many([raw])[0]
    assert raw.value == store.read(stored.object_key).raw.value


def test_what_a_record_attaches_stands_beside_it(store: RecordStore) -> None:
    record = a_raw(1)
    store.put_many([record, a_raw(2)])
    had = Attachment.fetched(record.sha256, "/media/0", AT, b"a picture\n", "image/png")
    gone = Attachment(record.sha256, "/media/1", AT, missing="status-410")
    for _ in range(2):
        assert (had.object_key, gone.object_key) == store.attach([had, gone])
    assert (had, gone) == store.attachments(record.object_key)
    assert store.attachments(a_raw(2).object_key) == ()
    assert sorted([had.object_key, gone.object_key]) == list(store.attachment_keys())
    assert sorted([record.object_key, a_raw(2).object_key]) == list(store.object_keys())


def test_what_could_be_had_in_the_end_takes_the_place_of_the_word_that_it_could_not(store: RecordStore) -> None:
    record = a_raw(1)
    store.put_many([record])
    store.attach([Attachment(record.sha256, "/media/0", AT, missing="timeout")])
    had = Attachment.fetched(record.sha256, "/media/0", AT, b"a picture", None)
    store.attach([had])
    assert (had,) == store.attachments(record.object_key)


def test_what_was_never_stored_is_missing(store: Store) -> None:
    with pytest.raises(Missing):
        store.read(object_key(content_hash(b"never")))


def test_nothing_to_store_is_nothing(store: Store) -> None:
    assert store.put_many([]) == ()
