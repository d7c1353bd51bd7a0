"""The queue of attachments: durable, idempotent, and honest about what receipts may say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.media.queue import LONGEST_PAUSE, Expected, MediaQueue
from pipeline.errors import Stop
from pipeline.message import MediaNote, MediaState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=3)


def record(sha: str, *fields: str, item: str = "facebook:1") -> Expected:
    return Expected(sha, item, fields, b"receipt of " + sha.encode(), b"key")


def stored(field: str) -> MediaNote:
    return MediaNote(field=field, state=MediaState.STORED, object_key="media/k", sha256="f" * 64, size=3)


def pending(field: str, reason: str | None = None) -> MediaNote:
    return MediaNote(field=field, state=MediaState.PENDING, reason=reason)


def test_a_record_without_attachments_has_nothing_to_say(tmp_path: Path) -> None:
    with MediaQueue(tmp_path / "q") as queue:
        assert queue.expect([record("a")], NOW) == {}
        assert queue.ready(10) == []


def test_what_is_expected_is_due_at_once_and_only_once(tmp_path: Path) -> None:
    with MediaQueue(tmp_path / "q") as queue:
        both = ((pending("/media/0"), pending("/media/10")), 2)
        assert {"a": both} == queue.expect([record("a", "/media/10", "/media/0")], NOW)
        assert {"a": both} == queue.expect([record("a", "/media/10", "/media/0")], NOW)
        assert {"/media/0", "/media/10"} == {job.field for job in queue.claim(9, NOW, LATER)}
        assert queue.claim(9, NOW, LATER) == []
        assert len(queue.claim(9, LATER, LATER)) == 2
        assert (queue.open().count, queue.open().oldest) == (2, NOW)


def test_a_receipt_is_final_when_all_of_the_item_is_settled(tmp_path: Path) -> None:
    """An item's other versions count: deleting it takes their pictures too."""
    with MediaQueue(tmp_path / "q") as queue:
        queue.expect([record("a", "/media/0")], NOW)
        assert queue.expect([record("b"), record("c", item="facebook:2")], NOW) == {"b": ((), 1)}
        assert queue.ready(10) == []
        queue.settle([("a", stored("/media/0"))], NOW)
        assert {"a", "b"} == {each.sha for each in queue.ready(10)}
        assert {b"receipt of a", b"receipt of b"} == {each.receipt for each in queue.ready(10)}
        assert (stored("/media/0"),) == queue.notes("a")
        queue.told(["a"])
        assert [each.sha for each in queue.ready(10)] == ["b"]
        assert {"a": ((stored("/media/0"),), 0)} == queue.expect([record("a", "/media/0")], NOW)


def test_what_was_told_comes_again_after_a_crash_and_not_after_a_confirmation(tmp_path: Path) -> None:
    with MediaQueue(tmp_path / "q") as queue:
        queue.expect([record("a", "/media/0")], NOW)
        queue.settle([("a", stored("/media/0"))], NOW)
        assert [each.sha for each in queue.ready(10)] == ["a"]
    with MediaQueue(tmp_path / "q") as queue:
        assert [each.sha for each in queue.ready(10)] == ["a"]
        queue.told(["a"])
    with MediaQueue(tmp_path / "q") as queue:
        assert queue.ready(10) == []


def test_what_is_put_off_is_due_later_and_says_why(tmp_path: Path) -> None:
    with MediaQueue(tmp_path / "q") as queue:
        queue.expect([record("a", "/media/0")], NOW)
        [job] = queue.claim(1, NOW, LATER)
        queue.put_off(job, "timeout", NOW + timedelta(seconds=5))
        assert queue.claim(1, NOW, LATER) == []
        [again] = queue.claim(1, NOW + timedelta(seconds=5), LATER)
        assert (again.attempts, again.since) == (1, NOW)
        assert [(each.attempts, reason) for each, reason in queue.pending()] == [(1, "timeout")]


def test_nothing_waits_for_a_clock_that_was_ahead(tmp_path: Path) -> None:
    ahead = NOW + timedelta(hours=2)
    with MediaQueue(tmp_path / "q") as queue:
        queue.expect([record("a", "/media/0"), record("b", "/media/0")], NOW)
        [job, _] = queue.claim(2, ahead, ahead + timedelta(minutes=3))
        queue.put_off(job, "timeout", ahead + timedelta(seconds=5))
        assert {each.sha for each in queue.claim(2, NOW, NOW + LONGEST_PAUSE)} == {"a", "b"}
        assert queue.claim(2, NOW, NOW + LONGEST_PAUSE) == []


def test_what_was_given_up_can_be_asked_for_again(tmp_path: Path) -> None:
    with MediaQueue(tmp_path / "q") as queue:
        queue.expect([record("a", "/media/0", "/media/1")], NOW)
        queue.settle([("a", MediaNote(field="/media/0", state=MediaState.GIVEN_UP, reason="timeout"))], NOW)
        queue.settle([("a", stored("/media/1"))], NOW)
        assert queue.again(LATER) == 1
        assert [(j.field, j.attempts, j.since) for j in queue.claim(9, LATER, LATER)] == [("/media/0", 0, LATER)]


def test_what_was_stored_long_ago_is_forgotten_and_what_was_given_up_is_not(tmp_path: Path) -> None:
    with MediaQueue(tmp_path / "q") as queue:
        queue.expect([record("a", "/media/0", "/media/1", "/media/2")], NOW)
        queue.settle([("a", stored("/media/0"))], NOW)
        queue.settle([("a", MediaNote(field="/media/1", state=MediaState.GIVEN_UP, reason="x"))], NOW)
        queue.prune(NOW + timedelta(days=41))
        assert [note.field for note in queue.notes("a")] == ["/media/1", "/media/2"]


def test_a_file_that_is_no_queue_stops_us(tmp_path: Path) -> None:
    (tmp_path / "q").write_bytes(b"rubbish" * 1000)
    with pytest.raises(Stop, match="queue of attachments"), MediaQueue(tmp_path / "q"):
        pass
