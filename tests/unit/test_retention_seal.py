"""Sealed records: unreadable without the key, tied to their names, re-keyed without rewriting, disposed of for good."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.retention import place, seal
from agents.retention.about import author_token
from agents.retention.keyring import Keyring
from agents.retention.store import Damaged, Disposed, Raw
from agents.retention.wrap import KeyFile, add_key
from pipeline.errors import BadConfiguration, Stop
from pipeline.record import Coordinates

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN_KEY = b"t" * 32
SECRET = "Anna Exempelsson bor på Provgatan 3"
EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/facebook/exempel",
    "type": "se.social.comment.created.v1",
    "time": "2026-11-20T23:30:00Z",
    "data": {
        "platform": "facebook",
        "account_id": "exempel",
        "object_kind": "comment",
        "change": "created",
        "object_id": "item-1",
        "root_id": "root-1",
        "author": {"id": "native-77", "display_name": "Anna Exempelsson"},
        "text": SECRET,
    },
}
RAW = Raw(Coordinates("t", 0, 1), 0, b"facebook:root-1", json.dumps(EVENT).encode(), (("h", b"1"),))
OTHER = Raw(Coordinates("t", 0, 2), 0, b"k", b"no event")


class Vault:
    """A folder with a sealed store, its keys and its key file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key_file = folder / "key"
        add_key(self.key_file, AT.date())
        self.place = place.Place(folder / "store", folder / "keys.sqlite3", self.key_file, TOKEN_KEY)

    def put(self, *raws: Raw) -> list[bool]:
        with place.opened(self.place, lambda: AT) as store:
            return [each.new for each in store.put_many(raws)]

    def read(self, raw: Raw) -> Raw:
        with place.for_reading(self.place, lambda: AT) as store:
            return store.read(raw.object_key).raw

    def keyring(self) -> Keyring:
        return Keyring(self.folder / "keys.sqlite3", KeyFile(self.key_file), lambda: AT)

    def path(self, raw: Raw) -> Path:
        return self.folder / "store" / raw.object_key

    def content(self, raw: Raw) -> bytes:
        return self.path(raw).read_bytes()

    def overwrite(self, raw: Raw, content: bytes) -> None:
        self.path(raw).chmod(0o640)
        self.path(raw).write_bytes(content)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path)
    made.put(RAW, OTHER)
    return made


def test_what_is_sealed_is_read_back_with_the_key(vault: Vault) -> None:
    assert [vault.read(RAW), vault.read(OTHER)] == [RAW, OTHER]


def test_nothing_of_the_text_or_the_person_is_in_clear_anywhere(vault: Vault) -> None:
    everything = b"".join(path.read_bytes() for path in vault.folder.rglob("*") if path.is_file())
    for secret in (SECRET, "Anna", "native-77", "no event"):
        assert secret.encode() not in everything
        assert json.dumps(secret)[1:-1].encode() not in everything


def test_what_searches_go_by_is_told_in_clear_and_the_author_as_a_token(vault: Vault) -> None:
    whole = seal.told_in_clear(RAW.object_key, vault.content(RAW))
    told = whole.about
    assert told
    assert (whole.archived_at, whole.size) == (AT, len(RAW.value or b""))
    assert (told.platform, told.account, told.item, told.thread) == ("facebook", "exempel", "item-1", "root-1")
    assert author_token(TOKEN_KEY, "facebook", "native-77") == told.author
    assert seal.told_in_clear(OTHER.object_key, vault.content(OTHER)).about is None


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda content: content[:-1] + bytes([content[-1] ^ 1]), id="a byte of the text"),
        pytest.param(lambda content: content.replace(b'"item-1"', b'"item-2"'), id="what is told in clear"),
        pytest.param(lambda content: content[:-40], id="cut short"),
        pytest.param(lambda content: content.partition(b"\n")[0], id="only the line"),
        pytest.param(lambda _: b'{"anslagsvakt":"sealed"}\n', id="another line"),
    ],
)
def test_every_change_breaks_the_seal(vault: Vault, harm: Callable[[bytes], bytes]) -> None:
    vault.overwrite(RAW, harm(vault.content(RAW)))
    with pytest.raises(Damaged, match="seal is broken"):
        vault.read(RAW)


def test_a_sealed_record_serves_under_no_other_name(vault: Vault) -> None:
    vault.overwrite(RAW, vault.content(OTHER))
    with pytest.raises(Damaged, match="seal is broken"):
        vault.read(RAW)


def test_a_new_key_closes_everything_and_no_record_is_rewritten(vault: Vault) -> None:
    before = vault.content(RAW)
    add_key(vault.key_file, AT.date())
    with vault.keyring() as keyring:
        assert [keyring.rewrap(), keyring.rewrap()] == [2, 0]
    newest = vault.key_file.read_text().splitlines()[-1]
    vault.key_file.write_text(newest + "\n")
    assert (RAW, before) == (vault.read(RAW), vault.content(RAW))


def test_a_key_that_is_still_needed_is_missed_by_name(vault: Vault) -> None:
    vault.key_file.write_text("another " + vault.key_file.read_text().split(" ")[1])
    with pytest.raises(BadConfiguration, match="'2026-11-23-1' is missing"):
        vault.read(RAW)


def test_a_wrong_key_opens_nothing(vault: Vault) -> None:
    add_key(vault.folder / "other", AT.date())
    vault.key_file.write_text((vault.folder / "other").read_text())
    with pytest.raises(BadConfiguration, match="not the one that closed"):
        vault.read(RAW)


def test_a_destroyed_key_disposes_of_the_record_for_good(vault: Vault) -> None:
    """Nothing in the key file's pages brings it back, and the same event come again does not either."""
    with vault.keyring() as keyring:
        wrapped = keyring._db.execute("SELECT wrapped FROM object_key WHERE name = ?", (RAW.object_key,)).fetchone()[0]
        assert [keyring.destroy([RAW.object_key], "KS 2026/1") for _ in range(2)] == [1, 0]
    with pytest.raises(Disposed):
        vault.read(RAW)
    assert not any(wrapped in path.read_bytes() for path in vault.folder.glob("keys.sqlite3*"))
    assert vault.put(RAW, OTHER) == [False, False]
    with pytest.raises(Disposed):
        vault.read(RAW)


def test_a_lost_key_is_a_fault_and_not_a_new_key(vault: Vault) -> None:
    (vault.folder / "keys.sqlite3").unlink()
    with pytest.raises(Damaged, match="restore that file"):
        vault.read(RAW)
    with pytest.raises(Stop):
        vault.put(RAW)


def test_what_was_stored_before_sealing_began_is_still_read(tmp_path: Path) -> None:
    with place.opened(place.Place(tmp_path / "store"), lambda: AT) as store:
        store.put_many([RAW])
    vault = Vault(tmp_path)
    assert vault.put(RAW, OTHER) == [False, True]
    assert vault.read(RAW) == RAW


def test_without_a_key_file_sealed_records_are_named_as_such(vault: Vault) -> None:
    with (
        place.for_reading(place.Place(vault.folder / "store"), lambda: AT) as store,
        pytest.raises(Damaged, match="ANSLAGSVAKT_STORE_KEY_FILE"),
    ):
        store.read(RAW.object_key)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "holds no key", id="empty"),
        pytest.param("# a comment\n", "holds no key", id="comment"),
        pytest.param("one !!!\n", "key:1: key 'one'", id="not base64"),
        pytest.param("# a\none QUJD\n", "key:2: key 'one'", id="too short"),
    ],
)
def test_a_broken_key_file_is_refused_in_one_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(BadConfiguration, match=message):
        KeyFile(tmp_path / "key")


def test_a_file_that_is_no_keyring_stops_us(vault: Vault) -> None:
    (vault.folder / "keys.sqlite3").write_bytes(b"rubbish" * 1000)
    with pytest.raises(Stop, match="restore the file"):
        vault.read(RAW)


def test_key_file_and_keyring_are_for_us_alone(vault: Vault) -> None:
    assert [oct(path.stat().st_mode & 0o777) for path in (vault.key_file, vault.folder / "keys.sqlite3")] == [
        "0o600",
        "0o600",
    ]
