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
from tests.events import CHECK, an_event_value

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


@pytest.mark.parametrize(
    ("events", "checks", "gaps", "last"),
    [
        ((5,), (), [], 5),
        ((), (2.9, 5.8, 8.7), [], 8.7),
        ((), (2.9, 8.7), [(2.9, 8.7)], 8.7),
        ((5.8,), (2.9, 8.7), [], 8.7),
        ((), (7.1,), [(0, 7.1)], 7.1),
        ((), (2.9, 5.8, 6.9), [(6.9, 10)], 6.9),
    ],
    ids=["told of none", "often enough", "a gap", "an event is a check", "from the beginning", "until the end"],
)
def test_gaps_between_checks(
    events: tuple[float, ...], checks: tuple[float, ...], gaps: list[tuple[float, float]], last: float
) -> None:
    """Checks are no events: an account that is checked is as silent as before."""
    sightings = [Sighting("x/a", at(day), at(day)) for day in events]
    sightings += [Sighting("x/a", at(day), at(day), is_check=True) for day in checks]
    log = duty_log(["x/a"], sightings, T0, END, Terms(silence=timedelta(days=99), check=timedelta(days=3)))
    [account] = log.accounts
    assert [(gap.since, gap.until) for gap in account.unchecked] == [(at(a), at(b)) for a, b in gaps]
    assert (account.events, account.checks) == (len(events), len(checks))
    assert account.last_check == at(last)
    assert account.last_event == (at(events[-1]) if events else None)
    assert log.met is not bool(gaps)


def test_a_check_that_is_told_of_late_counts_from_when_somebody_looked() -> None:
    told_late = Sighting("x/a", at(2), at(3), is_check=True)
    told_early = Sighting("x/a", at(5), at(4), is_check=True)
    assert (told_late.looked_at, told_early.looked_at) == (at(2), at(4))
    [account] = duty_log(["x/a"], [told_late], T0, END, TERMS).accounts
    assert account.late == ()


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
    """The command, on a store that took in two events, one after a minute, one after two hours, and a check."""
    stored = iter((at(1) + timedelta(minutes=1), at(2) + timedelta(hours=2), at(2.5)))
    with place.opened(place.Place(tmp_path / "store"), lambda: next(stored)) as store:
        for n, day in enumerate((1, 2)):
            store.put_many([Raw(Coordinates("social.raw.v1", 0, n), 0, b"k", _event(n, at(day)))])
        check = an_event_value(event={"time": at(2.5).isoformat()}, account_id="eslovskola", **CHECK)
        store.put_many([Raw(Coordinates("social.raw.v1", 0, 3), 0, b"k", check)])
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
    assert "facebook/eslovskommun\n  händelser: 2; kontroller utan nytt: redovisas inte\n" in said
    assert "facebook/eslovskola\n  händelser: 0; kontroller utan nytt: 1\n" in said
    assert "  utan kontroll: 2026-11-02 00:00:00 till 2026-11-04 12:00:00 (2 dygn 12 h)" in said
    assert "Kontroller redovisas för 1 av" in said
    assert "luckor i dem: 2." in said
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
    generous = ("--delay-minutes", "180", "--check-hours", "999")
    code, said = run("--from", "2026-11-02", "--to", "2026-11-11", "--json", *generous)
    assert code == 0
    [account] = [each for each in json.loads(said)["accounts"] if each["events"]]
    assert (account["account"], account["late"]) == ("facebook/eslovskommun", [])


@pytest.mark.parametrize("days", [("2026-11-05", "2026-11-04"), ("2126-11-05", "2126-11-06")], ids=["back", "future"])
def test_a_period_that_is_none_is_refused(run: Run, days: tuple[str, str]) -> None:
    code, said = run("--from", days[0], "--to", days[1])
    assert code == 2
    assert "name a period that has begun" in " ".join(said.replace("│", " ").split())
