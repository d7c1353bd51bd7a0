"""Disposal: only what the plan lets go, by two persons, never what is under a hold, never without a certificate."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from agents.clock import now
from agents.configuration import load_retention
from agents.records import app
from agents.retention import disposal, holds, place
from agents.retention.approval import Approval
from agents.retention.disposal import Certificate, Due, Proposal
from agents.retention.holds import Hold
from agents.retention.keyring import Keyring
from agents.retention.log import LogReader
from agents.retention.store import Disposed, Missing, Raw
from agents.retention.wanted import Hit
from agents.retention.wrap import KeyFile, add_key
from agents.settings import Settings
from pipeline.errors import BadConfiguration
from pipeline.record import Coordinates
from pipeline.retention import KEPT, RetentionClass, Rule, Schedule

LONG_AGO = datetime(2020, 1, 1, 12, tzinfo=UTC)
PLAN = """
[[class]]
name = "kommentarer"
days = 730
legal_basis = "arkivlagen 10 §"
decision = "KS 2026/1"

[[class]]
name = "inlagg"
legal_basis = "arkivlagen 3 §"
decision = "KS 2026/1"

[[rule]]
class = "kommentarer"
kinds = ["comment"]
accounts = ["exempel"]

[[rule]]
class = "inlagg"
"""


def event(n: int, kind: str = "comment", account: str = "exempel") -> Raw:
    told = {
        "specversion": "1.0",
        "id": str(n),
        "source": f"/facebook/{account}",
        "type": f"se.social.{kind}.created.v1",
        "time": LONG_AGO.isoformat(),
        "data": {
            "platform": "facebook",
            "account_id": account,
            "object_kind": kind,
            "change": "created",
            "object_id": f"item-{n}",
            "root_id": f"root-{n}",
            "text": "En kommentar",
        },
    }
    return Raw(Coordinates("t", 0, n), 0, b"k", json.dumps(told).encode())


RAWS = [
    event(1),
    event(2),
    event(3, "post"),
    event(4, account="annat"),
    Raw(Coordinates("t", 0, 9), 0, b"k", b"no event"),
]
ADDENDUM = Raw(Coordinates("t", 0, 10), 0, b"another key", RAWS[0].value)


def plan(tmp_path: Path, content: str = PLAN) -> Schedule:
    (tmp_path / "retention.toml").write_text(content)
    return load_retention(tmp_path / "retention.toml")


@pytest.mark.parametrize(
    ("account", "kind", "name", "expires"),
    [
        pytest.param("exempel", "comment", "kommentarer", date(2021, 12, 31), id="the first rule that fits"),
        pytest.param("annat", "comment", "inlagg", None, id="another account"),
        pytest.param("exempel", "post", "inlagg", None, id="another kind"),
    ],
)
def test_the_plan_says_how_long(tmp_path: Path, account: str, kind: str, name: str, expires: date | None) -> None:
    found = plan(tmp_path).class_of("kultur", account, kind)
    assert (name, expires) == (found.name, found.expires(date(2020, 1, 1)))


def test_without_a_rule_everything_is_kept_for_ever() -> None:
    assert Schedule().class_of("kultur", "exempel", "comment") == KEPT
    assert KEPT.expires(date(1, 1, 1)) is None
    assert load_retention(Settings().retention_file) == Schedule()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("days = 730", "days = 0"), "retention.toml:4", id="no days"),
        pytest.param(('decision = "KS 2026/1"\n\n[[class]]', "\n[[class]]"), "decision", id="no decision"),
        pytest.param(('class = "inlagg"', 'class = "inlägg"'), "is not there", id="no such class"),
        pytest.param(('name = "inlagg"', 'name = "kommentarer"'), "occurs 2 times", id="twice the same class"),
        pytest.param(('kinds = ["comment"]', 'kinds = ["komment"]'), "kinds", id="no such kind"),
        pytest.param(("days", "dagar"), "dagar", id="a misspelt field"),
    ],
)
def test_a_broken_plan_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(BadConfiguration, match=message):
        plan(tmp_path, PLAN.replace(*change))


class World:
    """A data folder whose settings name a plan; the user can be changed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *, sealed: bool) -> None:
        self.folder = folder
        self._patch = monkeypatch
        plan(folder)
        (folder / "accounts.toml").write_text(
            "".join(
                f'[[account]]\nid = "{name}"\nplatform = "facebook"\ndepartment = "kultur"\nowner = "o"\nname = "n"\n'
                for name in ("exempel", "annat")
            )
        )
        environment = {
            "DATA_DIR": folder / "data",
            "RETENTION_FILE": folder / "retention.toml",
            "ACCOUNTS_FILE": folder / "accounts.toml",
        }
        if sealed:
            add_key(folder / "key", LONG_AGO.date())
            environment["STORE_KEY_FILE"] = folder / "key"
        for name, value in environment.items():
            monkeypatch.setenv(f"ANSLAGSVAKT_{name}", str(value))
        self.place = place.of(Settings())
        with place.opened(self.place, lambda: LONG_AGO) as store:
            store.put_many([*RAWS, ADDENDUM])
        self.be("anna")

    def be(self, user: str) -> None:
        self._patch.setenv("SUDO_USER", user)

    def run(self, *arguments: str | Path) -> tuple[int, str]:
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        return result.exit_code, result.output

    @property
    def file(self) -> Path:
        return self.folder / "proposal.json"

    def proposal(self) -> Proposal:
        return msgspec.json.decode(self.file.read_bytes(), type=Proposal)

    def propose_and_approve(self) -> None:
        assert self.run("dispose", "propose", "--to", self.file)[0] == 0
        self.be("bertil")
        assert self.run("dispose", "approve", self.file)[0] == 0

    def readable(self) -> set[int]:
        """Which of the records can still be read."""
        found: set[int] = set()
        with place.for_reading(self.place, lambda: LONG_AGO) as store:
            for n, raw in enumerate(RAWS):
                with contextlib.suppress(Disposed, Missing):
                    store.read(raw.object_key)
                    found.add(n)
        return found


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch, sealed=request.param)


def test_what_is_due_goes_by_two_persons_and_leaves_a_certificate(world: World) -> None:
    world.propose_and_approve()
    assert {RAWS[0].object_key, RAWS[1].object_key} == {each.object_key for each in world.proposal().due}
    assert {0, 1, 2, 3, 4} == world.readable()
    code, told = world.run("dispose", "execute", world.file)
    assert (code, "2 records disposed of (3 objects), 0 kept" in told) == (0, True)
    assert {2, 3, 4} == world.readable()
    (path,) = (world.place.folder / "disposals").iterdir()
    certificate = msgspec.json.decode(path.read_bytes(), type=Certificate)
    assert (certificate.made_by, certificate.approved_by, len(certificate.records)) == ("anna", "bertil", 2)
    assert "En kommentar" not in path.read_text()
    code, told = world.run("verify")
    assert (code, "3 disposed of: all as they were stored" in told) == (0, True), told


def test_executing_again_changes_nothing(world: World) -> None:
    world.propose_and_approve()
    world.run("dispose", "execute", world.file)
    assert "(0 objects)" in world.run("dispose", "execute", world.file)[1]
    assert {2, 3, 4} == world.readable()
    assert world.run("verify")[0] == 0


def test_what_was_disposed_of_stays_in_the_index_and_is_not_proposed_again(world: World) -> None:
    world.propose_and_approve()
    world.run("dispose", "execute", world.file)
    for _ in range(2):
        code, told = world.run("search", "--state", "disposed")
        found = {json.loads(line)["object_key"]: json.loads(line)["disposed"] for line in told.splitlines()}
        assert (code, set(found)) == (0, {RAWS[0].object_key, RAWS[1].object_key})
        (certificate,) = set(found.values())
        assert (world.place.folder / certificate).is_file()
        world.run("index", "--anew")
    assert world.run("dispose", "propose", "--to", world.folder / "again.json") == (1, "nothing is due\n")


def test_a_thread_is_shown_with_what_was_disposed_of(world: World, tmp_path: Path) -> None:
    """Its certificate stands where it stood, and nothing is read of it."""
    world.propose_and_approve()
    world.run("dispose", "execute", world.file)
    code, told = world.run("show", "--thread", "root-1")
    assert (code, f"disposed 2020-01-01 12:00:00+00:00  {RAWS[0].object_key}" in told, "disposals/" in told) == (
        0,
        True,
        True,
    )
    assert world.run("export", "--thread", "root-1", "--to", tmp_path / "bag")[0] == 0
    assert "Gallrad" in (tmp_path / "bag/data/index.html").read_text()
    assert world.run("export", "--thread", "root-1", "--to", tmp_path / "full", "--unmasked", "KS 1")[0] == 0
    assert list((tmp_path / "full/data/raw").iterdir()) == []


def test_no_word_of_what_was_disposed_of_can_be_searched_for(world: World) -> None:
    assert len(world.run("search", "--text", "kommentar")[1].splitlines()) == 4
    world.propose_and_approve()
    world.run("dispose", "execute", world.file)
    left = [json.loads(line)["object_key"] for line in world.run("search", "--text", "kommentar")[1].splitlines()]
    assert left == [RAWS[2].object_key, RAWS[3].object_key]


def test_what_a_crash_left_half_done_is_finished(world: World) -> None:
    world.propose_and_approve()
    proposal = world.proposal()

    class Dying(Exception):
        pass

    with place.opened(world.place, now) as store:

        class Half:
            may_dispose = store.may_dispose
            certify = store.certify

            def dispose(self, names: Sequence[str], decision: str) -> int:
                raise Dying(f"{len(names)} {decision}")

        with pytest.raises(Dying):
            disposal.execute(proposal, proposal.due, Half(), approved_by="bertil", who="cesar", at=LONG_AGO)
    assert {0, 1, 2, 3, 4} == world.readable()
    code, told = world.run("dispose", "execute", world.file)
    assert (code, "2 records disposed of (3 objects), 0 kept" in told) == (0, True), told
    assert {2, 3, 4} == world.readable()
    assert world.run("verify")[0] == 0


def test_nothing_is_certified_that_cannot_be_destroyed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here as the key is not at hand; in a bucket as what is not sealed is locked."""
    if world.place.key_file is None:
        return  # a plain record in a folder can always be removed
    world.propose_and_approve()
    monkeypatch.delenv("ANSLAGSVAKT_STORE_KEY_FILE")
    code, told = world.run("dispose", "execute", world.file)
    assert (code, "ANSLAGSVAKT_STORE_KEY_FILE" in told) == (2, True), told
    assert not (world.place.folder / "disposals").exists()


def test_a_variable_makes_nobody_another_person(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER")
    world.run("dispose", "propose", "--to", world.file)
    monkeypatch.setenv("LOGNAME", "bertil")
    monkeypatch.setenv("USER", "bertil")
    code, told = world.run("dispose", "approve", world.file)
    assert (code, "another person must approve it" in told) == (2, True)


def test_nobody_approves_what_they_proposed(world: World) -> None:
    world.run("dispose", "propose", "--to", world.file)
    code, told = world.run("dispose", "approve", world.file)
    assert (code, "another person" in told) == (2, True)
    assert (world.run("dispose", "execute", world.file)[0], len(world.readable()) == 5) == (2, True)


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda p: msgspec.structs.replace(p, due=p.due[:1]), id="a list that was changed"),
        pytest.param(lambda p: msgspec.structs.replace(p, made_by="cesar"), id="another proposer"),
    ],
)
def test_what_was_changed_after_approval_is_not_executed(world: World, forge: Callable[[Proposal], Proposal]) -> None:
    world.propose_and_approve()
    world.file.write_bytes(msgspec.json.encode(forge(world.proposal())))
    assert world.run("dispose", "execute", world.file)[0] == 2
    assert {0, 1, 2, 3, 4} == world.readable()


def test_who_changes_the_proposers_name_cannot_approve_their_own(world: World) -> None:
    world.run("dispose", "propose", "--to", world.file)
    world.file.write_bytes(msgspec.json.encode(msgspec.structs.replace(world.proposal(), made_by="cesar")))
    code, told = world.run("dispose", "approve", world.file)
    assert (code, "no proposal as it was made here" in told) == (2, True)
    assert (world.run("dispose", "execute", world.file)[0], len(world.readable())) == (2, 5)


def test_an_approval_that_is_only_laid_into_the_store_approves_nothing(world: World) -> None:
    """The log does not name it, so nobody with a right to write files alone can give it."""
    world.run("dispose", "propose", "--to", world.file)
    forged = msgspec.json.encode(Approval(proposal=world.proposal().digest(), by="bertil", at=LONG_AGO))
    folder = world.place.folder / "approvals"
    folder.mkdir()
    (folder / hashlib.sha256(forged).hexdigest()).write_bytes(forged)
    code, told = world.run("dispose", "execute", world.file)
    assert (code, "not approved by a second person" in told, len(world.readable())) == (2, True, 5)
    code, told = world.run("verify")
    assert (code, f"approvals/{hashlib.sha256(forged).hexdigest()}: it is not in the log" in told) == (1, True), told


def test_proposal_and_approval_stand_in_the_log_with_their_names(world: World) -> None:
    world.propose_and_approve()
    names = [name.partition("/")[0] for name, _ in LogReader(world.place.log).entries()]
    assert names[-2:] == ["proposals", "approvals"]
    assert world.run("verify")[0] == 0


def test_a_hold_wins_over_everything_until_it_is_released(world: World) -> None:
    world.propose_and_approve()
    assert world.run("hold", "place", "--item", "item-1", "--why", "mål 1-26")[0] == 0
    assert "1 records disposed of" in world.run("dispose", "execute", world.file)[1]
    assert {0, 2, 3, 4} == world.readable()
    name = json.loads(world.run("hold", "list")[1])["hold"]
    assert world.run("hold", "release", name, "--why", "dom") == (0, f"hold {name} is released\n")
    assert world.run("hold", "release", name, "--why", "dom")[0] == 1
    assert "disposed of" in world.run("dispose", "execute", world.file)[1]
    assert {2, 3, 4} == world.readable()


def test_a_plan_that_changed_keeps_what_was_approved_before(world: World) -> None:
    world.propose_and_approve()
    (world.folder / "retention.toml").write_text("")
    code, told = world.run("dispose", "execute", world.file)
    assert (code, "nothing of the proposal is due any more" in told, len(world.readable())) == (2, True, 5)


def test_a_record_gone_without_a_certificate_is_a_fault(world: World) -> None:
    if world.place.key_file and world.place.keys:
        with Keyring(world.place.keys, KeyFile(world.place.key_file), lambda: LONG_AGO) as keyring:
            keyring.destroy([RAWS[1].object_key], "nobody's")
        expected = "its key was destroyed without a certificate"
    else:
        (world.place.folder / RAWS[1].object_key).unlink()
        expected = "there is no such record"
    code, told = world.run("verify")
    assert (code, f"{RAWS[1].object_key}: {expected}" in told) == (1, True), told


def test_a_forged_certificate_covers_nothing(world: World) -> None:
    """It is not in the log, so what it names is missed all the same."""
    due = Due(RAWS[1].object_key, LONG_AGO.date(), "c", "l", "d")
    forged = Certificate(
        proposal="p", made_by="a", approved_by="b", executed_by="a", executed_at=LONG_AGO, records=(due,)
    )
    (world.place.folder / "disposals").mkdir()
    (world.place.folder / "disposals" / "forged").write_bytes(msgspec.json.encode(forged))
    (world.place.folder / RAWS[1].object_key).unlink()
    code, told = world.run("verify")
    assert code == 1
    assert "no certificate that the log names" in told
    assert f"{RAWS[1].object_key}: there is no such record" in told


def a_hit(**told: str | None) -> Hit:
    fields = dict.fromkeys(("platform", "account", "kind", "change", "item", "thread", "author", "time")) | told
    return msgspec.convert({"object_key": "k", "archived_at": LONG_AGO, "size": 1, **fields}, Hit)


def a_hold(**told: str) -> Hold:
    return msgspec.convert({"hold": "h", "at": LONG_AGO, "who": "w", "why": "y", **told}, Hold)


@pytest.mark.parametrize(
    ("hold", "covers"),
    [
        pytest.param(a_hold(item="i"), True, id="item"),
        pytest.param(a_hold(item="i", account="a"), True, id="both agree"),
        pytest.param(a_hold(item="i", account="other"), False, id="one does not"),
        pytest.param(a_hold(author="x"), False, id="an author that is not told"),
    ],
)
def test_what_a_hold_covers(hold: Hold, covers: bool) -> None:  # noqa: FBT001 - a truth table
    assert covers == hold.covers(a_hit(item="i", account="a"))


def test_nothing_goes_while_the_holds_cannot_be_read(world: World) -> None:
    world.propose_and_approve()
    (world.folder / "data" / "holds.jsonl").write_text("rubbish\n")
    code, told = world.run("dispose", "execute", world.file)
    assert (code, "holds.jsonl:1" in told, len(world.readable())) == (2, True, 5)


def test_what_cannot_be_read_is_of_no_class_and_kept() -> None:
    everything = Schedule(
        classes=(RetentionClass(name="c", legal_basis="l", decision="d", days=1),),
        rule=(Rule(of_class="c"),),
    )
    assert list(disposal.due([a_hit()], everything, lambda *_: "d", (), LONG_AGO.date() + timedelta(days=9))) == []


def test_holds_of_a_folder_without_any() -> None:
    assert holds.active(Path("nowhere")) == ()
