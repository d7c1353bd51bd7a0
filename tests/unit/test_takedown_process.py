"""The takedown process on a real journal with a fake platform: what it does, tells and remembers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from agents.metrics import Step
from agents.takedown import people
from agents.takedown.brake import Caps
from agents.takedown.journal import Journal
from pipeline.errors import RetryLater, Stop, Undecodable
from pipeline.message import EndState, Notice, NoticeState, Result, Why
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply
from tests.fake_platform import FakePlatform
from tests.fakes import FakeRecord
from tests.orders import a_receipt, a_value, a_withdrawal, after, an_order
from tests.takedown_world import LEASE, World
from topics import catalog

HIDE, UNHIDE, DELETE, READ = Action.HIDE, Action.UNHIDE, Action.DELETE, Action.READ
MakeWorld = Callable[..., World]


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[MakeWorld]:
    worlds: list[World] = []

    def make(platform: FakePlatform, caps: Caps | None = None) -> World:
        worlds.append(World(tmp_path / "journal.sqlite", platform, caps))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(make_world: MakeWorld, platform: FakePlatform) -> World:
    return make_world(platform)


def test_it_hides_at_once_and_deletes_when_the_receipt_comes(world: World, platform: FakePlatform) -> None:
    order = an_order()
    world.tell(order)
    world.settle(5)
    assert platform.effects == [(HIDE, "1")]
    assert world.outcomes() == {}
    world.tell(a_receipt(order))
    world.settle(5)
    assert platform.effects == [(HIDE, "1"), (DELETE, "1")]
    assert world.outcomes() == {"order": [(Result.REMOVED, True)]}
    outcome = world.outcome("order", Result.REMOVED)
    assert outcome.object_key == a_receipt(order).object_key
    assert outcome.hidden_at is not None
    assert outcome.removed_at is not None
    assert outcome.attempts == 2


def test_nothing_is_deleted_while_attachments_are_being_fetched(world: World, platform: FakePlatform) -> None:
    """The text is safe, the pictures are not yet: the item is hidden, and the last receipt lets it go (invariant 3)."""
    order = an_order()
    pending = msgspec.structs.replace(a_receipt(order), media_pending=2)
    world.tell(order, pending)
    world.settle(5)
    assert platform.effects == [(HIDE, "1")]
    world.tell(a_receipt(order), pending)
    world.settle(5)
    assert platform.effects == [(HIDE, "1"), (DELETE, "1")]


def test_a_call_that_has_come_back_makes_room_at_once(world: World, platform: FakePlatform) -> None:
    """The next calls are not kept waiting for a turn that only notes the last ones."""
    orders = [an_order(f"order {i}", item=str(i), wanted=EndState.HIDDEN) for i in range(20)]
    world.tell(*orders)
    world.turn()
    at_once = len(platform.calls)
    world.turn()
    assert 0 < at_once < len(orders) / 2
    assert len(platform.calls) == 2 * at_once


def test_it_is_eager_while_something_moves(world: World) -> None:
    world.turn()
    told = [world.takedown.eager]
    world.tell(an_order(wanted=EndState.HIDDEN))
    world.turn()
    told.append(world.takedown.eager)
    with pytest.raises(RetryLater), world.journal.transaction():  # there can be no two at once
        world.turn()
    assert [*told, world.takedown.eager] == [False, True, False]


def test_a_receipt_that_came_first_is_remembered(world: World, platform: FakePlatform) -> None:
    order = an_order()
    world.tell(a_receipt(order))
    world.tell(order)
    world.settle(5)
    assert platform.effects == [(DELETE, "1")]
    assert world.outcomes() == {"order": [(Result.REMOVED, True)]}


def test_an_order_told_again_is_carried_out_once(world: World, platform: FakePlatform) -> None:
    order = an_order()
    world.tell(order, order, a_receipt(order), a_receipt(order))
    world.settle(5)
    world.tell(order, a_receipt(order))
    world.crash()
    world.tell(order, a_receipt(order))
    world.settle(5)
    assert platform.calls == [(DELETE, "1"), (READ, "1")]
    assert world.outcomes() == {"order": [(Result.REMOVED, True)]}


def test_a_crash_after_the_call_does_not_repeat_it(world: World, platform: FakePlatform) -> None:
    order = an_order()
    world.tell(order, a_receipt(order))
    world.turn()
    assert platform.effects == [(DELETE, "1")]
    world.crash()
    world.settle(5)
    assert platform.calls == [(DELETE, "1"), (READ, "1")]
    assert world.outcomes() == {"order": [(Result.REMOVED, True)]}


def test_outcomes_that_were_not_confirmed_are_told_again(world: World) -> None:
    order = an_order(wanted=EndState.HIDDEN)
    world.tell(order)
    for _ in range(3):
        told = world.turn()
    assert len(told) == 1
    world.crash()
    assert world.turn() == told, "the same bytes"
    assert world.turn() == (), "confirmed by the next turn"
    world.crash()
    world.settle(3)
    assert len(world.sent) == 2


def test_a_withdrawal_before_a_stale_order_counts(world: World, platform: FakePlatform) -> None:
    world.tell(a_withdrawal(version=2))
    world.tell(an_order(version=1))
    world.settle(5)
    assert platform.calls == []
    assert world.outcomes() == {"order": [(Result.WITHDRAWN, False)]}


def test_an_order_for_a_later_version_stands(world: World, platform: FakePlatform) -> None:
    world.tell(a_withdrawal(version=2))
    world.tell(an_order(version=3, wanted=EndState.HIDDEN))
    world.settle(5)
    assert world.outcomes() == {"order": [(Result.HIDDEN, True)]}
    assert platform.items == {"1": Presence.HIDDEN}


def test_a_hidden_item_that_is_edited_clean_is_shown_again(world: World, platform: FakePlatform) -> None:
    world.tell(an_order(wanted=EndState.HIDDEN))
    world.settle(5)
    world.tell(a_withdrawal(version=2))
    world.settle(5)
    assert platform.effects == [(HIDE, "1"), (UNHIDE, "1")]
    assert world.outcomes() == {"order": [(Result.HIDDEN, True), (Result.WITHDRAWN, True)]}


def test_a_clean_edit_between_two_bad_ones_shows_nothing(world: World, platform: FakePlatform) -> None:
    """The order of version 1 is withdrawn by version 2, but version 3 must stay hidden, in whatever order they come."""
    world.tell(an_order("first", wanted=EndState.HIDDEN))
    world.settle(5)
    world.tell(an_order("third", version=3, wanted=EndState.HIDDEN))
    world.tell(a_withdrawal(version=2))
    world.settle(10)
    assert platform.items == {"1": Presence.HIDDEN}
    assert (UNHIDE, "1") not in platform.effects


def test_deleted_by_its_author(world: World, platform: FakePlatform) -> None:
    order = an_order()
    world.tell(order)
    world.settle(5)
    platform.delete_as_author("1")
    world.tell(a_withdrawal(version=2, why=Why.DELETED_BY_AUTHOR))
    world.settle(5)
    assert platform.effects == [(HIDE, "1")]
    assert world.outcomes() == {"order": [(Result.GONE_BEFORE_US, True)]}


def test_two_versions_are_both_preserved_before_the_item_goes(world: World, platform: FakePlatform) -> None:
    first, second = an_order("first"), an_order("second", version=2)
    world.tell(first, second, a_receipt(first))
    world.settle(10)
    assert (DELETE, "1") not in platform.calls
    world.tell(a_receipt(second))
    world.settle(10)
    assert platform.effects == [(HIDE, "1"), (DELETE, "1")]
    assert {name: told[-1] for name, told in world.outcomes().items()} == {
        "first": (Result.REMOVED, True),
        "second": (Result.ALREADY_GONE, True),
    }


def test_overdue_is_told_once_and_the_order_still_carried_out(world: World, platform: FakePlatform) -> None:
    order = an_order(deadline=30)
    world.tell(order)
    world.settle(60)
    assert world.outcomes() == {"order": [(Result.OVERDUE, False)]}
    assert (DELETE, "1") not in platform.calls
    world.tell(a_receipt(order))
    world.settle(10)
    assert world.outcomes() == {"order": [(Result.OVERDUE, False), (Result.REMOVED, True)]}
    assert world.metrics.ended == {Result.OVERDUE: 1, Result.REMOVED: 1}


def test_the_brake_hides_holds_and_tells_people(world_of_two: World, platform: FakePlatform) -> None:
    world = world_of_two
    all_orders = [an_order(f"o{i}", item=str(i)) for i in range(4)]
    for order in all_orders:
        world.tell(order, a_receipt(order))
    world.settle(10)
    removed = {name for name, told in world.outcomes().items() if told == [(Result.REMOVED, True)]}
    held = {name for name, told in world.outcomes().items() if told == [(Result.HELD, False)]}
    assert (len(removed), len(held)) == (2, 2)
    assert sorted(platform.items.values()) == [Presence.GONE] * 2 + [Presence.HIDDEN] * 2
    assert {(review.review_id, review.flags) for review in world.reviews()} == {
        (f"{name}:brake", ("brake",)) for name in held
    }


@pytest.fixture
def world_of_two(make_world: MakeWorld, platform: FakePlatform) -> World:
    """A world where an account may have two removals an hour."""
    return make_world(platform, Caps(per_account=2, per_rule=100))


def test_the_brake_survives_a_crash_and_people_release_it(world_of_two: World, platform: FakePlatform) -> None:
    world = world_of_two
    for i in range(2):
        world.tell(an_order(f"o{i}", item=str(i)), a_receipt(an_order(item=str(i))))
    world.settle(5)
    world.crash()
    third = an_order("o2", item="2")
    world.tell(third, a_receipt(third))
    world.settle(5)
    assert world.outcomes()["o2"] == [(Result.HELD, False)]
    with world.journal.transaction() as db:
        assert people.let_go_on(db, "o2") is True
        assert people.let_go_on(db, "o1") is False, "it is not held"
    world.settle(5)
    assert world.outcomes()["o2"] == [(Result.HELD, False), (Result.REMOVED, True)]
    assert platform.items["2"] is Presence.GONE


def test_the_brake_counts_by_rule_and_lets_the_next_hour_through(make_world: MakeWorld, platform: FakePlatform) -> None:
    world = make_world(platform, Caps(per_account=100, per_rule=1))
    made = [an_order("o0", item="0", rule="a"), an_order("o1", item="1", rule="a"), an_order("o2", item="2", rule="b")]
    for order in made:
        world.tell(order, a_receipt(order))
    world.settle(5)
    results = sorted(told[0][0] for told in world.outcomes().values())
    assert results == [Result.HELD, Result.REMOVED, Result.REMOVED]
    world.at += 3600
    late = an_order("late", item="9", rule="a", deadline=10_000)
    world.tell(late, a_receipt(late))
    world.settle(5)
    assert world.outcomes()["late"] == [(Result.REMOVED, True)]


def test_removals_that_failed_are_not_counted(make_world: MakeWorld, platform: FakePlatform) -> None:
    world = make_world(platform, Caps(per_account=1, per_rule=1))
    platform.plan("0", [Reply(Answer.NOT_PERMITTED)])
    for i in range(2):
        order = an_order(f"o{i}", item=str(i))
        world.tell(order, a_receipt(order))
        world.settle(5)
    assert world.outcomes()["o1"] == [(Result.REMOVED, True)]


def test_a_pause_the_platform_asks_for_parks_the_whole_account(world: World, platform: FakePlatform) -> None:
    platform.plan("0", [Reply(Answer.RETRY_AT, retry_at=after(100))])
    world.tell(an_order("o0", item="0", wanted=EndState.HIDDEN))
    world.turn()
    world.turn()
    world.tell(an_order("o1", item="1", wanted=EndState.HIDDEN))
    world.crash()
    world.settle(20)
    assert platform.calls == [(HIDE, "0")]
    world.at = 100
    world.settle(5)
    assert world.outcomes() == {"o0": [(Result.HIDDEN, True)], "o1": [(Result.HIDDEN, True)]}


@pytest.mark.parametrize("killed", ["never", "before", "after"])
@pytest.mark.parametrize(
    "replies",
    [[Reply(Answer.RETRY_AT, retry_at=after(7300))], [Reply(Answer.AMBIGUOUS)] * 3],
    ids=["the platform asks for a pause", "nobody knows"],
)
def test_nothing_waits_for_a_clock_that_was_ahead(
    world: World, platform: FakePlatform, replies: list[Reply], killed: str
) -> None:
    """A clock that was two hours ahead for a while holds nothing up for two hours when it has been set right.

    Nor does it when the process is killed before or after.
    """
    platform.plan("0", replies)
    world.at = 7200
    world.tell(an_order("o0", item="0", wanted=EndState.HIDDEN))
    world.settle(4)
    world.tell(an_order("o1", item="1", wanted=EndState.HIDDEN))
    world.settle(2)
    if killed == "before":
        world.crash_and_inherit()
    world.at = 10
    if killed == "after":
        world.crash_and_inherit()
    world.settle(60)
    ends = {order: told[-1] for order, told in world.outcomes().items()}
    assert ends == {"o0": (Result.HIDDEN, True), "o1": (Result.HIDDEN, True)}


def test_lost_credentials_are_told_and_the_order_is_kept(world: World, platform: FakePlatform) -> None:
    platform.plan("1", [Reply(Answer.AUTH_LOST)])
    world.tell(an_order(wanted=EndState.HIDDEN, deadline=5000))
    world.settle(200)
    assert world.outcomes() == {"order": [(Result.AUTH_LOST, False)]}
    world.settle(200)
    assert world.outcomes() == {"order": [(Result.AUTH_LOST, False), (Result.HIDDEN, True)]}


def test_an_adapter_that_fails_is_as_a_call_in_doubt(world: World, platform: FakePlatform) -> None:
    def bug() -> Reply:
        raise ZeroDivisionError

    platform.plan("1", [bug])
    order = an_order()
    world.tell(order, a_receipt(order))
    world.settle(5)
    assert platform.effects == [(DELETE, "1")]
    assert world.outcomes() == {"order": [(Result.REMOVED, True)]}


def test_what_a_dead_process_had_in_hand_is_taken_up_at_once(world: World, platform: FakePlatform) -> None:
    order = an_order()
    world.tell(order, a_receipt(order))
    world.takedown.tick(world.now())  # the call is made, its reply never noted
    world.crash_and_inherit()
    world.settle(5)
    assert platform.effects == [(DELETE, "1")]
    assert world.outcomes() == {"order": [(Result.REMOVED, True)]}


def test_an_outcome_that_a_dead_process_had_in_hand_is_told_at_once(world: World) -> None:
    order = an_order()
    world.tell(order, a_receipt(order))
    while not world.turn():
        world.at += 1
    world.sent.clear()
    world.crash_and_inherit()
    world.settle(1)
    assert world.outcomes() == {"order": [(Result.REMOVED, True)]}


def test_a_platform_that_hangs_stalls_nobody_else(world: World) -> None:
    release = threading.Event()
    world.platforms["slow"] = hanging = FakePlatform()

    def hang() -> Reply:
        release.wait(10)
        return Reply(Answer.DONE)

    for i in range(20):
        hanging.plan(str(i), [hang])
        world.tell(an_order(f"slow{i}", item=str(i), platform="slow", wanted=EndState.HIDDEN))
        world.tell(an_order(f"fast{i}", item=str(i), wanted=EndState.HIDDEN))
    try:
        for _ in range(200):
            world.sent += world.takedown.tick(world.now())
            if len(world.outcomes()) == 20:
                break
            threading.Event().wait(0.01)
        assert sorted(world.outcomes()) == sorted(f"fast{i}" for i in range(20))
    finally:
        release.set()
    world.calls.drain(60)
    world.settle(10)
    assert len(world.outcomes()) == 40


def test_a_call_that_outlasts_its_lease_is_not_made_twice(make_world: MakeWorld, platform: FakePlatform) -> None:
    release = threading.Event()

    def hang() -> Reply:
        release.wait(10)
        return Reply(Answer.DONE)

    one, other = make_world(platform), make_world(platform)
    other.takedown._terms = type(other.takedown._terms)(owner="other", lease=LEASE)
    platform.plan("1", [hang])
    one.tell(an_order(wanted=EndState.HIDDEN, deadline=10_000))
    try:
        for _ in range(10):
            one.takedown.tick(one.now())
            other.takedown.tick(other.now())
            one.at = other.at = one.at + LEASE.total_seconds() / 2
        assert platform.calls == [(HIDE, "1")]
    finally:
        release.set()
    one.calls.drain(60)
    one.settle(5)
    assert one.outcomes() == {"order": [(Result.HIDDEN, True)]}


def test_it_measures_exposure_waits_and_results(world: World) -> None:
    order = an_order()
    world.tell(order)
    world.settle(5)
    world.at = 61
    world.tell(a_receipt(order))
    world.settle(15)
    assert world.metrics.exposures == [(Step.HIDDEN, 11.0), (Step.REMOVED, 62.0)]
    assert world.metrics.waits == [60.0]
    assert world.metrics.hidings == [10.0]
    assert world.metrics.ended == {Result.REMOVED: 1}
    assert world.metrics.calls == {
        (HIDE, Answer.DONE): 1,
        (DELETE, Answer.DONE): 1,
        (READ, Answer.DONE): 1,
        (READ, Answer.ALREADY_GONE): 1,
    }
    assert world.metrics.open == 0


def test_it_tells_how_much_still_stands_and_since_when(world: World, platform: FakePlatform) -> None:
    platform.plan("9", [Reply(Answer.RETRY_AT, retry_at=after(60))])
    world.tell(an_order(item="9"), an_order("other", item="10"))
    world.settle(45)
    assert world.metrics.still_standing[0][0] == 2
    standing, oldest = world.metrics.still_standing[-1]
    assert standing == 2
    assert 25 <= oldest <= 45
    world.settle(60)
    assert world.metrics.still_standing[-1] == (0, 0.0)
    assert len(world.metrics.hidings) == 2


def test_two_processes_share_a_journal_and_call_once(make_world: MakeWorld) -> None:
    platform = FakePlatform()
    one, other = make_world(platform), make_world(platform)
    other.takedown._terms = type(other.takedown._terms)(owner="other")
    for i in range(10):
        order = an_order(f"o{i}", item=str(i))
        one.tell(order, a_receipt(order))
    for _ in range(5):
        one.turn()
        other.turn()
        one.at = other.at = one.at + 1
    assert sorted(platform.effects) == sorted((DELETE, str(i)) for i in range(10))
    told = [out.value for out in one.sent + other.sent]
    assert len(told) == len(set(told)) == 10


def test_what_no_adapter_can_hide_or_delete_is_told(make_world: MakeWorld) -> None:
    world = make_world(FakePlatform(Capabilities()))
    world.tell(an_order())
    world.settle(3)
    assert world.outcomes() == {"order": [(Result.UNSUPPORTED, False)]}


def test_rubbish_is_for_the_loop_to_set_aside(world: World) -> None:
    with pytest.raises(Undecodable):
        world.takedown.handle([FakeRecord(catalog.TAKEDOWN, 0, 0, b"{")])


def test_old_receipts_and_orders_are_forgotten_but_not_what_is_waited_for(world: World) -> None:
    ended, waiting = an_order("ended", item="0"), an_order("waiting", item="1", version=2)
    sibling = an_order("sibling", item="1", version=3)
    world.tell(ended, a_receipt(ended), waiting, a_receipt(waiting), sibling)
    world.settle(5)
    world.at += 100 * 24 * 3600
    world.settle(3)
    with world.journal.transaction() as db:
        left = [row[0] for row in db.execute("SELECT order_id FROM orders ORDER BY 1")]
        receipts = db.execute("SELECT count(*) FROM receipts").fetchone()[0]
    assert left == ["sibling", "waiting"]
    assert receipts == 1


def test_a_journal_that_is_locked_is_tried_again(tmp_path: Path) -> None:
    one = Journal(tmp_path / "journal.sqlite")
    other = Journal(tmp_path / "journal.sqlite", busy_seconds=0.05)
    with one.transaction(), pytest.raises(RetryLater, match="locked"), other.transaction():
        pass
    with other.transaction() as db:
        assert db.execute("SELECT count(*) FROM orders").fetchone() == (0,)
    one.close()
    other.close()


def test_a_file_that_is_no_journal_stops_the_process(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database, and long enough to be sure of that" * 100)
    with pytest.raises(Stop, match=r"journal\.sqlite"):
        Journal(tmp_path / "journal.sqlite")


def test_removed_values_are_known_from_then_on(world: World) -> None:
    """By their tokens alone, and only those that the order was sure of; told once, whatever happens."""
    order = an_order(findings=(a_value("aa"), a_value("bb", sure=False), a_value("aa")))
    world.tell(order, a_receipt(order))
    world.settle(5)
    world.crash()
    world.tell(order)
    world.settle(5)
    (known,) = world.fingerprints()
    assert (known.token, known.type, known.order_id) == ("aa", "SE_PERSONNUMMER", "order")
    assert known.known_until == known.at + world.remember


def test_a_value_that_people_show_again_is_forgotten(world: World) -> None:
    world.tell(an_order(wanted=EndState.HIDDEN, findings=(a_value("aa"),)))
    world.settle(5)
    with world.journal.transaction() as db:
        standing = people.find(db, "order")
        assert standing is not None
        people.call_off(db, standing)
    world.settle(5)
    known, forgotten = world.fingerprints()
    assert known.known_until > known.at
    assert forgotten.known_until == forgotten.at
    assert forgotten.at > known.at


def test_what_was_not_removed_is_not_remembered(make_world: MakeWorld) -> None:
    platform = FakePlatform(Capabilities(delete=True))
    platform.plan("1", [Reply(Answer.NOT_PERMITTED)])
    world = make_world(platform)
    order = an_order(findings=(a_value("aa"),))
    world.tell(order, a_receipt(order))
    world.settle(5)
    assert [result for result, _ in world.outcomes()["order"]] == [Result.NOT_PERMITTED]
    assert world.fingerprints() == []


def test_an_edit_that_takes_the_value_out_does_not_make_it_public(world: World) -> None:
    world.tell(an_order(wanted=EndState.HIDDEN, findings=(a_value("aa"),)))
    world.settle(5)
    world.tell(a_withdrawal(version=2))
    world.settle(5)
    assert [each.known_until > each.at for each in world.fingerprints()] == [True]


TELLING = Capabilities(hide=True, unhide=True, delete=True, notify=True)


def removed_with_notice(world: World, notice: Notice = Notice.SEND, *, own: bool = False) -> NoticeState | None:
    """Carry out an order to remove an item and tell its author; returns what the outcome says of that."""
    order = an_order(findings=(a_value("aa"),), notice=notice, own=own)
    world.tell(order, a_receipt(order))
    world.settle(10)
    return world.outcome("order", Result.REMOVED).notice


def test_an_author_is_told_in_private_before_the_item_goes(make_world: MakeWorld) -> None:
    platform = FakePlatform(TELLING)
    world = make_world(platform)
    assert removed_with_notice(world) is NoticeState.SENT
    ((item, text),) = platform.letters
    assert item == "1"
    assert text.startswith("Hej!\n\nVi tar bort ditt inlägg")
    assert "OSL 21 kap." in text
    assert "aa" not in text.split()
    assert platform.effects == [(HIDE, "1"), (DELETE, "1")], "out of sight before anybody is written to"
    assert world.reviews() == []
    assert world.metrics.notices == {NoticeState.SENT: 1}
    assert world.metrics.calls["notify", Answer.DONE] == 1


def test_an_author_of_a_hidden_item_is_told_too(make_world: MakeWorld) -> None:
    platform = FakePlatform(TELLING)
    world = make_world(platform)
    world.tell(an_order(wanted=EndState.HIDDEN, notice=Notice.SEND))
    world.settle(10)
    assert world.outcome("order", Result.HIDDEN).notice is NoticeState.SENT
    assert "Vi har dolt ditt inlägg" in platform.letters[0][1]


def test_where_nobody_can_be_told_people_get_the_words(world: World) -> None:
    assert removed_with_notice(world) is NoticeState.FOR_PEOPLE
    (item,) = world.reviews()
    assert (item.review_id, item.flags) == ("order:notice", ("notice",))
    assert item.notice is not None
    assert "Vi har tagit bort ditt inlägg" in item.notice


def test_a_rule_may_leave_telling_to_people(make_world: MakeWorld) -> None:
    platform = FakePlatform(TELLING)
    world = make_world(platform)
    assert removed_with_notice(world, Notice.PEOPLE) is NoticeState.FOR_PEOPLE
    assert platform.letters == []
    assert len(world.reviews()) == 1


def test_without_a_notice_in_the_policy_nobody_is_told(make_world: MakeWorld) -> None:
    platform = FakePlatform(TELLING)
    world = make_world(platform)
    assert removed_with_notice(world, Notice.NONE) is None
    assert platform.letters == []
    assert world.reviews() == []


def test_nobody_writes_to_the_municipality_itself(world: World) -> None:
    assert removed_with_notice(world, own=True) is NoticeState.NOT_POSSIBLE
    assert world.reviews() == []


@pytest.mark.parametrize(
    ("reply", "state", "flags"),
    [
        (Reply(Answer.PERMANENT), NoticeState.FOR_PEOPLE, ("notice",)),
        (Reply(Answer.RETRY_AT), NoticeState.FOR_PEOPLE, ("notice",)),
        (Reply(Answer.AUTH_LOST), NoticeState.FOR_PEOPLE, ("notice",)),
        (Reply(Answer.AMBIGUOUS), NoticeState.IN_DOUBT, ("notice", "may-have-been-sent")),
    ],
    ids=["refused", "too busy", "no right to write", "in doubt"],
)
def test_a_notice_that_failed_holds_nothing_up(
    make_world: MakeWorld, reply: Reply, state: NoticeState, flags: tuple[str, ...]
) -> None:
    platform = FakePlatform(TELLING)
    platform.plan("letter:1", [reply])
    world = make_world(platform)
    assert removed_with_notice(world) is state
    assert [item.flags for item in world.reviews()] == [flags]
    assert platform.letters == [], "there is no second try: a platform may take one message a comment"


def test_a_notice_is_not_sent_twice_across_a_crash(make_world: MakeWorld) -> None:
    """The process dies between the call and its answer: that it went is not known, so people are told to look."""
    platform = FakePlatform(TELLING)
    world = make_world(platform)
    order = an_order(notice=Notice.SEND)
    world.tell(order, a_receipt(order))
    for _ in range(10):
        world.turn()
        if platform.letters:
            break
    world.crash()
    world.settle(10)
    assert len(platform.letters) == 1
    assert world.outcome("order", Result.REMOVED).notice is NoticeState.IN_DOUBT
    assert len({item.review_id for item in world.reviews()}) == 1


def test_nobody_is_told_of_what_people_have_not_decided(make_world: MakeWorld) -> None:
    platform = FakePlatform(TELLING)
    world = make_world(platform, Caps(per_account=1, per_rule=100))
    for item in ("1", "2"):
        order = an_order(f"o{item}", item=item, notice=Notice.SEND)
        world.tell(order, a_receipt(order))
        world.settle(10)
    assert [item for item, _ in platform.letters] == ["1"]
    with world.journal.transaction() as db:
        people.let_go_on(db, "o2")
    world.settle(10)
    assert [item for item, _ in platform.letters] == ["1", "2"]


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        pytest.param([], "reported to those who run it", id="reported"),
        pytest.param([Reply(Answer.PERMANENT)], "a report was refused", id="refused"),
        pytest.param([Reply(Answer.AMBIGUOUS)], "perhaps reported to those who run it", id="in doubt"),
    ],
)
def test_what_the_platform_lets_nobody_remove_is_reported_once(
    make_world: MakeWorld, answered: list[Reply], said: str
) -> None:
    platform = FakePlatform(Capabilities(report=True))
    platform.plan("report:1", answered)
    world = make_world(platform)
    order = an_order(findings=(a_value("aa"),))
    world.tell(order, a_receipt(order))
    world.settle(5)
    world.crash()
    world.tell(order)
    world.settle(5)
    outcome = world.outcome("order", Result.UNSUPPORTED)
    assert outcome.reason is not None
    assert outcome.reason.endswith(said)
    assert world.metrics.calls == {("report", answered[0].answer if answered else Answer.DONE): 1}
    assert [item for item, _ in platform.reports] == ([] if answered else ["1"])
    assert all("a personal identity number" in text and "aa" not in text.split() for _, text in platform.reports)


@pytest.mark.parametrize("seen", [True, False], ids=["seen hidden", "hidden by the platform's word"])
def test_what_could_only_be_hidden_is_known_again_and_its_author_told(make_world: MakeWorld, *, seen: bool) -> None:
    """The order wanted more than the platform offers, but the value was taken out of sight."""
    platform = FakePlatform(Capabilities(hide=True, unhide=True, sees_hidden=seen))
    world = make_world(platform)
    order = an_order(findings=(a_value("aa"),), notice=Notice.PEOPLE)
    world.tell(order, a_receipt(order))
    world.settle(5)
    assert world.outcome("order", Result.UNSUPPORTED).notice is NoticeState.FOR_PEOPLE
    assert [each.token for each in world.fingerprints()] == ["aa"]
    (item,) = world.reviews()
    assert item.notice is not None
    assert "Vi har dolt ditt inlägg" in item.notice


def test_what_could_not_even_be_hidden_is_neither(make_world: MakeWorld) -> None:
    world = make_world(FakePlatform(Capabilities()))
    order = an_order(findings=(a_value("aa"),), notice=Notice.PEOPLE)
    world.tell(order, a_receipt(order))
    world.settle(5)
    assert world.outcome("order", Result.UNSUPPORTED).notice is None
    assert world.fingerprints() == []
    assert world.reviews() == []
