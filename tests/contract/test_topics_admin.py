"""The topics suite on the fake cluster; `tests/integration/test_topics_kafka.py` runs it on a real one."""

from __future__ import annotations

from typing import Any

import pytest

from agents.topics import Admin, affordable, apply, drift, observe
from tests.contract.topics_admin import TopicsAdminSuite
from tests.fake_admin import FakeAdmin
from topics import catalog


class TestFakeAdmin(TopicsAdminSuite):
    """Of one node, as the embedded Kafka."""

    @pytest.fixture
    def admin(self) -> Admin:
        """A cluster without topics."""
        return FakeAdmin()


@pytest.mark.parametrize(("brokers", "copies"), [(1, 1), (2, 2), (3, 3), (7, 3)])
def test_as_many_copies_as_the_cluster_affords(brokers: int, copies: int) -> None:
    admin = FakeAdmin(brokers)
    assert affordable(admin) == copies
    apply(admin)
    assert {seen.replication for seen in observe(admin).values()} == {copies}


def test_two_that_apply_at_once_do_not_trip_each_other() -> None:
    """What one creates between the other's look and its act is taken as created."""

    class Late(FakeAdmin):
        looks = 0

        def list_topics(self) -> list[str]:
            self.looks += 1
            if self.looks > 1:
                return super().list_topics()
            apply(other)
            return []

    late, other = Late(), FakeAdmin()
    other._topics = late._topics
    assert len(apply(late)) == len(catalog.TOPICS)
    assert drift(late) == ()


def test_a_broker_that_has_only_just_heard_of_a_topic_is_waited_for() -> None:
    class Slow(FakeAdmin):
        looks = 0

        def describe_topics(self, topics: list[str]) -> list[dict[str, Any]]:
            self.looks += 1
            known = super().describe_topics(topics)
            return known if self.looks > 3 else [{**topic, "partitions": []} for topic in known]

    slow = Slow()
    assert len(apply(slow)) == len(catalog.TOPICS)
    assert drift(slow) == ()
