"""Which store this installation has: puts storage, seal, log and description together."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from agents.configuration import load_accounts, load_retention
from agents.retention.about import About, about
from agents.retention.bucket import Bucket, Guard, Lock, LockMode
from agents.retention.files import FileObjects
from agents.retention.guards import Guards
from agents.retention.heads import signer
from agents.retention.keyring import Keyring
from agents.retention.log import Log
from agents.retention.objects import Objects
from agents.retention.records import Journal, RecordStore
from agents.retention.seal import Open, Seal, Sealed
from agents.retention.store import Raw
from agents.retention.words import WordKey
from agents.retention.wrap import KeyFile
from agents.settings import Settings
from pipeline.policy import UNREGISTERED

_WORDS = "index/words"
"""The name that the key of the index's words has among the keys of the records."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything stands.

    Records are sealed when there is a `key_file`; then `keys` holds the key of each. They are logged when there is a
    `log_key` to sign with. With a `bucket` the records stand there, locked as `lock` says, and the folder holds the
    log alone.
    """

    folder: Path
    keys: Path | None = None
    key_file: Path | None = None
    token_key: bytes | None = None
    log_key: Path | None = None
    bucket: Bucket | None = None
    lock: Lock | None = None
    guard: Callable[[About | None], Guard] | None = None

    @property
    def log(self) -> Path:
        """The folder of the log."""
        return self.folder / "log"

    def store(self, objects: Objects, seal: Seal, now: Callable[[], datetime], journal: Journal | None) -> RecordStore:
        """The store over this storage and seal."""

        def describe(raw: Raw) -> About | None:
            return about(raw, self.token_key)

        return RecordStore(objects, seal, now, describe, journal=journal, guard=self.guard)


def of(settings: Settings, token_key: bytes | None = None) -> Place:
    """The place that the settings name."""
    bucket = settings.store_bucket
    mode = settings.store_lock.upper()
    lock = Lock(LockMode(mode), timedelta(days=settings.store_lock_days)) if mode != "NONE" else None
    return Place(
        settings.store,
        settings.record_keys,
        settings.store_key_file,
        token_key,
        settings.log_key,
        Bucket(bucket, settings.store_endpoint, settings.store_region) if bucket else None,
        lock,
        _guards(settings, lock) if bucket else None,
    )


def _guards(settings: Settings, usual: Lock | None) -> Guards:
    accounts = load_accounts(settings.accounts_file).by_identity()

    def department_of(platform: str, account: str) -> str:
        found = accounts.get((platform, account))
        return found.department if found else UNREGISTERED

    schedule = load_retention(settings.retention_file)
    return Guards(schedule, department_of, settings.holds, usual, settings.store_lock_days)


@contextmanager
def opened(place: Place, now: Callable[[], datetime]) -> Iterator[RecordStore]:
    """The store, ready to be written to while the block lasts; raises RetryLater or Stop."""
    with ExitStack() as stack:
        objects: Objects = (
            stack.enter_context(FileObjects(place.folder)) if place.bucket is None else _s3(place, now, stack)
        )
        journal = Log(place.log, signer(place.log_key), now) if place.log_key else None
        yield place.store(objects, _seal(place, now, stack), now, journal)


@contextmanager
def for_reading(place: Place, now: Callable[[], datetime]) -> Iterator[RecordStore]:
    """The store for reading alone: nothing in its folder is changed, and no right to write there is needed."""
    with ExitStack() as stack:
        objects: Objects = FileObjects(place.folder) if place.bucket is None else _s3(place, now, stack)
        yield place.store(objects, _seal(place, now, stack), now, None)


def word_key(place: Place, now: Callable[[], datetime], token_key: bytes) -> WordKey:
    """The key of the index's words: one of the records' keys where those are sealed, else made of the token key."""
    if place.key_file is None or place.keys is None:
        return WordKey(hmac.digest(token_key, b"words of the index", "sha256"), sealed=False)
    with Keyring(place.keys, KeyFile(place.key_file), now) as keyring:
        return WordKey(keyring.make([_WORDS])[_WORDS], sealed=True)


def _s3(place: Place, now: Callable[[], datetime], stack: ExitStack) -> Objects:
    from agents.retention.s3 import S3Objects, connect  # boto3 takes its time to load

    if place.bucket is None:
        raise ValueError("no bucket")
    return stack.enter_context(S3Objects(connect(place.bucket), place.bucket.name, place.lock, now))


def _seal(place: Place, now: Callable[[], datetime], stack: ExitStack) -> Seal:
    if place.key_file is None or place.keys is None:
        return Open()
    return Sealed(stack.enter_context(Keyring(place.keys, KeyFile(place.key_file), now)))
