"""What does screening cost, beside the naive design and a bare copy, on one broker in one run?"""

from __future__ import annotations

import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from agents.demo.load import events
from tests.bench import contest
from tests.bench.figure import Benchmark, Figure, against
from topics import catalog, wire

_SEED = 7
_RATE = 500
_SECONDS = 20
_WARMING = 2  # seconds of the steady rate that are sent but not counted, as the first fifth is not in the contests
_WORKERS = (1, 2, 4)
_AT_ONCE = 100_000
_BARE, _NAIVE = "bare aiokafka copy", "naive design"


def throughput(bootstrap: str, count: int, naive_count: int) -> Benchmark:
    """How fast each contestant is; all read the same raw topic.

    The workers have shared out the partitions before the events come, and are measured once all have been sent.
    """
    samples = list(events(count, _SEED))
    grown: dict[str, contest.Growth] = {}
    for workers in _WORKERS:
        before = contest.end_of(bootstrap, catalog.ARCHIVE)
        ready = contest.batches(samples)
        with contest.screens(bootstrap, workers) as processes:
            contest.send(bootstrap, ready)
            name = f"screen, {workers} worker{'s' * (workers > 1)}"
            grown[name] = contest.watch(bootstrap, catalog.ARCHIVE, count, processes, before)
    for name in ("bench.naive", "bench.bare"):
        contest.make_topic(bootstrap, name)
    with contest.running([["-m", "tests.bench.bare", bootstrap, "bench.bare"]]) as processes:
        grown[_BARE] = contest.watch(bootstrap, "bench.bare", count * len(_WORKERS), processes)
    with contest.running([["-m", "tests.bench.naive", bootstrap, "bench.naive"]]) as processes:
        grown[_NAIVE] = contest.watch(bootstrap, "bench.naive", naive_count, processes)
    order = (_BARE, _NAIVE, *(name for name in grown if name not in (_BARE, _NAIVE)))
    figures = [Figure(name, grown[name].per_second, "events/s", {}, grown[name].cpu_us) for name in order]
    return Benchmark(
        "Screening: throughput",
        f"{count:,} events of some 700 bytes, one in twenty with a value that must be taken down, on one embedded "
        "Kafka that shares the machine. Naive: one event at a time, stock Presidio inline, one awaited send each. "
        "Bare: a copy from raw to archive and nothing else. Screen: everything on.",
        against(figures, {"x naive": _NAIVE, "x bare": _BARE}),
    )


def latency(bootstrap: str) -> Benchmark:
    """How long from the append of a raw event to that of its order, at a steady rate.

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
            sent = producer.send(catalog.RAW, key=sample.key, value=sample.value)
            sent.add_callback(
                lambda at, number=number: appended.__setitem__((at.partition, at.offset), (number, at.timestamp))
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
    return Benchmark(
        "Screening: from raw to order",
        f"{_RATE} events a second for {_SECONDS} s to one worker, {len(waits):,} orders; from append to append, by the "
        "broker's clock.",
        tuple(Figure(f"{part}th percentile", waits[len(waits) * part // 100], "ms") for part in (50, 90, 99)),
    )


def backlog(bootstrap: str, count: int) -> Benchmark:
    """What memory a worker needs to work off a long queue, looked at all the way."""
    for part in range(0, count, _AT_ONCE):
        contest.send(bootstrap, contest.batches(events(min(_AT_ONCE, count - part), _SEED + part)))
    before = contest.end_of(bootstrap, catalog.ARCHIVE)
    with contest.screens(bootstrap, 2) as processes:
        sizes = contest.sizes(bootstrap, catalog.ARCHIVE, count, processes, before)
    start, end = sizes[len(sizes) // 10], sizes[-1]
    return Benchmark(
        "Screening: memory under a backlog",
        f"{count:,} events wait when two workers start; resident memory of the larger worker.",
        (
            Figure("after a tenth", start, "MB", {"x a tenth in": 1.0}),
            Figure("at the most", max(sizes), "MB", {"x a tenth in": max(sizes) / start}),
            Figure("at the end", end, "MB", {"x a tenth in": end / start}),
        ),
    )
