"""`make bench`: what does screening cost, beside the naive design and a bare copy, on one broker in one run?"""

from __future__ import annotations

import os
import platform
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from agents.demo.load import events
from tests.bench import contest
from topics import catalog, wire

_SEED = 7
_RATE = 500
_SECONDS = 20
_WARMING = 2  # seconds of the steady rate that are sent but not counted, as the first fifth is not in the contests


def throughput(bootstrap: str, count: int, naive_count: int) -> dict[str, contest.Growth]:
    """How fast each contestant is; all read the same raw topic."""
    figures: dict[str, contest.Growth] = {}
    for name in ("bench.naive", "bench.bare"):
        contest.make_topic(bootstrap, name)
    contest.produce(bootstrap, events(count, _SEED))
    with contest.running([["-m", "tests.bench.bare", bootstrap, "bench.bare"]]) as processes:
        figures["bare aiokafka copy"] = contest.watch(bootstrap, "bench.bare", count, processes)
    with contest.running([["-m", "tests.bench.naive", bootstrap, "bench.naive"]]) as processes:
        figures["naive design"] = contest.watch(bootstrap, "bench.naive", naive_count, processes)
    for workers in (2, 1):
        before = contest.end_of(bootstrap, catalog.ARCHIVE)
        with contest.screens(bootstrap, workers) as processes:
            name = f"screen, {workers} worker{'s' * (workers > 1)}"
            figures[name] = contest.watch(bootstrap, catalog.ARCHIVE, count, processes, before)
        if workers > 1:
            contest.forget_group(bootstrap, catalog.SCREEN_GROUP)
    return figures


def latency(bootstrap: str) -> tuple[float, float, int]:
    """The 50th and 99th percentile, in ms, from the append of a raw event to that of its order, at a steady rate.

    Both times are the broker's own (LogAppendTime), so no clock is compared with another.
    """
    takedown = [TopicPartition(catalog.TAKEDOWN, number) for number in range(catalog.TOPICS[0].partitions)]
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    consumer.assign(takedown)
    consumer.seek_to_end()
    for partition in takedown:
        consumer.position(partition)
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0)
    appended: dict[tuple[int, int], tuple[int, int]] = {}
    with contest.screens(bootstrap, 1):
        began = time.monotonic()
        for number, sample in enumerate(events(_RATE * (_WARMING + _SECONDS), _SEED + 1, planted=0.2)):
            time.sleep(max(0.0, began + number / _RATE - time.monotonic()))
            producer.send(catalog.RAW, key=sample.key, value=sample.value).add_callback(
                lambda meta, number=number: appended.__setitem__(
                    (meta.partition, meta.offset), (number, meta.timestamp)
                )
            )
        producer.flush()
        give_up = time.monotonic() + 30
        orders: dict[tuple[int, int], int] = {}
        quiet = 0
        while quiet < 5 and time.monotonic() < give_up:
            polled = consumer.poll(500)
            quiet = 0 if polled else quiet + 1
            for records in polled.values():
                for record in records:
                    order = wire.decode_takedown(record.value)
                    orders.setdefault((order.raw.partition, order.raw.offset), record.timestamp)
    producer.close()
    consumer.close()
    counted = ((at, *appended[place]) for place, at in orders.items() if place in appended)
    waits = sorted(at - since for at, number, since in counted if number >= _RATE * _WARMING)
    return waits[len(waits) // 2], waits[int(len(waits) * 0.99)], len(waits)


def main(count: int = 100_000, naive_count: int = 2_000) -> None:
    """Run all and print the table, ratios first."""
    with contest.broker() as bootstrap:
        figures = throughput(bootstrap, count, naive_count)
        p50, p99, orders = latency(bootstrap)
    naive, bare = figures["naive design"], figures["bare aiokafka copy"]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {count} events")
    print(f"{'contestant':<22} {'x naive':>8} {'x bare':>8} {'events/s':>10} {'CPU µs/event':>13}")
    for name, growth in figures.items():
        ratios = f"{growth.per_second / naive.per_second:>8.2f} {growth.per_second / bare.per_second:>8.2f}"
        print(f"{name:<22} {ratios} {growth.per_second:>10.0f} {growth.cpu_us:>13.0f}")
    print(f"raw append to order append at {_RATE} events/s: p50 {p50:.0f} ms, p99 {p99:.0f} ms ({orders} orders)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
