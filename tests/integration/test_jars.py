"""Fetching jars with jgo from a small Maven repository on this machine: verified, mended, refused, one at a time."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local.errors import BrokerUnavailable, JarRefused
from deploy.local.jars import Fetched, ensure_jars
from deploy.local.lock import LockedJar

CONTENTS = {
    "org.example:kafka_2.13:1.0": b"kafka" * 5_000,
    "org.example:clients:2.0": b"clients" * 5_000,
    "se.example:more:3.0": b"more",
}
LOCK = tuple(LockedJar(name, hashlib.sha256(content).hexdigest()) for name, content in CONTENTS.items())


class Repository:
    """A Maven repository of files, served on 127.0.0.1; counts what is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: Counter[str] = Counter()
        asked = self.asked

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                asked[Path(self.path).name] += 1
                super().do_GET()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.mirrors = {"here": f"http://127.0.0.1:{self.server.server_port}"}

    def put(self, coordinate: str, content: bytes) -> None:
        """Offer a file under the path that Maven gives the coordinate."""
        path = self.folder / relative(coordinate)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def relative(coordinate: str) -> Path:
    group, artifact, version = coordinate.split(":")
    return Path(*group.split("."), artifact, version, f"{artifact}-{version}.jar")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    here = Repository(tmp_path / "repository")
    for coordinate, content in CONTENTS.items():
        here.put(coordinate, content)
    thread = threading.Thread(target=here.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield here
    here.server.shutdown()
    here.server.server_close()
    thread.join()


def test_jars_are_fetched_once_and_the_watcher_is_told(repository: Repository, tmp_path: Path) -> None:
    told: list[Fetched] = []

    first = ensure_jars(tmp_path / "cache", LOCK, told.append, repository.mirrors)
    again = ensure_jars(tmp_path / "cache", LOCK, told.append, {"nowhere": "http://127.0.0.1:9"})

    assert list(CONTENTS.values()) == [path.read_bytes() for path in first]
    assert first == again
    assert told[-1] == Fetched(3, 3, sum(map(len, CONTENTS.values())))
    assert [count for name, count in repository.asked.items() if name.endswith(".jar")] == [1, 1, 1]


def test_a_damaged_cache_is_mended_and_only_what_is_damaged_is_fetched(repository: Repository, tmp_path: Path) -> None:
    paths = ensure_jars(tmp_path / "cache", LOCK, mirrors=repository.mirrors)
    repository.asked.clear()
    content = bytearray(paths[1].read_bytes())
    content[17] ^= 1
    paths[1].write_bytes(content)

    assert paths == ensure_jars(tmp_path / "cache", LOCK, mirrors=repository.mirrors)

    assert list(CONTENTS.values()) == [path.read_bytes() for path in paths]
    assert {"clients-2.0.jar"} == {name for name in repository.asked if name.endswith(".jar")}


def test_a_jar_with_a_flipped_byte_is_refused_and_not_left_behind(repository: Repository, tmp_path: Path) -> None:
    name, content = "org.example:clients:2.0", CONTENTS["org.example:clients:2.0"]
    repository.put(name, bytes([content[0] ^ 1]) + content[1:])

    with pytest.raises(JarRefused, match=r"org\.example:clients:2\.0 is not the file that jars\.lock names") as refusal:
        ensure_jars(tmp_path / "cache", LOCK, mirrors=repository.mirrors)

    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "cache" / "jars" / relative(name)).exists()


def test_offline_with_a_damaged_jar_it_is_not_used(tmp_path: Path, repository: Repository) -> None:
    paths = ensure_jars(tmp_path / "cache", LOCK, mirrors=repository.mirrors)
    paths[0].write_bytes(b"evil")

    with pytest.raises(BrokerUnavailable):
        ensure_jars(tmp_path / "cache", LOCK, mirrors={"nowhere": "http://127.0.0.1:9"})

    assert not paths[0].exists()


def test_offline_without_a_cache_is_one_line_that_names_the_remedy(tmp_path: Path, repository: Repository) -> None:
    with pytest.raises(BrokerUnavailable) as offline:
        ensure_jars(tmp_path / "cache", LOCK, mirrors={"nowhere": "http://127.0.0.1:9"})

    assert repository.asked == Counter()
    assert str(offline.value) == (
        "Apache Kafka 1.0 is not on this machine and cannot be fetched (kafka_2.13: ConnectionError): "
        "connect to the Internet once, or set ANSLAGSVAKT_BOOTSTRAP_SERVERS to a Kafka that exists"
    )


def test_many_at_once_fetch_each_jar_once(repository: Repository, tmp_path: Path) -> None:
    def fetch(_: int) -> tuple[Path, ...]:
        return ensure_jars(tmp_path / "cache", LOCK, mirrors=repository.mirrors)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(fetch, range(8)))

    assert {found[0]} == set(found)
    assert list(CONTENTS.values()) == [path.read_bytes() for path in found[0]]
    assert {1} == {count for name, count in repository.asked.items() if name.endswith(".jar")}


@pytest.mark.parametrize("missing", ["jgo.maven", "filelock"])
def test_without_the_extra_the_line_says_how_to_get_it(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(BrokerUnavailable, match=r"pip install 'anslagsvakt\[embedded\]', or set ANSLAGSVAKT_BOOTSTRAP"):
        ensure_jars(tmp_path / "cache", LOCK, mirrors=repository.mirrors)
