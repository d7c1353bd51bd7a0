"""What the index must do; run on SQLite and on a real PostgreSQL where Debian's packages have one."""

import hashlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest
from sqlalchemy import create_engine, select, text

from agents.retention import documents, place, tables, words
from agents.retention.about import author_token
from agents.retention.disposal import Certificate, Due
from agents.retention.index import RecordIndex
from agents.retention.log import LogReader
from agents.retention.records import RecordStore
from agents.retention.store import Raw
from agents.retention.tables import RECORD, STATE, WORD
from agents.retention.wanted import Hit, Wanted
from agents.retention.words import WordKey
from agents.retention.wrap import add_key
from pipeline.errors import BadConfiguration, RetryLater
from pipeline.event import Event
from pipeline.record import Coordinates
from topics import wire

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN_KEY = b"t" * 32
_PROGRAMS = Path("/usr/lib/postgresql")


def event(n: int, change: str = "created", *, account: str = "exempel", hours: int = 0, own: bool = False) -> Raw:
    told = {
        "specversion": "1.0",
        "id": f"{n}:{change}",
        "source": f"/facebook/{account}",
        "type": f"se.social.comment.{change}.v1",
        "time": (AT + timedelta(hours=hours)).isoformat(),
        "data": {
            "platform": "facebook",
            "account_id": account,
            "object_kind": "comment",
            "change": change,
            "object_id": f"item-{n}",
            "root_id": f"root-{n // 10}",
            "author": {"id": f"person-{n % 3}"},
            "is_own": own,
        },
    }
    return Raw(Coordinates("t", 0, n), 0, b"k", json.dumps(told).encode())


RAWS = [
    event(1),
    event(1, "edited", hours=5),
    event(1, "deleted", hours=30),
    event(2, account="annat"),
    event(11, hours=13),
    Raw(Coordinates("t", 0, 99), 0, b"k", b"no event"),
]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own on a free port, with its data in a temporary folder."""
    programs = sorted(_PROGRAMS.glob("*/bin")) if _PROGRAMS.is_dir() else []
    if not programs:
        pytest.skip("did not run: the index on PostgreSQL: install Debian's package postgresql")
    # PostgreSQL refuses to run as root: there it is started as the user that its package makes.
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        if user is not None:
            shutil.chown(folder, user)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        data = f"{folder}/data"
        make: list[str | Path] = [programs[-1] / "initdb", "-D", data, "-U", "test", "--auth=trust", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, user=user, cwd=folder)
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [programs[-1] / "postgres", "-D", data, *options]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, user=user, cwd=folder) as server:
            try:
                yield f"postgresql+psycopg://test@127.0.0.1:{_served(port)}/postgres"
            finally:
                server.send_signal(signal.SIGINT)


def _served(port: int) -> int:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="test", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return port
    raise TimeoutError("PostgreSQL did not start within a minute")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'index.sqlite3'}"
    return str(request.getfixturevalue("postgresql"))


@pytest.fixture
def index(url: str) -> Iterator[RecordIndex]:
    with RecordIndex(url) as opened:
        opened.clear()
        yield opened


class Archive:
    """A sealed and logged store, read without its key."""

    def __init__(self, folder: Path) -> None:
        add_key(folder / "key", AT.date())
        self.place = place.Place(folder / "store", folder / "keys", folder / "key", TOKEN_KEY, folder / "log.key")
        self.reader = LogReader(self.place.log)

    def put(self, *raws: Raw) -> None:
        with place.opened(self.place, lambda: AT) as store:
            store.put_many(raws)

    def catch_up(self, index: RecordIndex) -> int:
        with place.for_reading(place.Place(self.place.folder), lambda: AT) as keyless:
            return index.catch_up(keyless, self.reader, lambda _: None)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path)
    made.put(*RAWS)
    return made


def found(index: RecordIndex, wanted: Wanted) -> list[str]:
    return [hit.object_key for hit in index.search(wanted)]


def keys(*places: int) -> list[str]:
    return [RAWS[place].object_key for place in places]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        pytest.param(Wanted(item="item-1"), (0, 1, 2), id="the versions of an item, oldest first"),
        pytest.param(Wanted(platform="facebook", accounts=frozenset({"annat"})), (3,), id="account"),
        pytest.param(Wanted(accounts=frozenset({"annat", "exempel"}), change="edited"), (1,), id="accounts"),
        pytest.param(Wanted(accounts=frozenset()), (), id="no account"),
        pytest.param(Wanted(thread="root-1"), (4,), id="thread"),
        pytest.param(Wanted(author=author_token(TOKEN_KEY, "facebook", "person-2")), (3, 4), id="author"),
        pytest.param(Wanted(since=date(2026, 11, 24)), (4, 2), id="since"),
        pytest.param(Wanted(until=date(2026, 11, 23), item="item-1"), (0, 1), id="until, the whole day"),
        pytest.param(Wanted(platform="instagram"), (), id="none"),
        pytest.param(Wanted(kind="post"), (), id="kind"),
    ],
)
def test_search_finds_what_fits(index: RecordIndex, archive: Archive, wanted: Wanted, places: tuple[int, ...]) -> None:
    assert archive.catch_up(index) == len(RAWS)
    if wanted.author:
        assert set(keys(*places)) == set(found(index, wanted))
    else:
        assert keys(*places) == found(index, wanted)


def test_a_hit_tells_what_the_record_is_about_and_no_text(index: RecordIndex, archive: Archive) -> None:
    archive.catch_up(index)
    (hit,) = index.search(Wanted(item="item-2"))
    assert hit == Hit(
        object_key=RAWS[3].object_key,
        archived_at=AT,
        size=len(RAWS[3].value or b""),
        platform="facebook",
        account="annat",
        kind="comment",
        change="created",
        item="item-2",
        thread="root-0",
        author=author_token(TOKEN_KEY, "facebook", "person-2"),
        time=AT,
    )


def test_it_takes_in_only_what_is_new(index: RecordIndex, archive: Archive) -> None:
    assert [archive.catch_up(index), archive.catch_up(index)] == [6, 0]
    archive.put(event(3), *RAWS)
    assert [archive.catch_up(index), archive.catch_up(index)] == [1, 0]
    assert len(found(index, Wanted())) == 7


def test_made_anew_it_is_the_same(index: RecordIndex, archive: Archive) -> None:
    archive.catch_up(index)
    before = list(index.search(Wanted()))
    index.clear()
    assert found(index, Wanted()) == []
    assert (6, before) == (archive.catch_up(index), list(index.search(Wanted())))


def test_an_older_store_put_back_is_taken_in_anew(index: RecordIndex, archive: Archive, tmp_path: Path) -> None:
    archive.catch_up(index)
    (tmp_path / "other").mkdir()
    other = Archive(tmp_path / "other")
    other.put(event(5))
    assert (other.catch_up(index), len(found(index, Wanted()))) == (1, 1)


def test_damaged_and_missing_records_are_passed_over(index: RecordIndex, archive: Archive) -> None:
    for raw, content in ((RAWS[0], None), (RAWS[1], b"rubbish")):
        path = archive.place.folder / raw.object_key
        path.unlink()
        if content:
            path.write_bytes(content)
    archive.catch_up(index)
    assert keys(2) == found(index, Wanted(item="item-1"))


def test_a_store_without_a_log_is_taken_in_whole(index: RecordIndex, tmp_path: Path) -> None:
    with place.opened(place.Place(tmp_path / "bare"), lambda: AT) as store:
        assert isinstance(store, RecordStore)
        store.put_many(RAWS)
        assert index.catch_up(store, LogReader(tmp_path / "bare" / "log"), lambda _: None) == 6
    assert keys(0, 1, 2) == found(index, Wanted(item="item-1"))


def test_a_state_is_that_of_the_newest_version(index: RecordIndex, archive: Archive) -> None:
    archive.catch_up(index)
    assert keys(2) == found(index, Wanted(state="deleted"))
    assert keys(3, 4) == found(index, Wanted(state="created"))
    assert found(index, Wanted(state="edited")) == []


KEY = WordKey(b"k" * 32, sealed=False)
SAID = {0: "trasig lekplats", 1: "trasig gunga", 3: "lekplats trasig gunga", 4: "buss"}


def take_in(index: RecordIndex, archive: Archive, key: WordKey = KEY) -> int:
    """Take in words as if the records said what SAID has, by a reader who has the key."""
    told = {(event_of(RAWS[n]).id): frozenset(text.split()) for n, text in SAID.items()}
    with place.for_reading(archive.place, lambda: AT) as store:
        words_of = lambda event: told.get(event.id, frozenset())  # noqa: E731
        return words.take_in(index, key, store.read, words_of, lambda _: None)


def event_of(raw: Raw) -> Event:
    return wire.decode_event(raw.value)


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        pytest.param("trasig", (0, 3, 1), id="one word"),
        pytest.param("trasig lekplats", (0, 3), id="two"),
        pytest.param("gunga lekplats trasig", (3,), id="three, in any order"),
        pytest.param("trasig buss", (), id="not together"),
        pytest.param("okänt", (), id="in none"),
    ],
)
def test_records_are_found_by_all_of_the_words(
    index: RecordIndex, archive: Archive, asked: str, places: tuple[int, ...]
) -> None:
    archive.catch_up(index)
    assert [take_in(index, archive), take_in(index, archive)] == [6, 0]
    assert set(keys(*places)) == set(found(index, Wanted(words=KEY.tokens(asked.split()))))
    assert found(index, Wanted(words=KEY.tokens(asked.split()), change="deleted")) == []


def test_the_index_holds_no_word_in_clear(index: RecordIndex, archive: Archive, url: str) -> None:
    archive.catch_up(index)
    take_in(index, archive)
    engine = create_engine(url)
    with engine.connect() as connection:
        everything = [tuple(row) for table in (RECORD, WORD, STATE) for row in connection.execute(select(table))]
    engine.dispose()
    assert len(everything) > 10
    assert not any(word in str(everything) for text in SAID.values() for word in text.split())
    assert KEY.tokens(["trasig"]) != WordKey(b"K" * 32, sealed=False).tokens(["trasig"])


def test_words_closed_with_another_key_are_taken_in_anew(index: RecordIndex, archive: Archive) -> None:
    other = WordKey(b"o" * 32, sealed=True)
    archive.catch_up(index)
    take_in(index, archive)
    assert take_in(index, archive, other) == 6
    assert found(index, Wanted(words=KEY.tokens(["trasig"]))) == []
    assert len(found(index, Wanted(words=other.tokens(["trasig"])))) == 3
    with pytest.raises(BadConfiguration, match="ANSLAGSVAKT_STORE_KEY_FILE"):
        take_in(index, archive)


def test_of_what_was_disposed_of_the_entry_stays_and_no_word(index: RecordIndex, archive: Archive) -> None:
    """Also when the index is made anew from the store, in which neither key nor object is left."""
    archive.catch_up(index)
    take_in(index, archive)
    due = tuple(Due(RAWS[n].object_key, AT.date(), "c", "l", "d") for n in (0, 3))
    certificate = Certificate(proposal="p", made_by="a", approved_by="b", executed_by="a", executed_at=AT, records=due)
    content = msgspec.json.encode(certificate)
    name = f"disposals/{hashlib.sha256(content).hexdigest()}"
    with place.opened(archive.place, lambda: AT) as store:
        store.certify(name, content)
        store.dispose([each.object_key for each in due], "d")
    assert not (archive.place.folder / RAWS[3].object_key).exists()
    for anew in (False, True):
        if anew:
            index.clear()
        archive.catch_up(index)
        take_in(index, archive)
        assert set(keys(0, 3)) == set(found(index, Wanted(state="disposed"))), anew
        assert keys(1) == found(index, Wanted(words=KEY.tokens(["trasig"]))), anew
        assert {hit.disposed for hit in index.search(Wanted(state="disposed"))} == {name}


def test_takedowns_are_found_by_their_item_oldest_first(index: RecordIndex, archive: Archive) -> None:
    golden = Path(__file__).parents[1] / "golden"
    first, then = (
        msgspec.json.decode((golden / f"outcome.v1.{kind}.json").read_bytes()) for kind in ("hidden", "removed")
    )
    then["subject"] = first["subject"]
    then["at"] = "2030-01-01T00:00:00Z"
    contents = [msgspec.json.encode(each) for each in (then, first)] + [b"of a later release"]
    named = {documents.name_of(documents.OUTCOMES, each): each for each in contents}
    with place.opened(archive.place, lambda: AT) as store:
        store.keep_documents(named)
        store.keep_documents(named)
    item = (first["subject"]["platform"], first["subject"]["object_id"])
    for _ in range(2):
        archive.catch_up(index)
        assert index.outcomes([item, ("facebook", "another")]) == [*named][1::-1]
        index.clear()


def test_a_certificate_that_the_log_does_not_name_disposes_of_nothing(index: RecordIndex, archive: Archive) -> None:
    content = msgspec.json.encode({"anslagsvakt": "disposal"})
    with place.opened(archive.place, lambda: AT) as store:
        store.certify("disposals/forged", content)
    due = (Due(RAWS[0].object_key, AT.date(), "c", "l", "d"),)
    forged = Certificate(proposal="p", made_by="a", approved_by="b", executed_by="a", executed_at=AT, records=due)
    path = archive.place.folder / "disposals/forged"
    path.unlink()
    path.write_bytes(msgspec.json.encode(forged))
    archive.catch_up(index)
    assert found(index, Wanted(state="disposed")) == []


def test_tables_of_an_earlier_release_are_made_anew(url: str, archive: Archive) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        tables.drop(connection)
        connection.execute(text("CREATE TABLE record (object_key VARCHAR(120) PRIMARY KEY, size BIGINT)"))
        connection.execute(text("CREATE TABLE progress (entries BIGINT PRIMARY KEY)"))
    engine.dispose()
    with RecordIndex(url) as index:
        assert archive.catch_up(index) == 6
        assert len(found(index, Wanted())) == 6


def test_only_what_the_municipality_wrote_is_found_as_its_own(index: RecordIndex, archive: Archive) -> None:
    own = event(7, own=True)
    archive.put(own)
    archive.catch_up(index)
    take_in(index, archive)
    assert [own.object_key] == found(index, Wanted(own=True))


def test_a_limit_holds(index: RecordIndex, archive: Archive) -> None:
    archive.catch_up(index)
    assert len(list(index.search(Wanted(), limit=2))) == 2


@pytest.mark.parametrize("wrong", ["nonsense", "oracle://secret@host/x", "sqlite+none:///x"])
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(BadConfiguration, match="ANSLAGSVAKT_INDEX_URL") as refused:
        RecordIndex(wrong)
    assert "secret" not in str(refused.value)


def test_a_database_that_is_away_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RetryLater, match="cannot be used"), RecordIndex(f"sqlite:///{tmp_path}/none/index"):
        pass
    with pytest.raises(RetryLater) as away, RecordIndex("postgresql+psycopg://u:secret@127.0.0.1:9/x"):
        pass
    assert "secret" not in str(away.value)
