"""An archive process without Kafka, to be killed: stores events, fetches their attachments, tells its receipts.

python -m tests.killing.writer PLAN.json FIRST: writes the events from FIRST on. Each line on standard output is a
receipt as it would be published, or `committed N` when all receipts of the events before N are out, as a committed
offset says.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry

from agents.archive import Archive
from agents.clock import now
from agents.media.address import Allowed
from agents.media.collect import Terms, collecting
from agents.media.fetch import Bounds, Fetcher
from agents.metrics import Metrics
from agents.retention import place
from agents.retention.bucket import Bucket, Lock, LockMode
from agents.retention.heads import signer
from agents.retention.keyring import Keyring
from agents.retention.log import Log
from agents.retention.records import RecordStore
from agents.retention.s3 import S3Objects, connect
from agents.retention.seal import Sealed
from agents.retention.wrap import KeyFile
from pipeline.errors import RetryLater
from tests.fakes import FakeRecord
from topics import catalog
from topics.outgoing import Outgoing

ATTACHING = 5
"""Every so many events attach a picture."""
_PAUSE_S = 0.1


class Plan(msgspec.Struct, frozen=True):
    """What to write, and where."""

    folder: str
    events: int
    batch: int
    pictures: str  # where the pictures are; the number of the event follows
    sealed: bool = False
    bucket: str | None = None
    endpoint: str | None = None

    @property
    def place(self) -> place.Place:
        """The store, but for the bucket."""
        folder = Path(self.folder)
        keys, key_file = (folder / "keys", folder / "key") if self.sealed else (None, None)
        return place.Place(folder / "store", keys, key_file, b"t" * 32, folder / "log.key")


def value(plan: Plan, n: int) -> bytes:
    """The event of this number."""
    attached = [{"url": f"{plan.pictures}{n}"}] if n % ATTACHING == 0 else []
    told = {
        "specversion": "1.0",
        "id": str(n),
        "source": "/facebook/exempel",
        "type": "se.social.comment.created.v1",
        "time": "2026-11-23T11:59:30Z",
        "data": {
            "platform": "facebook",
            "account_id": "exempel",
            "object_kind": "comment",
            "change": "created",
            "object_id": str(n),
            "root_id": str(n // 20),
            "text": f"Kommentar nummer {n}. " * 20,
            "media": attached,
        },
    }
    return json.dumps(told).encode()


@contextmanager
def opened(plan: Plan) -> Iterator[RecordStore]:
    """The store of a plan."""
    with ExitStack() as stack:
        if plan.bucket is None:
            yield stack.enter_context(place.opened(plan.place, now))
            return
        where = plan.place
        lock = Lock(LockMode.GOVERNANCE, timedelta(days=1))
        client = connect(Bucket(plan.bucket, plan.endpoint), "writer", "writer-secret")
        objects = stack.enter_context(S3Objects(client, plan.bucket, lock, now))
        assert where.keys
        assert where.key_file
        assert where.log_key
        keyring = stack.enter_context(Keyring(where.keys, KeyFile(where.key_file), now))
        yield where.store(objects, Sealed(keyring), now, Log(where.log, signer(where.log_key), now))


def main(plan_file: str, first: str) -> None:
    """Write all events and wait for all attachments."""
    plan = msgspec.json.decode(Path(plan_file).read_bytes(), type=Plan)
    fetch = Fetcher(Allowed.of(["127.0.0.1"]), Bounds(seconds=5)).fetch
    terms = Terms(timedelta(hours=1), first_delay=timedelta(milliseconds=200), lease=timedelta(seconds=2))
    metrics = Metrics(CollectorRegistry())
    with (
        opened(plan) as store,
        collecting(Path(plan.folder) / "media.sqlite3", store, fetch, metrics, terms) as attachments,
    ):
        archive = Archive(store, attachments, metrics, now, time.monotonic)
        for start in range(int(first), plan.events, plan.batch):
            numbers = range(start, min(start + plan.batch, plan.events))
            records = [FakeRecord(catalog.ARCHIVE, 0, n, value(plan, n), b"facebook:1") for n in numbers]
            _tell(_insisting(archive, records))
            _say(f"committed {numbers.stop}")
            _tell(_tick(archive))
        while attachments.open:
            _tell(_tick(archive))
            time.sleep(0.01)
        _tell(_tick(archive))
    _say("finished")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _insisting(archive: Archive, records: Sequence[FakeRecord]) -> Sequence[Outgoing]:
    while True:
        try:
            return archive.handle(records)
        except RetryLater as error:
            _say(f"retry {error.reason}")
            time.sleep(_PAUSE_S)


def _tick(archive: Archive) -> Sequence[Outgoing]:
    try:
        return archive.tick(now())
    except RetryLater:
        time.sleep(_PAUSE_S)
        return ()


def _tell(messages: Sequence[Outgoing]) -> None:
    for each in messages:
        assert each.value
        sys.stdout.buffer.write(each.value + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
