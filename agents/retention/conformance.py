"""Does this storage keep what a retention store needs of it? Asked of the real one before it is trusted.

Writes a few objects below `conformance/` and, in a bucket, leaves them there until their lock of a minute has run out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from agents.retention.bucket import Guard, Lock, LockMode
from agents.retention.objects import Objects
from agents.retention.s3 import S3Objects
from agents.retention.store import Missing
from topics.catalog import MAX_MESSAGE_BYTES

FOLDER = "conformance"
BRIEF = Lock(LockMode.COMPLIANCE, timedelta(minutes=1))
"""How the objects of the trial are locked."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One promise put to the test."""

    promise: str
    kept: bool


def of_storage(objects: Objects) -> Iterator[Trial]:
    """What is asked of every storage; raises as the storage does when it cannot be used at all."""
    folder = f"{FOLDER}/{secrets.token_hex(6)}"
    one, large, never = f"{folder}/a", f"{folder}/b", f"{folder}/c"
    content = secrets.token_bytes(MAX_MESSAGE_BYTES)
    yield Trial("an object is written", objects.add({one: b"first"}) == {one})
    yield Trial("it is read back as it was written", objects.get(one) == b"first")
    again = objects.add({one: b"second"})
    yield Trial("what is there is never overwritten", not again and objects.get(one) == b"first")
    objects.add({large: content})
    yield Trial("an object of the largest size is read back", objects.get(large) == content)
    yield Trial("what was written is listed, in order", list(objects.names(folder)) == [one, large])
    yield Trial("what was never written is told as missing", _is_missing(objects, never))
    yield Trial("nothing is told as wrong", not list(objects.faults(folder)))


def of_bucket(client: Any, bucket: str, now: Callable[[], datetime]) -> Iterator[Trial]:
    """What is asked of a bucket with Object Lock beside that."""
    name = f"{FOLDER}/{secrets.token_hex(6)}"
    with S3Objects(client, bucket, BRIEF, now) as objects:
        objects.add({name: b"locked"})
        version = client.list_object_versions(Bucket=bucket, Prefix=name)["Versions"][0]["VersionId"]
        which = {"Bucket": bucket, "Key": name, "VersionId": version}
        head = client.head_object(**which)
        yield Trial("an object is locked at birth", head.get("ObjectLockMode") == BRIEF.mode)
        yield Trial("a locked version cannot be deleted", _refused(client.delete_object, **which))
        sooner = {"Mode": BRIEF.mode.value, "RetainUntilDate": now() + timedelta(seconds=5)}
        yield Trial("its lock cannot be shortened", _refused(client.put_object_retention, **which, Retention=sooner))
        suspend = {"Status": "Suspended"}
        yield Trial(
            "versions cannot be switched off",
            _refused(client.put_bucket_versioning, Bucket=bucket, VersioningConfiguration=suspend),
        )
        client.delete_object(Bucket=bucket, Key=name)
        yield Trial("a marker laid over it is noticed", bool(list(objects.faults(name.rpartition("/")[0]))))
        yield from _held(client, bucket, objects)
        survived = client.get_object(**which)["Body"].read()
        yield Trial("and the record is still there under it", survived == b"locked")


def _held(client: Any, bucket: str, objects: S3Objects) -> Iterator[Trial]:
    name = f"{FOLDER}/{secrets.token_hex(6)}"
    objects.add({name: b"held"}, {name: Guard(None, hold=True)})
    version = client.list_object_versions(Bucket=bucket, Prefix=name)["Versions"][0]["VersionId"]
    which = {"Bucket": bucket, "Key": name, "VersionId": version}
    yield Trial("a legal hold keeps what no lock keeps", _refused(client.delete_object, **which))
    lifted = objects.hold([name], on=False)
    gone = lifted and not _refused(client.delete_object, **which)
    yield Trial("and lets it go when it is lifted", bool(gone) and _is_missing(objects, name))


def _is_missing(objects: Objects, name: str) -> bool:
    try:
        objects.get(name)
    except Missing:
        return True
    return False


def _refused(attempt: Callable[..., object], **arguments: object) -> bool:
    try:
        attempt(**arguments)
    except ClientError as error:
        status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return 400 <= status < 500  # noqa: PLR2004 - RFC 9110
    return False
