"""The log of supervision: silences, delays and the last check, per account, as truth tables; and the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.retention import place
from agents.retention.store import Raw
from agents.supervision import app
from pipeline.record import Coordinates
from pipeline.supervision import AccountLog, Sighting, Terms, duty_log

T0 = datetime(2026, 11, 2, tzinfo=UTC)
END = T0 + timedelta(days=10)
TERMS = Terms(silence=timedelta(days=3), delay=timedelta(hours=1))
TEXT = "Hej från testet"


def at(days: float) -> datetime:
    return T0 + timedelta(days=days)


def log_of(*days: float, delay: timedelta = timedelta(minutes=1)) -> AccountLog:
    sightings = [Sighting("facebook/a", at(day), at(day) + delay) for day in days]
    [account] = duty_log(["facebook/a"], sightings, T0, END, TERMS).accounts
    return account


@pytest.mark.parametrize(
    ("days", "silences", "silent_since"),
    [
        ((), [(0, 10)], 0),
        ((1, 3, 5, 8), [(5, 8)], None),
        ((1, 3, 5, 6.9), [(6.9, 10)], 6.9),
        ((1, 3, 5, 7.1), [], None),
        ((9,), [(0, 9)], None),
        ((5, 1, 3, 8), [(5, 8)], None),
    ],
    ids=["never", "in the middle", "at the end", "none", "at the beginning", "out of order"],
)
def test_silences(days: tuple[float, ...], silences: list[tuple[float, float]], silent_since: float | None) -> None:
    log = log_of(*days)
    assert [(each.since, each.until) for each in log.silences] == [(at(a), at(b)) for a, b in silences]
    assert log.silent_since == (None if silent_since is None else at(silent_since))
    assert log.events == len(days)


@pytest.mark.parametrize(
    ("delay", "late"),
    [(timedelta(minutes=59), 0), (timedelta(hours=1), 0), (timedelta(minutes=61), 1), (timedelta(hours=-2), 0)],
    ids=["soon", "just in time", "late", "from the future"],
)
def test_what_is_late(delay: timedelta, late: int) -> None:
    log = log_of(5, delay=delay)
    assert len(log.late) == late
    assert log.last_event == at(5)
    assert log.last_check == at(5) + delay


def test_other_accounts_are_told_of_and_other_times_are_not() -> None:
    sightings = [Sighting("x/b", at(day), at(day)) for day in (-1, 2, 10)]
    log = duty_log(["facebook/a"], sightings, T0, END, TERMS)
    assert [(each.account, each.registered, each.events) for each in log.accounts] == [
        ("facebook/a", True, 0),
        ("x/b", False, 1),
    ]
    assert log.met


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, on a store that took in two events: one after a minute, one after two hours."""
    stored = iter((at(1) + timedelta(minutes=1), at(2) + timedelta(hours=2)))
    with place.opened(place.Place(tmp_path / "store"), lambda: next(stored)) as store:
        for n, day in enumerate((1, 2)):
            store.put_many([Raw(Coordinates("social.raw.v1", 0, n), 0, b"k", _event(n, at(day)))])
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(tmp_path))

    def command(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["report", *arguments])
        return done.exit_code, done.output

    return command


def _event(n: int, time: datetime) -> bytes:
    data = {
        "platform": "facebook",
        "account_id": "eslovskommun",
        "object_kind": "comment",
        "change": "created",
        "object_id": f"item-{n}",
        "root_id": "root",
        "text": TEXT,
    }
    told = {"specversion": "1.0", "id": f"{n}", "source": "/facebook/eslovskommun", "time": time.isoformat()}
    return json.dumps(told | {"type": "se.social.comment.created.v1", "data": data}).encode()


def test_a_late_event_shows_and_the_command_says_so(run: Run) -> None:
    code, said = run("--from", "2026-11-02", "--to", "2026-11-11")
    assert code == 1
    assert "facebook/eslovskommun\n  händelser: 2\n" in said
    assert "senaste kontroll: 2026-11-04 02:00:00" in said
    assert "sent: hände 2026-11-04 00:00:00, togs in 2026-11-04 02:00:00 (2 h)" in said
    assert "tyst sedan: 2026-11-04 00:00:00\n" in said
    assert "tyst sedan: 2026-11-02 00:00:00 (hela perioden)" in said
    assert TEXT not in said


def test_a_period_in_which_all_was_seen_in_time(run: Run) -> None:
    code, said = run("--from", "2026-11-02", "--to", "2026-11-03")
    assert code == 0
    assert "Alla 1 händelser togs in inom 1 h efter att de hände." in said


def test_as_json(run: Run) -> None:
    code, said = run("--from", "2026-11-02", "--to", "2026-11-11", "--json", "--delay-minutes", "180")
    assert code == 0
    [account] = [each for each in json.loads(said)["accounts"] if each["events"]]
    assert (account["account"], account["late"]) == ("facebook/eslovskommun", [])


@pytest.mark.parametrize("days", [("2026-11-05", "2026-11-04"), ("2126-11-05", "2126-11-06")], ids=["back", "future"])
def test_a_period_that_is_none_is_refused(run: Run, days: tuple[str, str]) -> None:
    code, said = run("--from", days[0], "--to", days[1])
    assert code == 2
    assert "name a period that has begun" in " ".join(said.replace("│", " ").split())
