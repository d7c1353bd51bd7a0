from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from deploy.local.errors import BrokerUnavailable
from deploy.local.lock import LockedJar, committed_lock, is_locked, kafka_version, parse_lock

CONTENT = b"what a jar holds"
JAR = LockedJar("org.example:thing:1.0", hashlib.sha256(CONTENT).hexdigest())


def test_the_committed_lock_is_kafka_with_a_hash_for_each_jar_and_no_address() -> None:
    lock = committed_lock()

    assert kafka_version(lock) == "4.3.1"
    assert len(lock) == len({jar.coordinate for jar in lock})
    assert {"kafka_2.13", "kafka-clients", "log4j-slf4j-impl"} <= {jar.artifact for jar in lock}
    assert not [jar for jar in lock if re.search(r"://|/|\.(org|com|io)/", jar.coordinate)]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("org.example:thing:1.0", id="no hash"),
        pytest.param(f"org.example:thing {JAR.sha256}", id="no version"),
        pytest.param(f"org.example:thing:1.0 {JAR.sha256[:-1]}", id="short hash"),
        pytest.param(f"org.example:thing:1.0 {JAR.sha256.upper()}", id="capitals"),
        pytest.param(f"org.example:thing:1.0 {JAR.sha256} {JAR.sha256}", id="two hashes"),
    ],
)
def test_a_line_that_would_lock_nothing_is_refused(line: str) -> None:
    with pytest.raises(BrokerUnavailable, match=r"jars\.lock line 2: expected"):
        parse_lock(f"# comment\n{line}\n")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(CONTENT, True, id="the jar itself"),
        pytest.param(bytes([CONTENT[0] ^ 1]) + CONTENT[1:], False, id="one bit flipped"),
        pytest.param(CONTENT[:-1], False, id="cut short"),
        pytest.param(CONTENT + b"\0", False, id="one byte more"),
        pytest.param(b"", False, id="empty"),
        pytest.param(None, False, id="not there"),
    ],
)
def test_only_the_very_bytes_of_the_lock_pass(tmp_path: Path, content: bytes | None, *, expected: bool) -> None:
    path = tmp_path / "thing-1.0.jar"
    if content is not None:
        path.write_bytes(content)

    assert expected is is_locked(path, JAR)
