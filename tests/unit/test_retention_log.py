"""The log: what is stored is in it once, and whatever is done to store or log afterwards is named."""

import base64
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.retention import bundle, place
from agents.retention.attachment import Attachment
from agents.retention.entry import WIDTH
from agents.retention.heads import FIRST, Head, Signer, is_signed, read_head, signer
from agents.retention.log import Log, LogReader
from agents.retention.store import Missing, Raw
from agents.retention.verify import Known, Mark, Report, Verification
from agents.retention.wrap import add_key
from pipeline.errors import BadConfiguration, Stop
from pipeline.record import Coordinates

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
RAWS = [Raw(Coordinates("t", 0, n), 0, b"k", b"value %d" % n) for n in range(9)]
WRITER = """
import itertools, sys
from pathlib import Path
from agents.retention import place
from agents.retention.store import Raw
from agents.clock import now
from pipeline.record import Coordinates
folder, first = Path(sys.argv[1]), int(sys.argv[2])
where = place.Place(folder / "store", folder / "keys", folder / "key", log_key=folder / "log.key")
with place.opened(where, now) as store:
    print("open", flush=True)
    for n in itertools.count(first, 10):
        raws = [Raw(Coordinates("t", 0, i), 0, None, b"%d " % i * 50) for i in range(n, n + 10)]
        print(*(each.object_key for each in store.put_many(raws)), flush=True)
"""


class Archive:
    """A store with a log; batches of three, half an hour apart."""

    def __init__(self, folder: Path, *, sealed: bool = False) -> None:
        self.folder = folder
        keys, key_file = (folder / "keys", folder / "key") if sealed else (None, None)
        if key_file:
            add_key(key_file, AT.date())
        self.place = place.Place(folder / "store", keys, key_file, log_key=folder / "log.key")
        self.reader = LogReader(self.place.log)

    def put(self, *raws: Raw, at: datetime = AT + timedelta(minutes=65)) -> None:
        with place.opened(self.place, lambda: at) as store:
            store.put_many(raws)

    def fill(self) -> None:
        for n in range(0, 9, 3):
            self.put(*RAWS[n : n + 3], at=AT + n * timedelta(minutes=10))

    def path(self, n: int) -> Path:
        return self.folder / "store" / RAWS[n].object_key

    def log(self, name: str) -> Path:
        return self.place.log / name

    def heads(self) -> list[Head]:
        return [head for head in self.reader.heads() if head]

    def verify(self, known: Known | None = None) -> tuple[list[str], Report]:
        faults: list[str] = []
        with place.for_reading(self.place, lambda: AT) as store:
            run = Verification(store, fault=lambda fault: faults.append(str(fault)), progress=lambda _: None)
            return faults, run.run(self.reader, known or Known())


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    made = Archive(tmp_path, sealed=request.param)
    made.fill()
    return made


def test_an_untouched_archive_verifies(archive: Archive) -> None:
    faults, report = archive.verify()
    assert (faults, report.records, report.addenda) == ([], 9, 0)


def test_every_batch_has_a_signed_head_that_names_the_one_before(archive: Archive) -> None:
    heads = archive.heads()
    assert [head.size for head in heads] == [3, 6, 9]
    assert [FIRST, heads[0].digest(), heads[1].digest()] == [head.previous for head in heads]
    assert all(map(is_signed, heads))


def test_what_comes_again_is_not_logged_again(archive: Archive) -> None:
    archive.put(*RAWS)
    archive.put(RAWS[0], Raw(Coordinates("t", 0, 99), 0, b"k", b"new"))
    assert 10 == archive.reader.size() == archive.heads()[-1].size


def test_an_addendum_is_logged_too(archive: Archive) -> None:
    archive.put(Raw(Coordinates("t", 0, 50), 0, b"another key", RAWS[0].value))
    faults, report = archive.verify()
    assert (faults, report.records, report.addenda, archive.reader.size()) == ([], 9, 1, 10)


def test_the_last_head_of_an_hour_and_of_a_day_is_set_down(archive: Archive) -> None:
    """22:30, 23:00, 23:30; then the next morning."""
    archive.put(Raw(Coordinates("t", 0, 99), 0, b"k", b"next day"), at=AT + timedelta(hours=12))
    published = {path.name: read_head(path.read_bytes().strip()) for path in archive.log("published").iterdir()}
    heads = archive.heads()
    assert published == {
        "hour-2026-11-23T22.json": heads[0],
        "hour-2026-11-23T23.json": heads[2],
        "day-2026-11-23.json": heads[2],
    }


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(lambda a: append(a.log("entries"), b"x" * WIDTH), id="an entry without a head"),
        pytest.param(lambda a: append(a.log("entries"), b"half"), id="half an entry"),
        pytest.param(lambda a: append(a.log("nodes"), b"x" * 96), id="nodes"),
        pytest.param(lambda a: append(a.log("heads"), b'{"size":99'), id="half a head"),
    ],
)
def test_what_a_crash_leaves_is_cut_off_and_comes_again(archive: Archive, leave: Callable[[Archive], None]) -> None:
    leave(archive)
    assert archive.verify()[0] == []
    archive.put(Raw(Coordinates("t", 0, 99), 0, b"k", b"after the crash"))
    assert (archive.verify()[0], archive.heads()[-1].size) == ([], 10)


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o640)
    path.write_bytes(content)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    overwrite(path, bytes(content))


def swap(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    overwrite(one, second)
    overwrite(other, first)


def cut(path: Path, length: int) -> None:
    overwrite(path, path.read_bytes()[:length])


def drop_last_batch(archive: Archive) -> None:
    """Entries, nodes and heads, as one who knows the format would."""
    cut(archive.log("entries"), 6 * WIDTH)
    cut(archive.log("nodes"), 10 * 32)
    overwrite(archive.log("heads"), b"".join(archive.log("heads").read_bytes().splitlines(keepends=True)[:2]))


def rewrite_entry(archive: Archive) -> None:
    path = archive.log("entries")
    overwrite(path, path.read_bytes().replace(RAWS[4].object_key.encode(), RAWS[5].object_key.encode()))


def change_a_heads_time(archive: Archive) -> None:
    path = archive.log("heads")
    overwrite(path, path.read_bytes().replace(b"22:30", b"21:30"))


def drop_the_middle_head(archive: Archive) -> None:
    lines = archive.log("heads").read_bytes().splitlines(keepends=True)
    overwrite(archive.log("heads"), lines[0] + lines[2])


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        pytest.param(
            lambda a: flip(a.path(4), -1), "its bytes are not those that the log names", id="a byte of a record"
        ),
        pytest.param(
            lambda a: flip(a.path(4), 20), "its bytes are not those that the log names", id="a byte of its line"
        ),
        pytest.param(lambda a: swap(a.path(1), a.path(2)), "its bytes are not those", id="two records swapped"),
        pytest.param(lambda a: a.path(4).unlink(), "there is no such record", id="a record deleted"),
        pytest.param(drop_last_batch, "it is not in the log", id="the last entries dropped with their head"),
        pytest.param(lambda a: cut(a.log("entries"), 7 * WIDTH), "has lost its last 2 entries", id="entries dropped"),
        pytest.param(rewrite_entry, "entries of the log are not those it signed", id="an entry rewritten"),
        pytest.param(lambda a: flip(a.log("nodes"), 40), "1 entries give other hashes", id="a node"),
        pytest.param(lambda a: a.log("nodes").unlink(), "9 entries give other hashes", id="the tree's file deleted"),
        pytest.param(change_a_heads_time, "head 1 has a wrong signature", id="a head's time"),
        pytest.param(drop_the_middle_head, "head 2 does not follow the one before it", id="a head dropped"),
        pytest.param(lambda a: append(a.log("heads"), b"rubbish\n"), "head 4 cannot be read", id="no head"),
    ],
)
def test_harm_to_store_or_log_is_named(archive: Archive, harm: Callable[[Archive], None], fault: str) -> None:
    harm(archive)
    faults, report = archive.verify()
    assert any(fault in told for told in faults), faults
    assert len(faults) == report.faults


def test_an_old_backup_put_back_is_found_out_by_a_head_kept_elsewhere(archive: Archive) -> None:
    shutil.copytree(archive.place.folder, archive.folder / "backup")
    archive.put(Raw(Coordinates("t", 0, 99), 0, b"k", b"after the backup"))
    kept = Known(heads=(archive.heads()[-1],))
    assert archive.verify(kept)[0] == []
    shutil.rmtree(archive.place.folder)
    (archive.folder / "backup").rename(archive.place.folder)
    assert archive.verify()[0] == []
    assert archive.verify(kept)[0] == ["log/entries: the log has lost its last 1 entries"]


def test_a_log_written_anew_is_found_out_by_key_and_head(archive: Archive) -> None:
    """Somebody with the right to write everywhere, but without our key and our copy of a head."""
    known_head, known_key = archive.heads()[-1], archive.heads()[0].key
    archive.path(4).unlink()
    shutil.rmtree(archive.place.log)
    (archive.folder / "log.key").unlink()
    names = [path for path in archive.place.folder.rglob("records/*/*/*") if path.is_file()]
    forger = Log(archive.place.log, signer(archive.folder / "log.key"), lambda: AT)
    with place.for_reading(archive.place, lambda: AT) as store:
        contents = {key: store.content(key) for key in store.object_keys()}
    forger.add({key: hashlib.sha256(content).hexdigest() for key, content in contents.items()}, frozenset())
    assert (len(names), archive.verify()[0]) == (8, [])
    assert any("a key that is not trusted" in told for told in archive.verify(Known(frozenset({known_key})))[0])
    assert any("has lost its last 1" in told for told in archive.verify(Known(heads=(known_head,)))[0])


def test_a_writer_stops_at_a_log_that_was_cut(archive: Archive) -> None:
    cut(archive.log("entries"), 7 * WIDTH)
    with pytest.raises(Stop, match="has lost 322 bytes"):
        archive.put(Raw(Coordinates("t", 0, 99), 0, b"k", b"new"))


def test_a_clock_that_goes_back_is_named(archive: Archive) -> None:
    archive.put(Raw(Coordinates("t", 0, 99), 0, b"k", b"new"), at=AT - timedelta(days=1))
    assert archive.verify()[0] == ["log/heads: head 4 goes back, in size or in time"]


def test_a_clock_that_is_set_right_is_waited_for(archive: Archive) -> None:
    archive.put(Raw(Coordinates("t", 0, 99), 0, b"k", b"new"), at=AT + timedelta(minutes=58))
    assert ([], archive.heads()[2].at) == (archive.verify()[0], archive.heads()[3].at)


def test_a_verification_goes_on_from_its_mark_if_the_log_is_the_same(archive: Archive) -> None:
    third = archive.heads()[0]
    flip(archive.path(0), -1)
    assert resumed(archive, Mark(3, third.root)) == (0, 6)
    assert resumed(archive, Mark(3, "0" * 64)) == (1, 9)
    assert resumed(archive, Mark(99, third.root)) == (1, 9)


def resumed(archive: Archive, mark: Mark) -> tuple[int, int]:
    report = archive.verify(Known(mark=mark))[1]
    return report.faults, report.records


def test_killed_at_random_every_answer_is_in_the_log_and_nothing_is_twice(tmp_path: Path) -> None:
    add_key(tmp_path / "key", AT.date())
    seeded = random.Random(11)
    answered: set[str] = set()
    for life in range(4):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(life * 30)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == "open\n"
            time.sleep(seeded.uniform(0.05, 0.3))
            writer.send_signal(signal.SIGKILL)
            lines = writer.stdout.read().split("\n")
        answered |= {key for line in lines[:-1] for key in line.split()}
    archive = Archive.__new__(Archive)
    archive.folder = tmp_path
    archive.place = place.Place(tmp_path / "store", tmp_path / "keys", tmp_path / "key", log_key=tmp_path / "log.key")
    archive.reader = LogReader(archive.place.log)
    with place.opened(archive.place, lambda: datetime.now(UTC)) as store:
        # What a killed writer had stored but not logged comes again from Kafka, as here.
        store.put_many([Raw(Coordinates("t", 0, i), 0, None, b"%d " % i * 50) for i in range(5000) if i < 3000])
    entries = [name for name, _ in archive.reader.entries()]
    assert ([], len(entries)) == (archive.verify()[0], len(set(entries)))
    assert answered
    assert answered <= set(entries)


def check(proof: Path, file: Path, *key: str) -> tuple[int, str]:
    """What a third party does: an isolated Python, without our code or packages."""
    command = [sys.executable, "-I", "-S", str(ROOT / "deploy" / "check_record.py"), str(proof), str(file), *key]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout


@pytest.fixture
def proof(archive: Archive) -> Path:
    path = archive.folder / "proof.json"
    path.write_bytes(bundle.prove(archive.reader, RAWS[4].object_key))
    (archive.folder / "file").write_bytes(RAWS[4].value or b"")
    return path


def test_anyone_can_check_a_record_without_us(archive: Archive, proof: Path) -> None:
    for n, raw in enumerate(RAWS):
        proof.write_bytes(bundle.prove(archive.reader, raw.object_key))
        (archive.folder / "file").write_bytes(raw.value or b"")
        code, told = check(proof, archive.folder / "file", archive.heads()[-1].key)
        assert (code, told.count("ok   ")) == (0, 4), n


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        pytest.param(lambda told: told["head"].update(at="2020-01-01T00:00:00+00:00"), "signed", id="time"),
        pytest.param(lambda told: told["head"].update(root="00" * 32), "in the log", id="root"),
        pytest.param(lambda told: told["head"].update(size=10), "signed", id="size"),
        pytest.param(lambda told: told.update(index=5), "in the log", id="place"),
        pytest.param(lambda told: told.update(object_sha256="0" * 64), "in the log", id="stored bytes"),
        pytest.param(lambda told: told.update(record=RAWS[5].object_key), "for", id="record"),
        pytest.param(lambda told: told.update(path=told["path"][1:]), "in the log", id="path"),
        pytest.param(
            lambda told: told["head"].update(signature=base64.b64encode(bytes(64)).decode()), "signed", id="signature"
        ),
    ],
)
def test_a_false_proof_is_found_out(
    archive: Archive, proof: Path, change: Callable[[dict[str, object]], None], wrong: str
) -> None:
    told = json.loads(proof.read_text())
    change(told)
    proof.write_text(json.dumps(told))
    code, said = check(proof, archive.folder / "file")
    assert code != 0
    assert any(line.startswith("WRONG") and wrong in line for line in said.splitlines()), said


@pytest.fixture
def attached(archive: Archive) -> Attachment:
    """A picture of a record, in the store, and in the file `picture`."""
    picture = Attachment.fetched(RAWS[4].sha256, "/media/0", AT, b"a picture\nof two lines", "image/jpeg")
    with place.opened(archive.place, lambda: AT + timedelta(hours=2)) as store:
        assert store.attach([picture]) == (picture.object_key,)
    (archive.folder / "picture").write_bytes(picture.content)
    return picture


def proof_of(archive: Archive, picture: Attachment) -> dict[str, object]:
    """What an uncovered hand-out has as the proof of an attachment; it is written to `proof.json` too."""
    proof = bundle.prove_all(archive.reader, [], [picture])[picture.object_key]
    (archive.folder / "proof.json").write_bytes(proof)
    return dict(json.loads(proof))


def test_anyone_can_check_an_attachment_without_us(archive: Archive, attached: Attachment) -> None:
    """Sealed, its name in the log binds it; else the log's hash of the whole object does as well."""
    told = proof_of(archive, attached)
    assert ("line" in told) == (archive.place.keys is None)
    code, said = check(archive.folder / "proof.json", archive.folder / "picture", archive.heads()[-1].key)
    assert (code, said.count("ok   ")) == (0, 4), said
    assert f"attached to the record {attached.record} as /media/0" in said


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"field": "/media/1"}, id="another place"),
        pytest.param({"record": RAWS[5].object_key.replace("records", "media") + ".0123456789abcdef"}, id="another's"),
        pytest.param({"line": '{"another":"line"}'}, id="another first line"),
        pytest.param({"object_sha256": "0" * 64}, id="stored bytes"),
    ],
)
def test_a_false_proof_of_an_attachment_is_found_out(
    archive: Archive, attached: Attachment, change: dict[str, str]
) -> None:
    (archive.folder / "proof.json").write_text(json.dumps(proof_of(archive, attached) | change))
    code, said = check(archive.folder / "proof.json", archive.folder / "picture")
    assert (code, "WRONG" in said) == (1, True), said


def test_another_picture_is_found_out(archive: Archive, attached: Attachment) -> None:
    proof_of(archive, attached)
    (archive.folder / "picture").write_bytes(attached.content + b" ")
    code, said = check(archive.folder / "proof.json", archive.folder / "picture")
    assert (code, "WRONG the file is the one" in said) == (1, True), said


def test_another_file_and_another_key_are_found_out(archive: Archive, proof: Path) -> None:
    (archive.folder / "other").write_bytes(b"another")
    assert check(proof, archive.folder / "other")[0] == 1
    assert check(proof, archive.folder / "file", "A" * 43 + "=")[0] == 1


def test_what_is_not_in_the_log_cannot_be_proved(archive: Archive) -> None:
    with pytest.raises(Missing):
        bundle.prove(archive.reader, "records/00/00/00")


@pytest.mark.parametrize("content", [b"", b"rubbish"], ids=["empty", "no key"])
def test_a_file_that_is_no_log_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log.key").write_bytes(content)
    with pytest.raises(BadConfiguration, match="no Ed25519 key"):
        signer(tmp_path / "log.key")


def test_a_log_key_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    first, second = signer(tmp_path / "log.key"), signer(tmp_path / "log.key")
    assert isinstance(first, Signer)
    assert (first.public, "0o600") == (second.public, oct((tmp_path / "log.key").stat().st_mode & 0o777))
