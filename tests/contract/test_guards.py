"""What the plan and the holds say of a record stands on its objects in the bucket: lock, date and legal hold."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from agents import settings
from agents.clock import now
from agents.records import app
from agents.retention import place
from agents.retention.attachment import Attachment
from agents.retention.store import Raw
from pipeline.errors import BadConfiguration
from pipeline.record import Coordinates
from tests.killing.writer import Plan, value
from tests.seaweed import Seaweed

PLAN = Plan("", 9, 3, "https://media.example/")
RAWS = [Raw(Coordinates("t", 0, n), 0, b"facebook:1", value(PLAN, n)) for n in range(3)]
NO_EVENT = Raw(Coordinates("t", 0, 9), 0, b"k", b"no event")
RETENTION = """
[[class]]
name = "kommentarer"
legal_basis = "l"
decision = "d"
{more}
[[rule]]
class = "kommentarer"
kinds = ["comment"]
"""


class Vault:
    """A bucket with the settings that name it; `retention` is the plan's class of comments."""

    def __init__(self, server: Seaweed, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.bucket = server.new_bucket()
        self.folder = folder
        self._patch = monkeypatch
        for name, wanted in (
            ("ANSLAGSVAKT_DATA_DIR", str(folder)),
            ("ANSLAGSVAKT_STORE_BUCKET", self.bucket),
            ("ANSLAGSVAKT_STORE_ENDPOINT", server.endpoint),
            ("ANSLAGSVAKT_STORE_LOCK_DAYS", "100"),
            ("AWS_ACCESS_KEY_ID", "writer"),
            ("AWS_SECRET_ACCESS_KEY", "writer-secret"),
        ):
            monkeypatch.setenv(name, wanted)

    def plan(self, more: str) -> None:
        (self.folder / "retention.toml").write_text(RETENTION.format(more=more))
        self._patch.setenv("ANSLAGSVAKT_RETENTION_FILE", str(self.folder / "retention.toml"))

    def put(self, *raws: Raw) -> None:
        with place.opened(place.of(settings.load(), b"t" * 32), now) as store:
            store.put_many(raws)

    def attach(self, *attachments: Attachment) -> None:
        with place.opened(place.of(settings.load()), now) as store:
            store.attach(attachments)

    def head(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = self.server.owner.head_object(Bucket=self.bucket, Key=name)
        return told

    def guarded(self, name: str) -> tuple[str | None, int | None]:
        """Mode and whole days of an object's lock."""
        told = self.head(name)
        until = told.get("ObjectLockRetainUntilDate")
        return told.get("ObjectLockMode"), until and round((until - datetime.now(UTC)) / timedelta(days=1))

    def held(self, name: str) -> bool:
        return self.head(name).get("ObjectLockLegalHoldStatus") == "ON"


@pytest.fixture
def vault(s3_server: Seaweed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    return Vault(s3_server, tmp_path, monkeypatch)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("", ("GOVERNANCE", 100), id="kept for ever: as the settings say"),
        pytest.param("days = 730", ("GOVERNANCE", 730), id="the class's days"),
        pytest.param('days = 7\nlock = "compliance"', ("COMPLIANCE", 7), id="the class's lock and days"),
        pytest.param('lock = "none"', (None, None), id="no lock"),
    ],
)
def test_lock_and_date_are_those_of_the_class(vault: Vault, more: str, expected: tuple[str | None, int | None]) -> None:
    vault.plan(more)
    picture = Attachment.fetched(RAWS[0].sha256, "/media/0", now(), b"a picture", None)
    other_key = Raw(Coordinates("t", 0, 5), 0, b"another key", RAWS[0].value)
    vault.put(RAWS[0], NO_EVENT)
    vault.put(other_key)
    vault.attach(picture)
    with place.for_reading(place.of(settings.load()), now) as store:
        names = [name for name in store.object_keys() if name != NO_EVENT.object_key]
    assert [RAWS[0].object_key] == names[:1]
    assert len(names) == 2, "with its addendum"
    assert dict.fromkeys([*names, picture.object_key], expected) == {
        name: vault.guarded(name) for name in [*names, picture.object_key]
    }
    assert vault.guarded(NO_EVENT.object_key) == ("GOVERNANCE", 100)


def test_a_lock_that_there_is_not_is_refused(vault: Vault) -> None:
    vault.plan('lock = "forever"')
    with pytest.raises(BadConfiguration, match=r"retention\.toml:6"):
        place.of(settings.load())


def test_a_hold_stands_on_the_objects_until_it_is_released(vault: Vault) -> None:
    vault.plan('lock = "none"')
    vault.put(*RAWS)
    picture = Attachment.fetched(RAWS[0].sha256, "/media/0", now(), b"a picture", None)
    vault.attach(picture)
    names = [RAWS[0].object_key, picture.object_key]
    assert [vault.held(name) for name in names] == [False, False]
    code, said = run("hold", "place", "--why", "case 1", "--item", "0")
    assert (code, "on 2 objects in the bucket" in said) == (0, True), said
    assert [vault.held(name) for name in [*names, RAWS[1].object_key]] == [True, True, False]
    version = vault.server.owner.list_object_versions(Bucket=vault.bucket, Prefix=names[0])["Versions"][0]["VersionId"]
    with pytest.raises(ClientError):
        vault.server.owner.delete_object(
            Bucket=vault.bucket, Key=names[0], VersionId=version, BypassGovernanceRetention=True
        )
    _, listed = run("hold", "list")
    assert run("hold", "release", listed.split('"hold":"')[1][:8], "--why", "closed")[0] == 0
    assert [vault.held(name) for name in names] == [False, False]
    assert run("verify")[0] == 0


def test_what_another_hold_covers_stays_held(vault: Vault) -> None:
    vault.put(*RAWS)
    first = run("hold", "place", "--why", "1", "--item", "0")[1].split()[1]
    run("hold", "place", "--why", "2", "--account", "exempel")
    assert "on 3 objects" not in run("hold", "release", first, "--why", "closed")[1]
    assert [vault.held(raw.object_key) for raw in RAWS] == [True] * 3


def test_what_comes_in_under_a_hold_is_held_at_birth(vault: Vault) -> None:
    """Also by a process that began before the hold was placed."""
    with place.opened(place.of(settings.load(), b"t" * 32), now) as store:
        store.put_many(RAWS[:1])
        run("hold", "place", "--why", "1", "--thread", "0")
        store.put_many(RAWS[1:])
    assert [vault.held(raw.object_key) for raw in RAWS] == [True] * 3


def test_holds_can_be_applied_once_more(vault: Vault) -> None:
    vault.put(*RAWS)
    run("hold", "place", "--why", "1", "--item", "0")
    with place.opened(place.of(settings.load()), now) as store:
        assert store.hold([RAWS[0].object_key], on=False) == 1
    assert run("hold", "apply") == (0, "1 objects are held\n")
    assert vault.held(RAWS[0].object_key)
