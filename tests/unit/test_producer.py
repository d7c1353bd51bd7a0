"""The screen's producer: what it makes of aiokafka's batches."""

from __future__ import annotations

from aiokafka.codec import lz4_encode
from aiokafka.producer.message_accumulator import BatchBuilder

from agents.screen.producer import ConfirmedProducer
from tests.events import an_event_value

_LZ4 = 3  # the codec's number in a record batch
_RECORDS = 61  # where they begin in a batch (KIP-98)


def a_batch(codec: int) -> bytes:
    batch = BatchBuilder(1_000_000, codec)
    for number in range(100):
        batch.append(timestamp=1, key=b"k", value=an_event_value(object_id=f"{number}"))
    return bytes(batch._build())


def test_batches_are_compressed_quickly() -> None:
    """The level that aiokafka asks for is most of what sending would cost; there is no setting, only its default."""
    ConfirmedProducer({}, timeout=1.0)
    records = a_batch(codec=0)[_RECORDS:]
    assert a_batch(_LZ4)[_RECORDS:] == lz4_encode(records, level=2) != lz4_encode(records, level=9)
