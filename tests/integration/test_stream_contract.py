"""What the consumer loop relies on, checked on the fake broker and on a real one alike."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from kafka.admin import KafkaAdminClient

from agents.publish import KafkaPublisher
from agents.stream import Partition, Publisher, Record, Subscription
from agents.subscribe import KafkaSubscription
from tests.fakes import FakeBroker
from topics.outgoing import Outgoing

PATIENCE = 30.0


@dataclass
class Stream:
    """A broker with one topic of two partitions; `join` gives a new member of the same group."""

    topic: str
    publisher: Publisher
    join: Callable[[], Subscription]

    def send(self, *values: bytes | None, partition: int = 0) -> None:
        headers = (("h", b"\xff"), ("h", b""))
        self.publisher.publish([Outgoing(self.topic, b"k", value, headers, partition) for value in values])


@pytest.fixture
def fake() -> Stream:
    broker = FakeBroker()
    topic = "in.v1"
    for partition in (0, 1):
        broker.produce(topic, [], partition)

    def join() -> Subscription:
        broker.restart()
        return broker

    return Stream(topic, broker, join)


@pytest.fixture
def real(request: pytest.FixtureRequest) -> Iterator[Stream]:
    bootstrap = request.getfixturevalue("broker").bootstrap
    topic, group = f"test.{secrets.token_hex(6)}", secrets.token_hex(6)
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        limit = {"max.message.bytes": str(20 << 20)}
        admin.create_topics({topic: {"num_partitions": 2, "configs": limit}}, wait_for_metadata=True)
    client = {"bootstrap_servers": bootstrap}
    with closing(KafkaPublisher(client)) as publisher:
        yield Stream(topic, publisher, lambda: KafkaSubscription([topic], group, client))


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.kafka)])
def stream(request: pytest.FixtureRequest) -> Stream:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Stream)
    return found


def take(member: Subscription, count: int, *, within: float = PATIENCE) -> list[Record]:
    """Poll until so many records have come; fewer when the time is up."""
    taken: list[Record] = []
    until = time.monotonic() + within
    while len(taken) < count and time.monotonic() < until:
        for records in member.poll(0.2).values():
            taken += records
    return taken


def values(records: list[Record]) -> list[bytes | None]:
    return [record.value for record in records]


def test_what_is_sent_comes_in_order_and_untouched(stream: Stream) -> None:
    stream.send(b"a", None, b"", b"d")
    with closing(stream.join()) as member:
        records = take(member, 4)
        assert values(records) == [b"a", None, b"", b"d"]
        assert [record.offset for record in records] == [0, 1, 2, 3]
        assert {(stream.topic, 0, b"k")} == {(each.topic, each.partition, each.key) for each in records}
        assert list(records[0].headers) == [("h", b"\xff"), ("h", b"")]
        assert member.joined()
        assert member.lag()[stream.topic, 0] == 0


def test_what_is_not_committed_comes_again_and_what_is_does_not(stream: Stream) -> None:
    stream.send(b"a", b"b", b"c")
    with closing(stream.join()) as member:
        assert values(take(member, 3)) == [b"a", b"b", b"c"]
        member.commit({Partition(stream.topic, 0): 2})
    with closing(stream.join()) as member:
        assert values(take(member, 1)) == [b"c"]


def test_a_parked_partition_waits_at_its_offset_and_the_other_goes_on(stream: Stream) -> None:
    one = Partition(stream.topic, 0)
    stream.send(b"a", b"b", b"c")
    with closing(stream.join()) as member:
        assert values(take(member, 3)) == [b"a", b"b", b"c"]
        member.park(one, 1)
        stream.send(b"other", partition=1)
        stream.send(b"d")
        assert values(take(member, 1)) == [b"other"]
        assert take(member, 1, within=0.6) == []
        member.resume(one)
        assert values(take(member, 3)) == [b"b", b"c", b"d"]


def test_a_partition_that_is_parked_with_more_in_hand_goes_on_after_others_did(stream: Stream) -> None:
    """One fetch may bring more than one poll gives; what is left of it must not stand in the way for ever."""
    one, many = Partition(stream.topic, 0), [str(number).encode() for number in range(1200)]
    stream.send(*many)
    with closing(stream.join()) as member:
        assert values(take(member, 1))[0] == b"0"
        member.park(one, 1)
        for number in range(3):
            stream.send(b"other", partition=1)
            assert values(take(member, 1)) == [b"other"], number
        member.resume(one)
        assert values(take(member, 1199)) == many[1:]


def test_a_record_as_large_as_the_topics_allow_passes(stream: Stream) -> None:
    large = secrets.token_bytes(20 << 20)[: (20 << 20) - 1000]
    stream.send(large, b"after")
    with closing(stream.join()) as member:
        assert [large, b"after"] == values(take(member, 2))


@pytest.mark.kafka
def test_a_second_member_takes_over_some_and_we_are_told(real: Stream) -> None:
    """The partition that stays keeps its pause; the one that goes is reported, and both members get on."""
    real.send(b"a")
    real.send(b"b", partition=1)
    with closing(real.join()) as one:
        assert {b"a", b"b"} == set(values(take(one, 2)))
        both = {Partition(real.topic, 0), Partition(real.topic, 1)}
        for each in both:
            one.park(each, 0)
        assert not one.revoked() - both
        came: list[Record] = []
        found = threading.Event()
        second = threading.Thread(target=take_into, args=(real.join(), came, found))
        second.start()
        gone: set[Partition] = set()
        try:
            while not found.wait(0.0):
                assert one.poll(0.1) == {}
                gone |= one.revoked()
            assert len(gone) == 1
            assert gone == {Partition(each.topic, each.partition) for each in came}
            (kept,) = both - gone
            one.resume(kept)
            assert [kept.partition] == [record.partition for record in take(one, 1)]
        finally:
            second.join()


def take_into(member: Subscription, came: list[Record], found: threading.Event) -> None:
    """Be the second member: each polls on a thread of its own, as two processes would."""
    with closing(member):
        came += take(member, 1)
        found.set()
        take(member, 1, within=2.0)
