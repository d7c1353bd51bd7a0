"""Time stamps of the daily heads by a real authority, `openssl ts` on loopback: made, checked, false ones found out."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.records import app
from agents.retention import bundle, place, stamps
from agents.retention.log import LogReader
from agents.retention.stamped import stamped, unstamped
from agents.retention.stamps import Roots
from agents.retention.store import Raw
from agents.retention.verify import Known, Report, Verification
from pipeline.errors import AnslagsvaktError, BadConfiguration, RetryLater
from pipeline.record import Coordinates
from tests.parts import OPENSSL
from tests.stamp_authority import Authority, stamp_authority

ROOT = Path(__file__).parents[2]
TODAY = datetime.now(UTC)
RAWS = [Raw(Coordinates("t", 0, n), 0, b"k", b"value %d" % n) for n in range(4)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with stamp_authority(tmp_path_factory.mktemp("authority")) as authority:
        yield authority


@pytest.fixture
def authority(shared: Authority) -> Authority:
    shared.silent = shared.garbled = False
    return shared


@pytest.fixture
def where(tmp_path: Path) -> place.Place:
    """A store of four days, a record each; three daily heads are set down."""
    made = place.Place(tmp_path / "store", log_key=tmp_path / "log.key")
    for n, raw in enumerate(RAWS):
        at = TODAY - timedelta(days=3 - n)
        with place.opened(made, lambda: at) as store:  # noqa: B023  # used at once
            store.put_many([raw])
    assert len(unstamped(made.log)) == 3
    return made


def verified(where: place.Place, roots: Roots | None) -> tuple[list[str], Report]:
    faults: list[str] = []
    with place.for_reading(where, lambda: TODAY) as store:
        run = Verification(store, fault=lambda fault: faults.append(str(fault)), progress=lambda _: None)
        return faults, run.run(LogReader(where.log), Known(roots=roots))


def test_every_daily_head_is_stamped_once(where: place.Place, authority: Authority) -> None:
    roots = Roots.of(authority.roots)
    before = authority.asked
    assert [stamps.stamp(where.log, authority.url, roots) for _ in range(2)] == [3, 0]
    assert authority.asked - before == 3
    faults, report = verified(where, roots)
    assert (faults, report.stamps) == ([], 3)
    assert timedelta(days=2) < report.latest_stamp < timedelta(days=4)


def test_openssl_alone_can_check_a_stamp(where: place.Place, authority: Authority) -> None:
    stamps.stamp(where.log, authority.url, Roots.of(authority.roots))
    for head in (each.path for each in stamped(where.log)):
        command = [OPENSSL.found(), "ts", "-verify", "-data", str(head), "-in", str(head.with_suffix(".tsr"))]
        ran = subprocess.run([*command, "-CAfile", str(authority.roots)], capture_output=True, text=True, check=False)
        assert "Verification: OK" in ran.stdout + ran.stderr


@pytest.mark.parametrize("trouble", ["silent", "garbled"])
def test_an_authority_that_gives_no_stamp_is_asked_again(
    where: place.Place, authority: Authority, trouble: str
) -> None:
    roots = Roots.of(authority.roots)
    setattr(authority, trouble, True)
    with pytest.raises(RetryLater):
        stamps.stamp(where.log, authority.url, roots)
    assert len(unstamped(where.log)) == 3
    setattr(authority, trouble, False)
    assert stamps.stamp(where.log, authority.url, roots) == 3


def test_a_stranger_in_the_authoritys_place_is_refused(
    where: place.Place, authority: Authority, tmp_path: Path
) -> None:
    with stamp_authority(tmp_path / "stranger") as stranger, pytest.raises(RetryLater, match="trusted authority"):
        stamps.stamp(where.log, stranger.url, Roots.of(authority.roots))
    assert len(unstamped(where.log)) == 3


def published(where: place.Place) -> list[Path]:
    return sorted((where.log / "published").glob("day-*.json"))


def date_back(where: place.Place) -> None:
    """A head that is said to be of a later time than its stamp: the clock, or somebody, was at it."""
    head = published(where)[0]
    told = json.loads(head.read_bytes())
    told["at"] = (TODAY + timedelta(days=1)).isoformat()
    head.write_bytes(json.dumps(told, separators=(",", ":")).encode() + b"\n")


def swap_stamps(where: place.Place) -> None:
    one, other = (head.with_suffix(".tsr") for head in published(where)[:2])
    kept = one.read_bytes()
    shutil.copy(other, one)
    other.write_bytes(kept)


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        pytest.param(date_back, "it is no stamp of a trusted authority over this head", id="a head changed"),
        pytest.param(swap_stamps, "it is no stamp of a trusted authority over this head", id="stamps swapped"),
        pytest.param(lambda w: published(w)[0].unlink(), "over this head", id="a head removed"),
        pytest.param(
            lambda w: published(w)[0].with_suffix(".tsr").write_bytes(b"x"), "it is no time stamp", id="no stamp"
        ),
        pytest.param(lambda w: published(w)[0].write_bytes(b"{}\n"), "it is no signed head", id="no head"),
    ],
)
def test_harm_to_heads_and_stamps_is_named(where: place.Place, authority: Authority, harm: object, named: str) -> None:
    roots = Roots.of(authority.roots)
    stamps.stamp(where.log, authority.url, roots)
    harm(where)  # type: ignore[operator]  # it is a function
    faults, _ = verified(where, roots)
    assert any(named in fault for fault in faults), faults


def test_a_proof_holds_the_stamp_and_anyone_can_check_it(
    where: place.Place, authority: Authority, tmp_path: Path
) -> None:
    stamps.stamp(where.log, authority.url, Roots.of(authority.roots))
    with stamp_authority(tmp_path / "stranger") as stranger:
        pass
    for raw, checked in zip(RAWS, (5, 5, 5, 4), strict=True):  # the day of the last is not over
        (tmp_path / "file").write_bytes(raw.value or b"")
        (tmp_path / "proof").write_bytes(bundle.prove(LogReader(where.log), raw.object_key))
        key = json.loads((tmp_path / "proof").read_text())["head"]["key"]
        code, said = check(tmp_path, key, authority.roots)
        assert (0, checked) == (code, said.count("ok   ")), said
        if checked == 5:
            assert "not checked" in check(tmp_path, key)[1]
            code, said = check(tmp_path, key, stranger.roots)
            assert (code, "WRONG the head was stamped" in said) == (1, True)


def check(folder: Path, *more: str | Path) -> tuple[int, str]:
    script = str(ROOT / "deploy" / "check_record.py")
    command = [sys.executable, "-I", "-S", script, str(folder / "proof"), str(folder / "file"), *map(str, more)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout


def test_the_commands_stamp_and_verify(
    where: place.Place, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, result.output

    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(tmp_path))
    assert run("stamp")[0] == 2
    monkeypatch.setenv("ANSLAGSVAKT_STAMP_URL", authority.url)
    monkeypatch.setenv("ANSLAGSVAKT_STAMP_ROOTS_FILE", str(authority.roots))
    assert run("stamp") == (0, "3 daily heads stamped\n")
    code, said = run("verify")
    assert (code, "3 time stamps, the latest 3 days" in said) == (0, True), said
    swap_stamps(where)
    assert run("verify")[0] == 1
    monkeypatch.delenv("ANSLAGSVAKT_STAMP_ROOTS_FILE")
    code, said = run("verify")
    assert (code, "not checked: --stamp-roots" in said) == (0, True), said


def test_stamping_waits_for_nobody_and_tells_of_trouble(where: place.Place, authority: Authority) -> None:
    roots, told = Roots.of(authority.roots), list[AnslagsvaktError]()
    authority.silent = True
    with stamps.stamping(where.log, authority.url, roots, told.append):
        assert _await(lambda: bool(told))
    authority.silent = False
    with stamps.stamping(where.log, authority.url, roots, told.append):
        assert _await(lambda: not unstamped(where.log))


def _await(holds: object) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if holds():  # type: ignore[operator]  # it is a function
            return True
        time.sleep(0.02)
    return False


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "roots").write_text("none")
    with pytest.raises(BadConfiguration, match="ANSLAGSVAKT_STAMP_ROOTS_FILE"):
        Roots.of(tmp_path / "roots")
