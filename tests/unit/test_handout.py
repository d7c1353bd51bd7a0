"""Hand-outs: the thread as it stood, covered unless a decision says otherwise, and never read without a note of it."""

import html
import json
import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import bagit
import msgspec
import pytest
from typer.testing import CliRunner

from agents import settings
from agents.handout import access, attachments, swedish
from agents.handout.history import covered, histories, uncovered
from agents.handout.page import page
from agents.records import app
from agents.retention import documents, place
from agents.retention.attachment import Attachment
from agents.retention.store import KeptRecord, Raw
from agents.retention.wrap import add_key
from agents.settings import Settings
from pipeline.detect.finding import Analysis, Concern, Entity
from pipeline.errors import Stop
from pipeline.event import Change, ObjectKind
from pipeline.mask import NOT_ANALYSED
from pipeline.message import Result
from pipeline.ports import FieldText
from pipeline.record import Coordinates, content_hash

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
NUMBER = "19811228-9874"
NAME = "Testa Påhittsson"


def event(item: str, change: str, text: str, *, minute: int, parent: str | None = "root", author: str = NAME) -> Raw:
    told = {
        "specversion": "1.0",
        "id": f"{item}:{change}:{minute}",
        "source": "/facebook/exempel",
        "type": f"se.social.comment.{change}.v1",
        "time": f"2026-11-20T10:{minute:02}:00Z",
        "data": {
            "platform": "facebook",
            "account_id": "exempel",
            "object_kind": "comment" if parent else "post",
            "change": change,
            "object_id": item,
            "root_id": "root",
            "parent_id": parent,
            "is_own": parent is None,
            "author": {"id": "native-1", "display_name": author},
            "text": text,
        },
    }
    return Raw(Coordinates("t", 0, minute), 0, b"k", json.dumps(told).encode())


RAWS = [
    event("root", "created", "Välkomna <b>alla</b> & envar", minute=0, parent=None),
    event("c2", "created", "Andra kommentaren", minute=20),
    event("c1", "edited", "Jag har ändrat mig", minute=30),
    event("c1", "created", f"Mitt nummer är {NUMBER} om någon undrar", minute=10),
    Raw(Coordinates("t", 0, 99), 0, b"k", b"no event"),
]


def kept(*raws: Raw) -> list[KeptRecord]:
    return [KeptRecord(raw.object_key, raw.sha256, raw, AT) for raw in raws]


class Failing:
    """A detector that could not analyse anything."""

    def detect(self, fields: object) -> Analysis:
        assert fields is not None
        return Analysis(gaps=("over-budget",))


class Blind:
    """A detector that finds nothing, and remembers what it was shown."""

    def __init__(self) -> None:
        self.fields: list[str] = []

    def detect(self, fields: list[FieldText]) -> Analysis:
        self.fields += [each.pointer for each in fields]
        return Analysis()


def test_a_thread_is_told_item_by_item_with_versions_in_order() -> None:
    items = histories(kept(*RAWS[:4]), uncovered)
    assert [item.item for item in items] == ["root", "c1", "c2"]
    assert [version.change for version in items[1].versions] == ["created", "edited"]
    assert (items[0].parent, items[1].parent, items[0].is_own, items[1].is_own) == (None, "root", True, False)


def test_answers_stand_below_what_they_answer() -> None:
    raws = [
        event("root", "created", "a", minute=0, parent=None),
        event("c1", "created", "b", minute=1),
        event("c2", "created", "c", minute=2),
        event("r1", "created", "d", minute=3, parent="c1"),
        event("lone", "created", "e", minute=4, parent="not here"),
    ]
    items = histories(kept(*raws), uncovered)
    assert [(item.item, item.depth) for item in items] == [("root", 0), ("c1", 1), ("r1", 2), ("c2", 1), ("lone", 0)]


def test_items_that_answer_each_other_are_told_all_the_same() -> None:
    raws = [event("a", "created", "x", minute=1, parent="b"), event("b", "created", "y", minute=2, parent="a")]
    assert {item.item for item in histories(kept(*raws), uncovered)} == {"a", "b"}


def test_our_own_takedowns_stand_in_the_history(data: Path, tmp_path: Path) -> None:
    golden = Path(__file__).parents[1] / "golden"
    outcome = json.loads((golden / "outcome.v1.hidden.json").read_bytes())
    outcome["at"] = "2026-11-20T10:15:00Z"
    outcome["subject"] |= {"platform": "facebook", "object_id": "c1", "root_id": "root"}
    content = json.dumps(outcome).encode()
    with place.opened(place.of(Settings()), lambda: AT) as store:
        store.keep_documents({documents.name_of(documents.OUTCOMES, content): content})
    lines = [
        line.split()[0]
        for line in run("show", "--item", "c1")[1].splitlines()
        if line.startswith("  ") and line[2] != " "
    ]
    assert lines == ["created", "takedown-hidden", "edited"]
    assert run("export", "--item", "c1", "--to", tmp_path / "bag", "--unmasked", "KS 1")[0] == 0
    read = (tmp_path / "bag" / "data" / "index.html").read_text()
    assert "Dold av kommunen genom Anslagsvakt" in read
    assert outcome["rules"][0]["legal_basis"] in html.unescape(read)
    inside = tmp_path / "bag" / "data"
    assert (inside / "raw" / content_hash(content)).read_bytes() == content
    proof, raw = inside / "proof" / f"{content_hash(content)}.json", inside / "raw" / content_hash(content)
    checker = [sys.executable, "-I", str(inside / "check_record.py"), str(proof), str(raw)]
    assert subprocess.run(checker, capture_output=True, check=False).returncode == 0
    assert run("verify")[0] == 0
    assert data.exists()


def test_everything_that_can_be_covered_has_a_swedish_name() -> None:
    assert set(swedish.COVERS) == {*Entity, *Concern, *(name for piece in NOT_ANALYSED for name in piece.covers)}
    assert {*Change} <= set(swedish.CHANGES)
    assert {f"takedown-{each}" for each in Result} <= set(swedish.CHANGES)
    assert {*ObjectKind} == set(swedish.KINDS)


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/text", None),
        ("/title", "Rubrik"),
        ("/author/display_name", "Avsändare"),
        ("/media/0/alt_text", "Bildbeskrivning"),
        ("/links/1/text", "Länkens text"),
        ("/urls/0/expanded", "Länkens adress"),
        ("/hashtags/3", "Ämnesord"),
    ],
)
def test_fields_have_swedish_names(pointer: str, name: str | None) -> None:
    assert name == swedish.field(pointer)


def test_what_is_no_event_stands_by_itself_with_nothing_to_show() -> None:
    (item,) = histories(kept(RAWS[4]), uncovered)
    assert ("", RAWS[4].sha256, {}) == (item.platform, item.item, item.versions[0].texts)


def test_what_could_not_be_analysed_is_covered_whole() -> None:
    (item,) = histories(kept(RAWS[3]), covered(Failing()))
    assert item.versions[0].texts == {"/text": "[NOT ANALYSED]"}


def test_no_name_of_a_writer_is_shown_in_what_is_covered() -> None:
    blind = Blind()
    (item,) = histories(kept(RAWS[3]), covered(blind))  # type: ignore[arg-type]  # a list is a sequence
    assert (blind.fields, list(item.versions[0].texts)) == (["/text"], ["/text"])


class Checker(HTMLParser):
    """Fails on a tag that is closed out of order, and gathers what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "link", "iframe", "b"}, attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def test_the_page_is_whole_and_shows_texts_as_text() -> None:
    checker = Checker()
    checker.feed(page(histories(kept(*RAWS), uncovered), made_at=AT, decision="KS <1>"))
    assert checker.open == []
    seen = "".join(checker.seen)
    assert "Välkomna <b>alla</b> & envar" in seen
    assert "beslut KS <1>" in seen
    assert "Publicerad 2026-11-20 kl. 11.00" in " ".join(seen.split())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a sealed and logged store, as the settings have it."""
    folder = tmp_path / "data"
    add_key(tmp_path / "key", AT.date())
    monkeypatch.setenv("ANSLAGSVAKT_DATA_DIR", str(folder))
    monkeypatch.setenv("ANSLAGSVAKT_STORE_KEY_FILE", str(tmp_path / "key"))
    where = place.Place(
        folder / "store", folder / "record-keys.sqlite3", tmp_path / "key", b"t" * 32, folder / "log.key"
    )
    with place.opened(where, lambda: AT) as store:
        store.put_many(RAWS)
    return folder


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.output


def noted(data: Path) -> list[access.Access]:
    return [msgspec.json.decode(line, type=access.Access) for line in (data / "access.jsonl").read_bytes().splitlines()]


def test_a_hand_out_is_covered_and_holds_no_original(data: Path, tmp_path: Path) -> None:
    assert run("export", "--thread", "root", "--to", tmp_path / "bag")[0] == 0
    bagit.Bag(str(tmp_path / "bag")).validate()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "bag").rglob("*") if path.is_file()).decode()
    assert NUMBER not in everything
    assert NAME not in everything
    assert "[SE_PERSONNUMMER" in everything
    assert not (tmp_path / "bag" / "data" / "raw").exists()
    assert [(each.command, each.decision, len(each.records)) for each in noted(data)] == [("export bag", None, 4)]


def test_what_is_covered_cannot_be_tried_out(data: Path, picture: Attachment, tmp_path: Path) -> None:
    """Nothing in it is a hash of what came in: with one, every number that a cover may hide could be tried."""
    assert data.exists()
    assert run("export", "--thread", "root", "--to", tmp_path / "bag")[0] == 0
    everything = b"".join(path.read_bytes() for path in (tmp_path / "bag").rglob("*") if path.is_file()).decode()
    assert [each for each in (*(raw.sha256 for raw in RAWS), str(picture.sha256)) if each in everything] == []


def test_a_number_of_a_covered_hand_out_leads_to_its_record(data: Path, tmp_path: Path) -> None:
    assert data.exists()
    assert run("export", "--item", "c1", "--to", tmp_path / "bag")[0] == 0
    inside = tmp_path / "bag" / "data"
    numbers = [each["number"] for each in json.loads((inside / "records.json").read_text())[0]["versions"]]
    page_text = (inside / "index.html").read_text()
    assert all(f"Arkivnummer {number}" in page_text for number in numbers)
    shown = [run("show", str(number))[1] for number in numbers]
    assert [raw.object_key in told for raw, told in zip((RAWS[3], RAWS[2]), shown, strict=True)] == [True, True]
    code, told = run("show", "4711")
    assert (code, "no number in the log" in told) == (2, True)


def test_on_a_decision_it_holds_originals_with_proofs_that_anyone_can_check(data: Path, tmp_path: Path) -> None:
    assert run("export", "--thread", "root", "--to", tmp_path / "bag", "--unmasked", "KS 2026/7")[0] == 0
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert "KS 2026/7" in bag.info["Internal-Sender-Description"]
    inside = tmp_path / "bag" / "data"
    for raw in RAWS[:4]:
        assert (inside / "raw" / raw.sha256).read_bytes() == raw.value
        proof = inside / "proof" / f"{raw.sha256}.json"
        checker = [sys.executable, "-I", str(inside / "check_record.py"), str(proof), str(inside / "raw" / raw.sha256)]
        assert subprocess.run(checker, capture_output=True, check=False).returncode == 0
    assert [each.decision for each in noted(data)] == ["KS 2026/7"]


def test_an_archive_package_is_of_records_as_they_are(data: Path, tmp_path: Path) -> None:
    choice = ["export", "--thread", "root", "--format", "fgs", "--creator", "Exempelkommun"]
    code, told = run(*choice, "--to", tmp_path / "covered")
    assert (code, "--unmasked" in told, (tmp_path / "covered").exists()) == (2, True, False)
    assert run(*choice, "--to", tmp_path / "full", "--unmasked", "AV 2026/1")[0] == 0
    raw = tmp_path / "full" / "representations" / "handlingar" / "data" / "raw"
    assert {path.name for path in raw.iterdir()} == {each.sha256 for each in RAWS[:4]}
    assert [(each.command, each.decision) for each in noted(data)] == [("export fgs", "AV 2026/1")]
    assert run("check", tmp_path / "full") == (0, f"{tmp_path / 'full'}: all files are as they were packed\n")
    (raw / RAWS[0].sha256).write_bytes(b"changed")
    code, told = run("check", tmp_path / "full")
    assert (code, RAWS[0].sha256 in told) == (1, True)


@pytest.fixture
def picture(data: Path, tmp_path: Path) -> Attachment:
    """A picture beside the first comment, and the word that another could not be had."""
    chosen = settings.load()
    had = Attachment.fetched(RAWS[3].sha256, "/media/0", AT, b"a picture", "image/jpeg")
    with place.opened(place.of(chosen), lambda: AT) as store:
        store.attach([had, Attachment(RAWS[3].sha256, "/media/1", AT, missing="status-404")])
    assert data in tmp_path.iterdir()
    return had


def test_attachments_are_told_of_and_given_only_where_nothing_is_covered(tmp_path: Path, picture: Attachment) -> None:
    """No picture can be masked, so one that was not looked at by a person stays out."""
    assert run("export", "--item", "c1", "--to", tmp_path / "covered")[0] == 0
    assert not (tmp_path / "covered" / "data" / "media").exists()
    told = (tmp_path / "covered" / "data" / "index.html").read_text()
    assert ("ingår inte" in told, "status-404" in told) == (True, True)
    assert run("export", "--item", "c1", "--to", tmp_path / "full", "--unmasked", "KS 2026/7")[0] == 0
    full = tmp_path / "full" / "data"
    name = f"{picture.sha256}.jpg"
    assert {name: b"a picture"} == {each.name: each.read_bytes() for each in (full / "media").iterdir()}
    assert f'href="media/{name}"' in (full / "index.html").read_text()
    found = json.loads((full / "records.json").read_text())[0]["versions"][0]["attachments"]
    assert [(picture.sha256, None), (None, "status-404")] == [(each["sha256"], each["missing"]) for each in found]
    bagit.Bag(str(tmp_path / "full")).validate()
    proof = full / "proof" / f"{picture.object_key.rpartition('/')[2]}.json"
    checker = [sys.executable, "-I", str(full / "check_record.py"), str(proof), str(full / "media" / name)]
    assert subprocess.run(checker, capture_output=True, check=False).returncode == 0


def test_an_attachment_that_a_browser_would_run_gets_an_ending_that_opens_nothing() -> None:
    script = Attachment.fetched("0" * 64, "/media/0", AT, b"<script>", "image/svg+xml")
    assert f"{script.sha256}.bin" == attachments.file_name(script)


def test_show_tells_of_attachments(data: Path, picture: Attachment) -> None:
    assert data.exists()
    code, output = run("show", "--item", "c1")
    assert code == 0
    assert f"/media/0: image/jpeg, 9 bytes, SHA-256 {picture.sha256}" in output
    assert "/media/1: could not be fetched (status-404)" in output


def test_an_archive_package_must_tell_whose_records_they_are(data: Path, tmp_path: Path) -> None:
    code, told = run("export", "--thread", "root", "--format", "fgs", "--unmasked", "KS 1", "--to", tmp_path / "p")
    assert (code, "--creator" in told, (tmp_path / "p").exists()) == (2, True, False)
    assert not (data / "access.jsonl").exists(), "nothing was read"


def test_a_changed_bag_is_found_out(data: Path, tmp_path: Path) -> None:
    assert data.exists()
    run("export", "--item", "c1", "--to", tmp_path / "bag")
    page_file = tmp_path / "bag" / "data" / "index.html"
    page_file.write_text(page_file.read_text().replace("Jag", "Vi"))
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path / "bag")).validate()


def test_show_tells_the_versions_and_covers(data: Path) -> None:
    code, output = run("show", "--item", "c1")
    assert (code, output.count("records/"), NUMBER in output) == (0, 2, False)
    assert output.index("created") < output.index("edited")
    assert NUMBER in run("show", "--item", "c1", "--unmasked", "KS 2026/7")[1]
    lines = run("show", "--thread", "root")[1].splitlines()
    assert [line for line in lines if " on facebook" in line] == [
        "post root by the municipality on facebook, account exempel",
        "    comment c1 on facebook, account exempel, answers root",
        "    comment c2 on facebook, account exempel, answers root",
    ]
    assert [each.decision for each in noted(data)] == [None, "KS 2026/7", None]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["show"], 2, id="nothing chosen"),
        pytest.param(["show", "--item", "unknown"], 1, id="nothing fits"),
        pytest.param(["show", "records/00/00/00"], 1, id="no such record"),
    ],
)
def test_what_cannot_be_shown_is_told_by_the_exit_code(data: Path, arguments: list[str], code: int) -> None:
    assert data.exists()
    assert run(*arguments)[0] == code


def test_nothing_is_shown_that_cannot_be_noted(data: Path) -> None:
    (data / "access.jsonl").mkdir()
    code, output = run("show", "--item", "c1")
    assert (code, "nothing is shown" in output, "Jag har" in output) == (2, True, False)


def test_a_changed_access_log_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "access.jsonl"
    for n in range(4):
        access.note(path, at=AT, who="test", command="show", records=(f"k{n}",), decision=None)
    assert list(access.faults(path, ())) == []
    lines = path.read_bytes().splitlines(keepends=True)
    for changed, line in (
        (lines[0] + lines[2], 2),
        (lines[0] + b"rubbish\n", 2),
        (b"".join(lines).replace(b"k1", b"kx"), 3),
    ):
        path.write_bytes(changed)
        (fault,) = access.faults(path, ())
        assert fault.startswith(f"{path}:{line}:")


def test_an_access_log_that_cannot_be_written_stops_the_reading(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("")
    with pytest.raises(Stop):
        access.note(tmp_path / "folder" / "log", at=AT, who="t", command="show", records=(), decision=None)
