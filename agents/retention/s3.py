"""Objects in a bucket of S3 with Object Lock: written once, locked at birth, and never believed because they are there.

A delete in such a bucket only lays a marker over an object, and a second write only a version on top: neither destroys
anything, and both are named by `faults`. Credentials come from where boto3 looks for them (environment, files, roles).
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from agents.retention.bucket import Bucket, Guard, Lock
from agents.retention.store import Damaged, Faulty, Missing
from pipeline.errors import RetryLater, Stop

_WRITERS = 16
_THERE_ALREADY = {"PreconditionFailed", "ConditionalRequestConflict"}
_REFUSED = {
    "AccessDenied",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "NoSuchBucket",
    "InvalidRequest",
    "InvalidBucketState",
    "ObjectLockConfigurationNotFoundError",
}
_NONE: Mapping[str, Guard] = {}
_LOCKED = {"AccessDenied", "ObjectLocked", "InvalidRequest"}
"""What services say to the removal of a version before its time."""
_GONE = {"NoSuchKey", "404"}


def connect(bucket: Bucket, access_key: str | None = None, secret_key: str | None = None) -> Any:
    """A client of boto3's; keys are only given where they are not to come from its usual places."""
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region or "us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=_WRITERS,
            retries={"max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path"} if bucket.endpoint else {},
        ),
    )


class S3Objects:
    """See `Objects`; safe on its own in one thread, and beside any number of other writers."""

    def __init__(self, client: Any, bucket: str, lock: Lock | None, now: Callable[[], datetime]) -> None:
        self._client = client
        self._bucket = bucket
        self._lock = lock
        self._now = now
        self._pool = ThreadPoolExecutor(_WRITERS, thread_name_prefix="s3")

    def __enter__(self) -> Self:
        with _translated(self._bucket):
            state = self._client.get_bucket_versioning(Bucket=self._bucket).get("Status")
        if state != "Enabled":
            raise Stop(f"the bucket {self._bucket} keeps no versions: make one with Object Lock")
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def add(self, objects: Mapping[str, bytes], guards: Mapping[str, Guard] = _NONE) -> frozenset[str]:
        """See `Objects.add`."""
        usual = Guard(self._lock)
        done = [
            self._pool.submit(self._put, name, content, guards.get(name, usual)) for name, content in objects.items()
        ]
        return frozenset(name for name, future in zip(objects, done, strict=True) if future.result())

    @property
    def confirms(self) -> bool:
        """See `Objects.confirms`: it answers with the SHA-256 of what it has stored, or is read back at once."""
        return True

    def get(self, name: str) -> bytes:
        """See `Objects.get`; an object under a delete marker is not missing but damaged."""
        with _translated(self._bucket):
            try:
                content: bytes = self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            except ClientError as error:
                if _code(error) not in _GONE:
                    raise
                if any(found == name for found, _ in self._versions(name)):
                    raise Damaged(name, "a delete marker has been laid over it") from None
                raise Missing(name, "there is no such record") from None
        return content

    def get_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """See `Objects.get_all`."""
        futures = {name: self._pool.submit(self.get, name) for name in names}
        return {name: future.result() for name, future in futures.items()}

    def names(self, folder: str) -> Iterator[str]:
        """See `Objects.names`; also what lies under delete markers."""
        before = None
        for name, _ in self._versions(f"{folder}/"):
            if name != before:
                yield name
            before = name

    def remove(self, names: Iterable[str]) -> int:
        """See `Objects.remove`: what is locked cannot be removed, so records in a bucket go by their keys."""
        del names
        raise Stop(f"records in the bucket {self._bucket} that are not sealed cannot be disposed of: seal what is new")

    def clear(self, names: Iterable[str]) -> int:
        """See `Objects.clear`: every version goes by its own number, which leaves no marker; a locked one stays."""
        return sum(self._pool.map(self._clear, list(names)))

    def hold(self, names: Iterable[str], *, on: bool) -> int:
        """See `Objects.hold`: on the version that is the record, whatever lies over it."""
        done = [self._pool.submit(self._set_hold, name, "ON" if on else "OFF") for name in names]
        return sum(future.result() for future in done)

    def faults(self, folder: str) -> Iterator[Faulty]:
        """What was done to objects behind our back: markers laid over them, versions laid on top."""
        before = None
        for name, is_marker in self._versions(f"{folder}/"):
            if is_marker:
                yield Damaged(name, "a delete marker has been laid over it")
            elif name == before:
                yield Damaged(name, "it has more than one version; the oldest is the record")
            before = before if is_marker else name

    def _put(self, name: str, content: bytes, guard: Guard) -> bool:
        locked: dict[str, object] = {"ObjectLockLegalHoldStatus": "ON"} if guard.hold else {}
        if guard.lock:
            until = self._now() + guard.lock.period
            locked |= {"ObjectLockMode": guard.lock.mode.value, "ObjectLockRetainUntilDate": until}
        checksum = b64encode(hashlib.sha256(content).digest()).decode()
        with _translated(self._bucket):
            try:
                answer = self._client.put_object(
                    Bucket=self._bucket, Key=name, Body=content, IfNoneMatch="*", ChecksumSHA256=checksum, **locked
                )
            except ClientError as error:
                if _code(error) in _THERE_ALREADY:
                    return False
                raise
        if answer.get("ChecksumSHA256") != checksum and self.get(name) != content:
            raise Stop(f"the bucket {self._bucket} has stored other bytes than it was given: use another storage")
        return True

    def _clear(self, name: str) -> bool:
        with _translated(self._bucket):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=name)
            below = [each for page in pages for kind in ("Versions", "DeleteMarkers") for each in page.get(kind, ())]
            found = [each["VersionId"] for each in below if each["Key"] == name]
            for version in found:
                try:
                    self._client.delete_object(Bucket=self._bucket, Key=name, VersionId=version)
                except ClientError as error:
                    if _code(error) in _LOCKED:
                        return False
                    raise
        return bool(found)

    def _set_hold(self, name: str, status: str) -> bool:
        with _translated(self._bucket):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=name)
            versions = [each for page in pages for each in page.get("Versions", ()) if each["Key"] == name]
            if not versions:
                return False
            first = min(versions, key=lambda each: each["LastModified"])["VersionId"]
            which = {"Bucket": self._bucket, "Key": name, "VersionId": first}
            self._client.put_object_legal_hold(**which, LegalHold={"Status": status})
        return True

    def _versions(self, prefix: str) -> Iterator[tuple[str, bool]]:
        """Every version and delete marker below a prefix, by name."""
        with _translated(self._bucket):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                found = [(each["Key"], False) for each in page.get("Versions", ())]
                found += [(each["Key"], True) for each in page.get("DeleteMarkers", ())]
                yield from sorted(found)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translated(bucket: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _REFUSED:
            raise Stop(f"the bucket {bucket} refuses us ({code}): check its name, our rights and its lock") from error
        raise RetryLater(f"the bucket is in trouble ({code})", after=5.0) from error
    except BotoCoreError as error:
        name = type(error).__name__
        if name in {"NoCredentialsError", "PartialCredentialsError"}:
            raise Stop(f"no credentials for the bucket {bucket}: set them where boto3 looks") from error
        raise RetryLater(f"the bucket cannot be reached ({name})", after=5.0) from error
