"""The file store's own promises: killed in the middle, full, tampered with, shared."""

import errno
import hashlib
import random
import resource
import signal
import stat
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.retention import place
from agents.retention.records import RecordStore
from agents.retention.store import Damaged, Raw
from pipeline.errors import RetryLater, Stop
from pipeline.record import Coordinates

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITER = """
import sys, itertools
from datetime import UTC, datetime
from pathlib import Path
from agents.retention import place
from agents.retention.store import Raw
from pipeline.record import Coordinates
first = int(sys.argv[2])
with place.opened(place.Place(Path(sys.argv[1])), lambda: datetime.now(UTC)) as store:
    print("open", flush=True)
    for n in itertools.count(first, 20):
        raws = [Raw(Coordinates("t", 0, i), 0, None, b"%d " % i * 500) for i in range(n, n + 20)]
        print(*(each.object_key for each in store.put_many(raws)), flush=True)
"""


def opened(tmp_path: Path) -> AbstractContextManager[RecordStore]:
    return place.opened(place.Place(tmp_path), lambda: AT)


def raw(n: int = 1, value: bytes | None = None) -> Raw:
    return Raw(Coordinates("t", 0, n), 0, b"k", b"value %d" % n if value is None else value)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_killed_at_random_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    """SIGKILL in mid-write, again and again: every answer holds, and no half-written file has a name."""
    seeded = random.Random(7)
    answered: set[str] = set()
    for life in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(life * 60)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == "open\n"
            time.sleep(seeded.uniform(0.01, 0.25))
            writer.send_signal(signal.SIGKILL)
            lines = writer.stdout.read().split("\n")
        answered |= {key for line in lines[:-1] for key in line.split()}
    with opened(tmp_path) as store:
        kept = {key: store.read(key) for key in store.object_keys()}
        assert len(list((tmp_path / "incoming").iterdir())) == 1
    assert answered
    assert answered <= kept.keys()


def test_a_file_is_written_once_and_reads_without_us(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        path = tmp_path / store.put_many([raw()])[0].object_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    tail = subprocess.run(["/usr/bin/env", "tail", "-n", "+2", str(path)], capture_output=True, check=True).stdout
    assert path.name == hashlib.sha256(tail).hexdigest()


def test_nothing_is_left_in_the_way(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.put_many([raw(n) for n in range(10)])
        assert files_in(tmp_path / "incoming") == []
    assert list((tmp_path / "incoming").iterdir()) == []


def test_two_processes_may_share_a_folder(tmp_path: Path) -> None:
    """The second, at its start, leaves alone what the first is writing."""
    with opened(tmp_path) as one, opened(tmp_path) as other:
        assert [each.new for each in one.put_many([raw()])] == [True]
        assert [each.new for each in other.put_many([raw()])] == [False]


@pytest.mark.parametrize(
    "content",
    [pytest.param(b"", id="emptied"), pytest.param(b'{"anslagsvakt":"record"}\nother', id="other bytes")],
)
def test_something_else_in_a_records_place_is_an_alarm(tmp_path: Path, content: bytes) -> None:
    """Neither overwritten nor answered: somebody has been at the store."""
    path = tmp_path / raw().object_key
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with opened(tmp_path) as store, pytest.raises(Stop, match="records verify"):
        store.put_many([raw(2), raw()])
    assert content == path.read_bytes()


def test_a_flipped_byte_is_found_on_reading(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        path = tmp_path / store.put_many([raw()])[0].object_key
        path.chmod(0o640)
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        with pytest.raises(Damaged):
            store.read(raw().object_key)


def test_a_write_that_the_disk_refuses_gives_no_answer_and_leaves_nothing(tmp_path: Path) -> None:
    """The kernel refuses in the middle of a file (here by its limit on file size, as on a full disk)."""
    with opened(tmp_path) as store:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
        try:
            with pytest.raises(RetryLater, match=errno.errorcode[errno.EFBIG]):
                store.put_many([raw(1), raw(2, b"x" * 1_000_000), raw(3)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert files_in(tmp_path) == []
        assert [each.new for each in store.put_many([raw(1), raw(2, b"x" * 1_000_000), raw(3)])] == [True] * 3


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    """On a real file system of 400 kB, in a mount namespace of its own."""
    script = f"""
mount -t tmpfs -o size=400k none {tmp_path} && {sys.executable} - <<'END'
from datetime import UTC, datetime
from pathlib import Path
from agents.retention import place
from agents.retention.store import Raw
from pipeline.errors import RetryLater
from pipeline.record import Coordinates
with place.opened(place.Place(Path({str(tmp_path)!r})), lambda: datetime.now(UTC)) as store:
    try:
        store.put_many([Raw(Coordinates("t", 0, n), 0, None, b"%d" % n * 9000) for n in range(60)])
    except RetryLater as error:
        print(error.reason)
    print(len(store.put_many([Raw(Coordinates("t", 0, 1), 0, None, b"small")])))
END
"""
    ran = subprocess.run(
        ["/usr/bin/env", "unshare", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if "unshare failed" in ran.stderr or "permission denied" in ran.stderr.lower():
        pytest.skip("this machine lets no user make a mount namespace")
    assert ran.stdout == "the store folder is in trouble (ENOSPC)\n1\n", ran.stderr


def test_a_file_in_the_folders_place_stops_us(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(Stop, match="store"), opened(tmp_path / "store"):
        pass
