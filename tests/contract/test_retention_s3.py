"""The store in a bucket with Object Lock, on a real S3 server: what cannot be undone, and what is found out."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from agents.retention import place
from agents.retention.bucket import Bucket, Lock, LockMode
from agents.retention.heads import signer
from agents.retention.log import Log, LogReader
from agents.retention.records import RecordStore
from agents.retention.s3 import S3Objects, connect
from agents.retention.seal import Open
from agents.retention.store import Damaged, Raw
from agents.retention.verify import Known, Verification
from pipeline.errors import RetryLater, Stop
from pipeline.record import Coordinates
from tests.seaweed import Seaweed

LOCK = Lock(LockMode.COMPLIANCE, timedelta(days=1))
RAWS = [Raw(Coordinates("t", 0, n), 0, b"k", b"value %d" % n) for n in range(4)]


def now() -> datetime:
    return datetime.now(UTC)


class Vault:
    """A bucket of our own with four records in it, and its log in a folder."""

    def __init__(self, server: Seaweed, folder: Path, objects: S3Objects, bucket: str) -> None:
        self.server = server
        self.bucket = bucket
        self.where = place.Place(folder, log_key=folder / "log.key")
        log = Log(self.where.log, signer(folder / "log.key"), now)
        self.store: RecordStore = self.where.store(objects, Open(), now, log)
        self.store.put_many(RAWS)

    def version(self, n: int) -> str:
        found = self.server.owner.list_object_versions(Bucket=self.bucket, Prefix=RAWS[n].object_key)
        return str(found["Versions"][0]["VersionId"])

    def faults(self) -> list[str]:
        told: list[str] = []
        run = Verification(self.store, fault=lambda fault: told.append(str(fault)), progress=lambda _: None)
        run.run(LogReader(self.where.log), Known())
        return told


@pytest.fixture
def vault(s3_server: Seaweed, tmp_path: Path) -> Iterator[Vault]:
    bucket = s3_server.new_bucket()
    with S3Objects(s3_server.writer, bucket, LOCK, now) as objects:
        yield Vault(s3_server, tmp_path, objects, bucket)


def test_an_untouched_bucket_verifies(vault: Vault) -> None:
    assert vault.faults() == []


def test_records_are_locked_at_birth(vault: Vault) -> None:
    told = vault.server.owner.head_object(Bucket=vault.bucket, Key=RAWS[0].object_key)
    assert told["ObjectLockMode"] == "COMPLIANCE"
    assert timedelta(hours=23) < told["ObjectLockRetainUntilDate"] - now() < timedelta(hours=25)


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(
            lambda client, bucket, key, version: client.delete_object(Bucket=bucket, Key=key, VersionId=version),
            id="delete",
        ),
        pytest.param(
            lambda client, bucket, key, version: client.delete_object(
                Bucket=bucket, Key=key, VersionId=version, BypassGovernanceRetention=True
            ),
            id="delete with bypass",
        ),
        pytest.param(
            lambda client, bucket, key, version: client.put_object_retention(
                Bucket=bucket,
                Key=key,
                VersionId=version,
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": now() + timedelta(minutes=1)},
            ),
            id="shorten the lock",
        ),
    ],
)
def test_not_even_the_owner_undoes_a_locked_record(
    vault: Vault, attempt: Callable[[Any, str, str, str], object]
) -> None:
    with pytest.raises(ClientError) as refused:
        attempt(vault.server.owner, vault.bucket, RAWS[0].object_key, vault.version(0))
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert vault.faults() == []


@pytest.mark.parametrize(("lock", "left"), [(LOCK, True), (None, False)], ids=["locked", "lock is over"])
def test_what_nobody_can_read_any_more_goes_when_its_lock_allows(
    s3_server: Seaweed, lock: Lock | None, *, left: bool
) -> None:
    bucket = s3_server.new_bucket()
    with S3Objects(s3_server.owner, bucket, lock, now) as objects:
        objects.add({"records/aa/one": b"1", "records/aa/one.more": b"2"})
        for count in (0, 0) if left else (1, 0):
            assert objects.clear(["records/aa/one"]) == count
        names = ["records/aa/one", "records/aa/one.more"]
        assert list(objects.names("records")) == (names if left else names[1:])
        assert list(objects.faults("records")) == []


def test_a_marker_laid_over_a_record_is_named_and_the_record_is_not_stored_anew(vault: Vault) -> None:
    vault.server.owner.delete_object(Bucket=vault.bucket, Key=RAWS[1].object_key)
    assert any("delete marker" in told and RAWS[1].object_key in told for told in vault.faults())
    with pytest.raises(Damaged, match="delete marker"):
        vault.store.read(RAWS[1].object_key)


def test_a_version_laid_on_top_is_named(vault: Vault) -> None:
    vault.server.owner.put_object(Bucket=vault.bucket, Key=RAWS[2].object_key, Body=b"other")
    faults = vault.faults()
    assert any("more than one version" in told for told in faults)
    assert any("not those that the log names" in told for told in faults)


def test_what_is_deleted_behind_the_lock_is_missed(vault: Vault) -> None:
    """Through SeaweedFS's own port, as an administrator of the storage could: the lock knows nothing of it."""
    address = f"{vault.server.filer}/buckets/{vault.bucket}/records"
    httpx.delete(address, params={"recursive": "true", "ignoreRecursiveError": "true"}).raise_for_status()
    faults = vault.faults()
    for raw in RAWS:
        assert any(raw.object_key in told for told in faults)


def test_a_writer_may_not_bypass_a_governance_lock(s3_server: Seaweed) -> None:
    bucket = s3_server.new_bucket()
    with S3Objects(s3_server.writer, bucket, Lock(LockMode.GOVERNANCE, timedelta(days=1)), now) as objects:
        assert {"records/a"} == objects.add({"records/a": b"a"})
        version = s3_server.owner.list_object_versions(Bucket=bucket)["Versions"][0]["VersionId"]
        with pytest.raises(ClientError):
            s3_server.writer.delete_object(
                Bucket=bucket, Key="records/a", VersionId=version, BypassGovernanceRetention=True
            )
        assert objects.get("records/a") == b"a"


def test_many_objects_are_listed_page_by_page_in_order(s3_server: Seaweed) -> None:
    with S3Objects(s3_server.writer, s3_server.new_bucket(), LOCK, now) as objects:
        names = [f"records/{n:04}" for n in range(1100)]
        assert set(names) == objects.add(dict.fromkeys(names, b"x"))
        assert names == list(objects.names("records"))
        assert list(objects.faults("records")) == []


def test_a_bucket_without_a_lock_is_refused(s3_server: Seaweed) -> None:
    s3_server.owner.create_bucket(Bucket="no-lock")
    with pytest.raises(Stop, match="keeps no versions"), S3Objects(s3_server.writer, "no-lock", LOCK, now):
        pass


@pytest.mark.parametrize(
    ("bucket", "keys", "error"),
    [
        pytest.param(None, ("writer", "wrong"), Stop, id="a wrong key"),
        pytest.param("missing-bucket", ("writer", "writer-secret"), Stop, id="no such bucket"),
    ],
)
def test_what_the_operator_must_put_right_stops_us(
    s3_server: Seaweed, bucket: str | None, keys: tuple[str, str], error: type[Exception]
) -> None:
    name = bucket or s3_server.new_bucket()
    client = connect(Bucket(name, s3_server.endpoint), *keys)
    with pytest.raises(error, match=name), S3Objects(client, name, LOCK, now):
        pass


def test_a_service_that_is_away_is_waited_for() -> None:
    client = connect(Bucket("b", "http://127.0.0.1:9"), "k", "s")
    objects = S3Objects(client, "b", LOCK, now)
    with pytest.raises(RetryLater, match="cannot be reached"):
        objects.add({"records/a": b"a"})


class Forgetful:
    """A real client whose service answers without the hash of what it stored, and stores `wrong` if that is given."""

    def __init__(self, client: Any, wrong: bytes | None = None) -> None:
        self._client = client
        self._wrong = wrong
        self.read = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_object(self, **asked: Any) -> dict[str, Any]:
        if self._wrong is not None:
            asked |= {"Body": self._wrong}
            del asked["ChecksumSHA256"]
        answer: dict[str, Any] = self._client.put_object(**asked)
        return {name: value for name, value in answer.items() if name != "ChecksumSHA256"}

    def get_object(self, **asked: Any) -> Any:
        self.read += 1
        return self._client.get_object(**asked)


def test_what_the_service_does_not_vouch_for_is_read_back(s3_server: Seaweed) -> None:
    client = Forgetful(s3_server.writer)
    with S3Objects(client, s3_server.new_bucket(), LOCK, now) as objects:
        assert {"records/a"} == objects.add({"records/a": b"a"})
    assert client.read == 1


def test_other_bytes_than_were_given_stop_us(s3_server: Seaweed) -> None:
    with (
        S3Objects(Forgetful(s3_server.writer, b"other"), s3_server.new_bucket(), LOCK, now) as objects,
        pytest.raises(Stop, match="other bytes"),
    ):
        objects.add({"records/a": b"a"})
