"""`anslagsvakt records` on a file store: exit codes, named faults, and no text in what it lists."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.records import app
from agents.retention import place, verified
from agents.retention.store import Raw
from pipeline.record import Coordinates

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = "Hej från testet"


def event(n: int, *, account: str = "exempel", day: int = 20, change: str = "created") -> bytes:
    told = {
        "specversion": "1.0",
        "id": f"{n}:{change}",
        "source": f"/facebook/{account}",
        "type": f"se.social.comment.{change}.v1",
        "time": f"2026-11-{day}T23:30:00Z",
        "data": {
            "platform": "facebook",
            "account_id": account,
            "object_kind": "comment",
            "change": change,
            "object_id": f"item-{n}",
            "root_id": "root",
            "text": TEXT,
        },
    }
    return json.dumps(told).encode()


VALUES = [event(1), event(1, change="edited", day=21), event(2, account="annat"), b"\xff no event", b""]
RAWS = [Raw(Coordinates("social.raw.v1", 0, n), 0, b"facebook:root", value) for n, value in enumerate(VALUES)]


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command keeps the access log and the index."""
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with place.opened(place.Place(tmp_path / "store"), lambda: AT) as store:
        store.put_many([*RAWS, Raw(Coordinates("social.raw.v1", 0, 9), 0, b"other key", VALUES[0])])
    return tmp_path / "store"


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.output


def test_an_untouched_store_verifies(folder: Path) -> None:
    assert run("verify", "--store", folder) == (0, "5 records, 1 addenda, 0 disposed of: all as they were stored\n")


def flip(path: Path) -> None:
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1] + b"!")


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        pytest.param(lambda root: flip(root / RAWS[0].object_key), "not that of its name", id="a byte"),
        pytest.param(lambda root: (root / RAWS[0].object_key).unlink(), "adds to is gone", id="a record with addendum"),
        pytest.param(
            lambda root: (root / RAWS[1].object_key).rename(root / RAWS[2].object_key),
            "not that of its name",
            id="one record over another",
        ),
        pytest.param(lambda root: (root / "records" / "note").write_text("x"), "records/note", id="a file of another"),
    ],
)
def test_harm_is_named(folder: Path, harm: Callable[[Path], object], fault: str) -> None:
    harm(folder)
    code, output = run("verify", "--store", folder)
    assert (code, fault in output) == (1, True)
    assert "1 faults" in output


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param([], 5, id="all"),
        pytest.param(["--account", "exempel"], 2, id="account"),
        pytest.param(["--item", "item-1", "--change", "edited"], 1, id="a version of an item"),
        pytest.param(["--thread", "root"], 3, id="thread"),
        pytest.param(["--limit", "2"], 2, id="limit"),
        pytest.param(["--since", "2026-11-21"], 1, id="since"),
        pytest.param(["--until", "2026-11-20"], 2, id="until, the whole day"),
        pytest.param(["--platform", "instagram"], 0, id="none"),
    ],
)
def test_search_finds_what_fits_and_shows_no_text(folder: Path, arguments: list[str], found: int) -> None:
    code, output = run("search", "--store", folder, *arguments)
    assert (int(found == 0), found) == (code, len(output.splitlines()))
    assert TEXT not in output
    assert all(json.loads(line)["object_key"].startswith("records/") for line in output.splitlines())


def test_a_damaged_record_is_not_handed_out(folder: Path, tmp_path: Path) -> None:
    flip(folder / RAWS[0].object_key)
    code, output = run("export", RAWS[0].object_key, "--to", tmp_path / "out", "--store", folder)
    assert (code, (tmp_path / "out").exists(), RAWS[0].object_key in output) == (1, False, True)


@pytest.mark.parametrize(
    "command", [["verify"], ["search"], ["export", "k", "--to", "x"], ["show", "k"]], ids=lambda each: each[0]
)
def test_a_folder_that_is_no_store_is_bad_usage(tmp_path: Path, command: list[str]) -> None:
    code, output = run(*command, "--store", tmp_path)
    said = " ".join(output.replace("│", " ").split())  # in a box, wherever the lines break
    assert (code, "holds no records" in said) == (2, True)


def test_a_verification_is_noted_when_it_found_nothing_wrong(folder: Path) -> None:
    log = folder / "log"
    assert verified.last(log) == 0
    before = time.time() - 1
    assert run("verify", "--store", folder)[0] == 0
    assert verified.last(log) >= before
    (log / "verified").unlink()
    victim = next(path for path in (folder / "records").rglob("*") if path.is_file())
    victim.chmod(0o640)
    victim.write_bytes(b"changed")
    assert run("verify", "--store", folder)[0] == 1
    assert verified.last(log) == 0
    assert run("verify", "--store", folder)[0] == 1
