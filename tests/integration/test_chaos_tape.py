"""The tape of a chaos run is read on from where it stopped: no record is missed, and none is taken twice."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaProducer

from tests.chaos.installation import Installation
from tests.chaos.tape import Reader, read
from tests.integration.conftest import FreshBroker
from topics import catalog

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def test_reading_on_takes_what_is_new_and_only_that(fresh_broker: FreshBroker, tmp_path: Path) -> None:
    bootstrap = fresh_broker().bootstrap
    Installation(tmp_path, bootstrap, "").make_topics()
    with (
        closing(KafkaProducer(bootstrap_servers=bootstrap, acks="all")) as producer,
        closing(Reader(bootstrap, [catalog.ARCHIVE])) as reader,
    ):
        for count in (0, 3, 3, 40):
            come = sum(map(len, reader.tape.archived.values()))
            for number in range(come, count):
                producer.send(catalog.ARCHIVE, value=b"%d" % number, partition=number % 3)
            producer.flush()
            reader.read_on()
            values = sorted(int(copy.value or b"") for copies in reader.tape.archived.values() for copy in copies)
            assert values == list(range(count))
    assert read(bootstrap, [catalog.ARCHIVE]).archived == reader.tape.archived
