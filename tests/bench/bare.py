"""The ceiling: aiokafka alone copies raw to archive, a commit for each batch, and does nothing else."""

from __future__ import annotations

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from topics import catalog

_BATCH = 2000


async def copy(bootstrap: str, archive: str) -> None:
    """Copy until terminated."""
    consumer = AIOKafkaConsumer(
        catalog.RAW,
        bootstrap_servers=bootstrap,
        group_id="bench-bare",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=512 * 1024,
    )
    async with consumer, producer:
        while True:
            polled = await consumer.getmany(timeout_ms=1000, max_records=_BATCH)
            sent = [
                await producer.send(archive, record.value, record.key, partition=record.partition)
                for records in polled.values()
                for record in records
            ]
            await asyncio.gather(*sent)
            if polled:
                await consumer.commit()


if __name__ == "__main__":
    asyncio.run(copy(*sys.argv[1:]))
