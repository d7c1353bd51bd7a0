"""The topics suite on a real Apache Kafka."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kafka.admin import KafkaAdminClient

from deploy.local.kafka import Kafka
from tests.contract.topics_admin import TopicsAdminSuite


@pytest.mark.kafka
class TestKafkaAdmin(TopicsAdminSuite):
    """Of one node, shared with other tests."""

    @pytest.fixture
    def admin(self, broker: Kafka) -> Iterator[KafkaAdminClient]:
        """A client of kafka-python's."""
        with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as client:
            yield client
