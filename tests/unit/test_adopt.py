"""`records adopt`: a store that is older than its log is entered in it, checked, on somebody's word."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.records import app
from agents.retention import place
from agents.retention.log import LogReader
from agents.retention.store import Raw
from agents.settings import Settings
from pipeline.record import Coordinates

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD = [Raw(Coordinates("t", 0, n), 0, b"k", b"old %d" % n) for n in range(3)]
ADDENDUM = Raw(Coordinates("t", 0, 7), 0, b"another key", OLD[0].value)
NEW = Raw(Coordinates("t", 0, 8), 0, b"k", b"new")


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.output


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store from before there was a log, which has got one record since."""
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SUDO_USER", "anna")
    with place.opened(place.Place(tmp_path / "store"), lambda: AT) as unlogged:
        unlogged.put_many([*OLD, ADDENDUM])
    with place.opened(place.of(Settings()), lambda: AT) as logged:
        logged.put_many([NEW])
    return tmp_path / "store"


def test_what_is_older_than_the_log_is_entered_in_it(store: Path) -> None:
    code, told = run("verify")
    assert (code, told.count("it is not in the log")) == (1, 4)
    assert run("adopt", "--why", "arkivet från före 2026") == (0, "4 objects entered in the log\n")
    assert run("verify") == (0, "4 records, 1 addenda, 0 disposed of: all as they were stored\n")
    names = [name for name, _ in LogReader(store / "log").entries()]
    assert names[0] == NEW.object_key
    assert len(names) == len(set(names)) == 6
    (statement,) = (store / "adoptions").iterdir()
    told_there = json.loads(statement.read_bytes())
    assert (told_there["by"], told_there["why"], told_there["objects"]) == ("anna", "arkivet från före 2026", 4)
    assert names[-1] == f"adoptions/{statement.name}"


def test_a_second_time_there_is_nothing_to_enter(store: Path) -> None:
    run("adopt", "--why", "w")
    assert run("adopt", "--why", "w") == (0, "0 objects entered in the log\n")
    assert len(list((store / "adoptions").iterdir())) == 1


def test_what_is_damaged_is_named_and_left_out(store: Path) -> None:
    path = store / OLD[1].object_key
    path.chmod(0o640)
    path.write_bytes(path.read_bytes() + b"!")
    code, told = run("adopt", "--why", "w")
    assert (code, f"FAULT {OLD[1].object_key}" in told, "3 objects entered in the log, 1 left out" in told) == (
        1,
        True,
        True,
    )
    assert OLD[1].object_key not in {name for name, _ in LogReader(store / "log").entries()}


def test_a_store_that_never_had_a_log_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(tmp_path))
    with place.opened(place.Place(tmp_path / "store"), lambda: AT) as unlogged:
        unlogged.put_many(OLD)
    assert run("adopt", "--why", "w")[0] == 0
    assert run("verify")[0] == 0
    (tmp_path / "store" / OLD[2].object_key).unlink()
    code, told = run("verify")
    assert (code, f"{OLD[2].object_key}: there is no such record" in told) == (1, True)
