"""`records search --text`: finds what a covered hand-out shows, never what is covered, and is noted."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from agents.handout import access
from agents.records import app
from agents.retention import place
from agents.retention.log import LogReader
from agents.retention.store import Raw
from agents.retention.wrap import add_key
from agents.settings import Settings
from pipeline.record import Coordinates
from pipeline.selection import LAW

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
NUMBER = "19811228-9874"


def event(n: int, text: str, *, own: bool = False, author: str = "person-1") -> Raw:
    told = {
        "specversion": "1.0",
        "id": str(n),
        "source": "/facebook/exempel",
        "type": "se.social.comment.created.v1",
        "time": f"2026-11-20T10:{n:02}:00Z",
        "data": {
            "platform": "facebook",
            "account_id": "exempel",
            "object_kind": "comment",
            "change": "created",
            "object_id": f"item-{n}",
            "root_id": "root",
            "is_own": own,
            "author": {"id": author, "display_name": "Testa Påhittsson"},
            "text": text,
            "media": [{"alt_text": "En rostig cykelställning"}] if n == 0 else [],
        },
    }
    return Raw(Coordinates("t", 0, n), 0, b"k", json.dumps(told).encode())


RAWS = [
    event(0, "Lekplatsen vid torget är trasig igen"),
    event(1, f"Mitt personnummer är {NUMBER}, gungorna på lekplatserna är trasiga"),
    event(2, "Min granne Kalle har diabetes och parkerar fel", author="person-2"),
    event(3, "Boka tid för diabetes och blodtryck på vårdcentralen", own=True),
]


both = pytest.mark.parametrize("data", ["sealed", "plain"], indirect=True)


@pytest.fixture
def data(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(folder))
    if getattr(request, "param", "sealed") == "sealed":
        add_key(tmp_path / "key", AT.date())
        monkeypatch.setenv("ANSLAGSVAKT_STORE_KEY_FILE", str(tmp_path / "key"))
    with place.opened(place.of(Settings(), b"t" * 32), lambda: AT) as store:
        store.put_many(RAWS)
    return folder


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.output


def found(*arguments: str) -> list[int]:
    _, output = run("search", *arguments)
    keys = [raw.object_key for raw in RAWS]
    return [keys.index(json.loads(line)["object_key"]) for line in output.splitlines() if line.startswith("{")]


def noted(data: Path) -> list[access.Access]:
    path = data / "access.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=access.Access) for line in lines]


@both
def test_it_finds_what_is_in_clear_and_nothing_that_is_covered(data: Path) -> None:
    assert data.exists()
    for asked, places in (
        ("trasig lekplats", [0, 1]),
        ("TRASIGA gungan", [1]),
        ("torg", [0]),
        ("cykelställningar", [0]),
        ("parkera", [2]),
        ("Påhittsson", []),
        ("Kalle", []),
        ("lekplats vårdcentral", []),
    ):
        assert places == found("--text", asked), asked
    assert found("--text", "lekplats", "--item", "item-1") == [1]


@pytest.mark.parametrize("asked", [NUMBER, "lekplats 5", "anna@exempel.se", "070-174 06 05"])
def test_numbers_and_addresses_are_not_searched_for(data: Path, asked: str) -> None:
    code, told = run("search", "--text", asked)
    assert (code, "are in no index" in told, noted(data)) == (2, True, [])


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--text", "diabetes"], id="health"),
        pytest.param(["--text", "diabetes", "--author", "abc"], id="health of one author"),
        pytest.param(["--text", "lekplats muslimer"], id="religion, among other words"),
        pytest.param(["--text", "misshandel", "--account", "exempel"], id="crime, on an account"),
        pytest.param(["--text", "skyddade personuppgifter", "--thread", "root"], id="protected identity, in a thread"),
        pytest.param(["--concern", "HEALTH"], id="a concern"),
        pytest.param(["--category", "special", "--own"], id="a category, though among our own"),
    ],
)
def test_people_are_not_selected_by_sensitive_data(data: Path, arguments: list[str]) -> None:
    code, told = run("search", *arguments)
    assert (code, LAW in told, told.count("\n"), noted(data)) == (2, True, 1, []), told


def test_in_the_municipality_s_own_posts_nobody_is_selected(data: Path) -> None:
    assert data.exists()
    assert found("--text", "diabetes blodtryck", "--own") == [3]
    assert found("--own") == [3]
    assert found("--text", "parkera", "--own") == []


def test_the_search_is_noted_before_it_is_answered_with_tokens_for_words(data: Path) -> None:
    found("--text", "trasiga lekplatsen")
    found("--text", "lekplats trasig")
    found("--text", "okänt")
    index, first, second, third = noted(data)
    assert index.command == "index"
    assert (first.command, first.records) == ("search by text", (RAWS[0].object_key, RAWS[1].object_key))
    assert (len(first.words), third.records) == (2, ())
    assert first.words == second.words
    assert first.words != third.words
    assert "lekplat" not in (data / "access.jsonl").read_text()


@both
def test_a_search_by_author_is_noted(data: Path) -> None:
    (line,) = run("search", "--item", "item-2")[1].splitlines()
    assert noted(data) == []
    token = json.loads(line)["author"]
    if token is None:  # a store that is not sealed is described anew by each reader, who has no key of tokens
        return
    assert found("--author", token) == [2]
    assert [(each.command, each.records) for each in noted(data)] == [("search by author", (RAWS[2].object_key,))]


def test_nothing_is_answered_that_cannot_be_noted(data: Path) -> None:
    found("--text", "lekplats")
    (data / "access.jsonl").unlink()
    (data / "access.jsonl").mkdir()
    code, told = run("search", "--text", "lekplats")
    assert (code, "nothing is shown" in told, "records/" in told) == (2, True, False)


@both
def test_every_reading_is_a_record_and_verify_misses_a_line_that_is_gone(data: Path) -> None:
    found("--text", "lekplats")
    run("show", RAWS[0].object_key)
    run("export", RAWS[0].object_key, "--to", data / "out")
    path = data / "access.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    logged = {name for name, _ in LogReader(data / "store/log").entries()}
    assert {access.name_of(line.rstrip(b"\n")) for line in lines} <= logged
    assert run("verify")[0] == 0
    for changed, fault in (
        (lines[:-1], "1 lines are gone that the store keeps"),
        (lines[1:], "access.jsonl:1: does not follow"),
        ([*lines[:-1], lines[-1].replace(b"export bag", b"export xxx")], "1 lines are gone"),
    ):
        path.write_bytes(b"".join(changed))
        code, told = run("verify")
        assert (code, fault in told) == (1, True), told


def test_a_store_without_a_log_gets_none_by_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(tmp_path))
    with place.opened(place.Place(tmp_path / "store"), lambda: AT) as store:
        store.put_many(RAWS)
    assert found("--text", "trasig") == [0, 1]
    assert not (tmp_path / "store/log").exists()
    assert len(list((tmp_path / "store/access").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        pytest.param(["--text", "och på"], "no word to search for", id="common words alone"),
        pytest.param(["--text", "ord " * 21], "more than 20 words", id="a whole text"),
        pytest.param(["--text", ""], "no word to search for", id="nothing"),
        pytest.param(["--state", "gone"], "is no state", id="no state"),
    ],
)
def test_what_cannot_be_asked_is_refused(data: Path, arguments: list[str], fault: str) -> None:
    code, told = run("search", *arguments)
    assert (code, fault in told, noted(data)) == (2, True, [])


def test_more_than_the_limit_is_said(data: Path) -> None:
    assert data.exists()
    code, told = run("search", "--text", "trasig", "--limit", "1")
    assert (code, "ask for more by --limit" in told) == (0, True)


def test_without_the_key_the_words_are_neither_read_nor_forgotten(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("--text", "trasig") == [0, 1]
    key = Settings().store_key_file
    monkeypatch.delenv("ANSLAGSVAKT_STORE_KEY_FILE")
    code, told = run("search", "--text", "trasig")
    assert (code, "ANSLAGSVAKT_STORE_KEY_FILE" in told) == (2, True)
    monkeypatch.setenv("ANSLAGSVAKT_STORE_KEY_FILE", str(key))
    before = len(noted(data))
    assert found("--text", "trasig") == [0, 1]
    assert [each.command for each in noted(data)[before:]] == ["search by text"]


def test_a_new_store_key_leaves_the_words_as_they_are(data: Path) -> None:
    assert data.exists()
    assert found("--text", "trasig") == [0, 1]
    assert run("rotate-key")[0] == 0
    assert found("--text", "trasig") == [0, 1]
    assert [each.command for each in noted(data)] == ["index", "search by text", "search by text"]
