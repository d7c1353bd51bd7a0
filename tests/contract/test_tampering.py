"""Ways to falsify an archive, each on a folder and on a bucket: `records verify` names it and exits with 1."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from agents import settings
from agents.clock import now
from agents.records import app
from agents.retention import place
from agents.retention.attachment import Attachment
from agents.retention.entry import WIDTH
from agents.retention.log import LogReader
from agents.retention.store import Raw
from agents.retention.wrap import add_key
from pipeline.record import Coordinates
from tests.killing.writer import Plan, value
from tests.seaweed import Seaweed

PLAN = Plan("", 9, 3, "https://media.example/")
RAWS = [Raw(Coordinates("t", 0, n), 0, b"facebook:1", value(PLAN, n)) for n in range(9)]
PICTURE = Attachment.fetched(RAWS[5].sha256, "/media/0", now(), b"a picture", "image/jpeg")


@dataclass
class Archive:
    """A sealed and logged archive as the settings have it, with an index; in a bucket if there is a server."""

    data: Path
    server: Seaweed | None
    bucket: str

    @property
    def store(self) -> Path:
        return self.data / "store"

    @property
    def log(self) -> Path:
        return self.store / "log"

    def fill(self, *raws: Raw) -> None:
        with place.opened(place.of(settings.load(), b"t" * 32), now) as store:
            for start in range(0, len(raws), 3):
                store.put_many(raws[start : start + 3])

    def read(self, name: str) -> bytes:
        if self.server is None:
            return (self.store / name).read_bytes()
        body: bytes = self.server.owner.get_object(Bucket=self.bucket, Key=name)["Body"].read()
        return body

    def write(self, name: str, content: bytes) -> None:
        """As somebody would who has every right on the storage, and goes round the lock."""
        if self.server is None:
            (self.store / name).chmod(0o640)
            (self.store / name).write_bytes(content)
            return
        self.remove(name)
        self.server.owner.put_object(Bucket=self.bucket, Key=name, Body=content)

    def remove(self, name: str) -> None:
        if self.server is None:
            (self.store / name).unlink()
            return
        versions = f"{self.server.filer}/buckets/{self.bucket}/{name}.versions"
        everything = {"recursive": "true", "ignoreRecursiveError": "true"}
        for address in (versions, f"{self.server.filer}/buckets/{self.bucket}/{name}"):
            httpx.delete(address, params=everything)
        assert not self.server.owner.list_object_versions(Bucket=self.bucket, Prefix=name).get("Versions")

    def head(self, to: Path) -> Path:
        """A copy of the newest head, kept where nobody who can write to the archive can change it."""
        *_, head = (each for each in LogReader(self.log).heads() if each)
        to.write_bytes(head.line() + b"\n")
        return to


@pytest.fixture
def archive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    data = tmp_path / "data"
    add_key(tmp_path / "key", now().date())
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(data))
    monkeypatch.setenv("ANSLAGSVAKT_STORE_KEY_FILE", str(tmp_path / "key"))
    made = Archive(data, None, "")
    if request.param == "bucket":
        server: Seaweed = request.getfixturevalue("s3_server")
        made = Archive(data, server, server.new_bucket())
        monkeypatch.setenv("ANSLAGSVAKT_STORE_BUCKET", made.bucket)
        monkeypatch.setenv("ANSLAGSVAKT_STORE_ENDPOINT", server.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "owner")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "owner-secret")
    made.fill(*RAWS)
    with place.opened(place.of(settings.load()), now) as store:
        store.attach([PICTURE])
    assert run("index")[0] == 0
    return made


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.output


def flip_a_byte(archive: Archive) -> list[str]:
    content = bytearray(archive.read(RAWS[4].object_key))
    content[-1] ^= 1
    archive.write(RAWS[4].object_key, bytes(content))
    return [f"{RAWS[4].object_key}: its bytes are not those that the log names"]


def flip_a_byte_of_a_picture(archive: Archive) -> list[str]:
    content = bytearray(archive.read(PICTURE.object_key))
    content[-1] ^= 1
    archive.write(PICTURE.object_key, bytes(content))
    return [f"{PICTURE.object_key}: its bytes are not those that the log names"]


def swap_two_payloads(archive: Archive) -> list[str]:
    one, other = (archive.read(RAWS[n].object_key) for n in (1, 2))
    archive.write(RAWS[1].object_key, other)
    archive.write(RAWS[2].object_key, one)
    return [f"{RAWS[n].object_key}: its bytes are not those that the log names" for n in (1, 2)]


def drop_the_last_leaves(archive: Archive) -> list[str]:
    entries = archive.log / "entries"
    lost = LogReader(archive.log).size() - 6
    entries.write_bytes(entries.read_bytes()[: 6 * WIDTH])
    return [f"the log has lost its last {lost} entries"]


def drop_the_last_leaves_and_heads(archive: Archive) -> list[str]:
    """With all that belongs to them, as one who knows the format would: the records are left over."""
    heads = archive.log / "heads"
    for name, length in (("entries", 6 * WIDTH), ("nodes", 10 * 32)):
        file = archive.log / name
        file.write_bytes(file.read_bytes()[:length])
    heads.write_bytes(b"".join(heads.read_bytes().splitlines(keepends=True)[:2]))
    return [f"{name}: it is not in the log" for name in (*(raw.object_key for raw in RAWS[6:]), PICTURE.object_key)]


def rewrite_a_row_of_the_log(archive: Archive) -> list[str]:
    entries = archive.log / "entries"
    entries.write_bytes(entries.read_bytes().replace(RAWS[4].sha256.encode(), RAWS[4].sha256[::-1].encode()))
    return ["entries of the log are not those it signed", f"{RAWS[4].object_key}: it is not in the log"]


def change_a_hash_of_the_tree(archive: Archive) -> list[str]:
    """Where proofs are read from; not at its edge, where the next record would find it out."""
    nodes = archive.log / "nodes"
    content = bytearray(nodes.read_bytes())
    content[32] ^= 1
    nodes.write_bytes(content)
    return ["log/nodes: 1 entries give other hashes than it tells, the first is entry 2"]


def rewrite_a_row_of_the_index(archive: Archive) -> list[str]:
    with closing(sqlite3.connect(archive.data / "index.sqlite3")) as index, index:
        index.execute("UPDATE record SET account = 'annat' WHERE object_key = ?", (RAWS[4].object_key,))
        index.execute("DELETE FROM record WHERE object_key = ?", (RAWS[5].object_key,))
        index.execute("INSERT INTO record (object_key, archived_at, size) VALUES ('records/00/00/invented', 1, 1)")
    return [
        f"{RAWS[4].object_key}: the index tells another account than the store",
        f"{RAWS[5].object_key}: the index has no row for it",
        "records/00/00/invented: the index has a row for it, and the store no such record",
    ]


def rewrite_a_row_of_the_keys(archive: Archive) -> list[str]:
    with closing(sqlite3.connect(archive.data / "record-keys.sqlite3")) as keys, keys:
        statement = "UPDATE object_key SET wrapped = (SELECT wrapped FROM object_key WHERE name = ?) WHERE name = ?"
        keys.execute(statement, (RAWS[3].object_key, RAWS[4].object_key))
        keys.execute("UPDATE object_key SET wrapped = NULL WHERE name = ?", (RAWS[5].object_key,))
        keys.execute("DELETE FROM object_key WHERE name = ?", (RAWS[6].object_key,))
    return [
        f"{RAWS[4].object_key}: its key in record-keys.sqlite3 is not what",
        f"{RAWS[5].object_key}: its key was destroyed without a certificate",
        f"{RAWS[6].object_key}: there is no key for it",
    ]


def delete_behind_the_lock(archive: Archive) -> list[str]:
    """In a bucket through the storage's own port, which knows no lock; in a folder as root."""
    archive.remove(RAWS[4].object_key)
    return [f"{RAWS[4].object_key}: there is no such record"]


STORED = (flip_a_byte, flip_a_byte_of_a_picture, swap_two_payloads, delete_behind_the_lock)
BESIDE = (
    drop_the_last_leaves,
    drop_the_last_leaves_and_heads,
    rewrite_a_row_of_the_log,
    change_a_hash_of_the_tree,
    rewrite_a_row_of_the_index,
    rewrite_a_row_of_the_keys,
)
"""What stands beside the store in either case; trying it once is enough."""


@pytest.mark.parametrize(
    ("archive", "tamper"),
    [
        *(pytest.param(kind, each, id=f"{each.__name__} {kind}") for kind in ("folder", "bucket") for each in STORED),
        *(pytest.param("folder", each, id=each.__name__) for each in BESIDE),
    ],
    indirect=["archive"],
)
def test_it_is_named_and_the_exit_code_is_1(archive: Archive, tamper: Callable[[Archive], list[str]]) -> None:
    named = tamper(archive)
    code, said = run("verify")
    assert code == 1, said
    for each in named:
        assert each in said, said


@pytest.mark.parametrize("archive", ["folder", "bucket"], indirect=True)
def test_an_old_backup_put_back_is_named_by_a_head_kept_elsewhere(archive: Archive, tmp_path: Path) -> None:
    shutil.copytree(archive.data, tmp_path / "backup")
    late = Raw(Coordinates("t", 0, 99), 0, b"facebook:1", value(PLAN, 99))
    archive.fill(late)
    kept = archive.head(tmp_path / "head.json")
    assert run("verify", "--head", kept)[0] == 0
    archive.remove(late.object_key)
    shutil.rmtree(archive.data)
    shutil.copytree(tmp_path / "backup", archive.data)
    assert run("verify")[0] == 0, "the backup in itself is sound, which is why a head is kept elsewhere"
    code, said = run("verify", "--head", kept)
    assert (code, "the log has lost its last 1 entries" in said) == (1, True), said


@pytest.mark.parametrize("archive", ["folder", "bucket"], indirect=True)
def test_an_archive_that_nobody_touched_verifies_and_one_fault_is_told_once(archive: Archive) -> None:
    assert run("verify")[0] == 0
    assert len(flip_a_byte(archive)) == 1
    code, said = run("verify")
    assert (code, said.count("FAULT")) == (1, 1), said
