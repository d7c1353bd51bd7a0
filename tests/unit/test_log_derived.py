"""What is made from the log (the tree's file, the table of places): right at every size, believed by nobody, mended."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from agents.retention import bundle
from agents.retention.entry import WIDTH, leaf
from agents.retention.heads import signer
from agents.retention.log import Log, LogReader
from agents.retention.places import Places
from agents.retention.store import Missing
from pipeline import merkle
from pipeline.errors import Stop

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from agents.retention.heads import signer
from agents.retention.log import Log
folder, first = Path(sys.argv[1]), int(sys.argv[2])
for first in range(first, first + 20_000, 200):
    log = Log(folder / "log", signer(folder / "log.key"), lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    numbers = range(first, first + 200)
    log.add({f"records/{n:04x}": sha256(b"%d" % n).hexdigest() for n in numbers}, frozenset())
    print(first + 200, flush=True)
"""


def log_in(folder: Path) -> Log:
    return Log(folder / "log", signer(folder / "log.key"), lambda: AT)


def named(numbers: range) -> dict[str, str]:
    """Names with hashes, as a store would give them."""
    return {f"records/{n:04x}": sha256(b"%d" % n).hexdigest() for n in numbers}


def scanned(reader: LogReader) -> dict[str, tuple[int, str]]:
    """Where every name stands, by reading the whole log."""
    return {name: (at, sha256) for at, (name, sha256) in enumerate(reader.entries())}


def right(folder: Path) -> bool:
    """Whether the tree's file is that of the entries, byte for byte, and the table tells of every entry."""
    reader, tree, made = LogReader(folder / "log"), merkle.Growing(), b""
    for name, hash_ in reader.entries():
        made += b"".join(tree.add(leaf(name, hash_)))
    return (made, *placed(folder)) == (
        (folder / "log/nodes").read_bytes(),
        reader.size(),
        {name: at for name, (at, _) in scanned(reader).items()},
    )


def placed(folder: Path) -> tuple[int, dict[str, int]]:
    """Of how many entries the table tells, and where it says that they stand."""
    entries = list(LogReader(folder / "log").entries())
    table = Places(folder / "log/places.sqlite3")
    return table.find((name for name, _ in entries), lambda at: entries[at] if at < len(entries) else None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of 21 entries, of the first 16 of which the table tells: it is caught up at start and seldom after."""
    log = log_in(tmp_path)
    log.add(named(range(16)), frozenset())
    log.add(named(range(16, 21)), frozenset())
    return tmp_path


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9), st.booleans()), min_size=1, max_size=6),
    asked=st.integers(0, 239),
)
def test_at_every_size_it_is_what_reading_the_whole_log_and_another_implementation_say(
    tmp_path: Path, batches: list[tuple[int, int, bool]], asked: int
) -> None:
    shutil.rmtree(tmp_path / "log", ignore_errors=True)
    log, reader, oracle, size = log_in(tmp_path), LogReader(tmp_path / "log"), InmemoryTree(algorithm="sha256"), 0
    for new, again, started in batches:
        log = log_in(tmp_path) if started else log  # then the table is caught up
        known = named(range(max(0, size - again), size))
        log.add(known | named(range(size, size + new)), frozenset(known))
        size += new
    everything = scanned(reader)
    assert size == len(everything) == reader.size(), "what comes again is not entered again"
    assert everything == reader.find({*everything, "records/none"})
    for name, (_, hash_) in everything.items():
        oracle.append_entry(f"{name} {hash_}".encode())
    name, (index, _) = list(everything.items())[asked % size]
    told = json.loads(bundle.prove(reader, name))
    assert oracle.get_root().hex() == told["head"]["root"]
    assert [bytes(each).hex() for each in oracle.prove_inclusion(index + 1, size).path][1:] == told["path"]


def test_a_proof_reads_no_more_of_a_log_that_is_ten_times_as_long(tmp_path: Path) -> None:
    log, reader = log_in(tmp_path), LogReader(tmp_path / "log")
    read = []
    for first, size in ((0, 6000), (6000, 60_000)):
        log.add(named(range(first, size)), frozenset())
        before = bytes_read()
        bundle.prove(reader, "records/0bb8")
        read.append(bytes_read() - before)
    assert read[1] < 1.5 * read[0] < 60_000 * WIDTH / 4


def bytes_read() -> int:
    """All that this process has asked the system to read so far."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])


def table(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "log/places.sqlite3")) as db, db:
        assert db.execute(statement).rowcount


def rubbish(folder: Path) -> None:
    (folder / "log/places.sqlite3").write_bytes(b"rubbish" * 1000)


def of_another_log(folder: Path) -> None:
    """A longer one, as after an old backup of the log was put back."""
    table(folder, "UPDATE place SET name = name + 1")
    table(folder, "INSERT INTO place SELECT entry + 16, name FROM place")


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda f: (f / "log/places.sqlite3").unlink(), id="gone"),
        pytest.param(rubbish, id="rubbish"),
        pytest.param(of_another_log, id="of another log"),
        pytest.param(lambda f: table(f, "UPDATE place SET entry = entry + 100"), id="places moved"),
        pytest.param(lambda f: table(f, "UPDATE place SET name = 7 WHERE entry = 15"), id="the last row changed"),
        pytest.param(lambda f: table(f, "DELETE FROM place WHERE entry > 7"), id="rows dropped"),
    ],
)
def test_a_table_of_places_that_is_wrong_is_not_believed_and_made_anew(
    folder: Path, harm: Callable[[Path], None]
) -> None:
    harm(folder)
    reader = LogReader(folder / "log")
    assert scanned(reader) == reader.find(scanned(reader))
    log_in(folder).add(named(range(30)), frozenset(named(range(30))))
    assert reader.size() == 30, "what was there is not entered again"
    log_in(folder).add(named(range(30, 31)), frozenset())  # where there was rubbish, that is gone by now
    assert right(folder)


def test_one_row_that_is_wrong_misleads_no_proof(folder: Path) -> None:
    table(folder, "UPDATE place SET entry = 100 WHERE entry = 3")
    table(folder, "DELETE FROM place WHERE entry IN (4, 100)")
    reader = LogReader(folder / "log")
    assert [json.loads(bundle.prove(reader, f"records/{n:04x}"))["index"] for n in (3, 4)] == [3, 4]
    with pytest.raises(Missing):
        bundle.prove(reader, "records/none")


@pytest.mark.parametrize("kept", [*range(0, 39 * 32, 3 * 32), 37 * 32 + 5])
def test_a_tree_file_that_was_cut_is_made_anew_by_the_next_record(folder: Path, kept: int) -> None:
    """Anywhere, in the middle of a hash too, as a power cut or a killed repair leaves it."""
    file = folder / "log/nodes"
    proofs = [bundle.prove(LogReader(folder / "log"), name) for name in named(range(21))]
    whole = file.read_bytes()
    assert kept < len(whole) == merkle.nodes_of(21) * 32
    file.write_bytes(whole[:kept])
    assert proofs == [bundle.prove(LogReader(folder / "log"), name) for name in named(range(21))]
    log_in(folder).add(named(range(21, 22)), frozenset())
    assert right(folder)


@pytest.mark.parametrize("at", range(0, merkle.nodes_of(21) * 32, 32))
def test_a_hash_of_the_tree_that_was_changed_leads_no_proof_astray_and_is_never_signed(folder: Path, at: int) -> None:
    """Each hash in its turn: proofs are those that they were, and what is signed next is what the entries give."""
    file, reader = folder / "log/nodes", LogReader(folder / "log")
    proofs = [bundle.prove(reader, name) for name in named(range(21))]
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    assert proofs == [bundle.prove(reader, name) for name in named(range(21))]
    head = log_in(folder).add(named(range(21, 26)), frozenset())
    assert head
    assert merkle.root(head.size, merkle.computed(reader.leaf)).hex() == head.root


def test_nothing_is_signed_on_top_of_entries_that_are_not_those_signed(folder: Path) -> None:
    entries, tree = folder / "log/entries", folder / "log/nodes"
    entries.write_bytes(entries.read_bytes().replace(b"records/0005", b"records/0fff"))
    tree.write_bytes(b"")
    heads = (folder / "log/heads").read_bytes()
    with pytest.raises(Stop, match="are not those signed"):
        log_in(folder).add(named(range(21, 22)), frozenset())
    assert heads == (folder / "log/heads").read_bytes()


def stops(before: Path, after: Path) -> Iterator[dict[str, bytes]]:
    """What may stand in the files of the log at every point where a write can be cut off."""
    here = {name: (before / name).read_bytes() for name in ("entries", "nodes", "heads")}
    for name, old in list(here.items()):
        new = (after / name).read_bytes()
        for length in {len(old), len(old) + 1, (len(old) + len(new)) // 2, len(new) - 1, len(new)}:
            yield here | {name: new[:length]}
        here[name] = new


def test_cut_off_at_any_write_the_log_goes_on(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    before = tmp_path_factory.mktemp("before") / "log"
    shutil.copytree(folder / "log", before)
    log_in(folder).add(named(range(21, 28)), frozenset())
    after = tmp_path_factory.mktemp("after") / "log"
    shutil.copytree(folder / "log", after)
    tried = 0
    for files in stops(before, after):
        for name, content in files.items():
            (folder / "log" / name).write_bytes(content)
        again = named(range(18, 30))
        log_in(folder).add(again, frozenset(again))
        names = [name for name, _ in LogReader(folder / "log").entries()]
        assert sorted(names) == sorted(named(range(30)))
        assert right(folder)
        tried += 1
    assert tried == 15


def test_killed_at_random_while_it_takes_in_places_nothing_is_wrong(tmp_path: Path) -> None:
    seeded, committed = random.Random(23), 0
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(committed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
            assert writer.stdout
            line = writer.stdout.readline()
            time.sleep(seeded.uniform(0, 0.2))
            writer.send_signal(signal.SIGKILL)
            lines = [line, *writer.stdout.read().splitlines(keepends=True)]
        committed = int([each for each in lines if each.endswith("\n")][-1])
        reader = LogReader(tmp_path / "log")
        again = named(range(max(0, committed - 200), committed + 201))
        log_in(tmp_path).add(again, frozenset(again))  # what was not committed comes again, and something new
        committed += 201
        assert committed == reader.size()
        some = named(range(0, committed, 97))
        assert some.keys() == reader.find(some).keys()
    assert right(tmp_path)
