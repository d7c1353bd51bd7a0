"""A disk that is full for a while: python -m tests.killing.full FOLDER [sealed], on a small file system of its own.

A ballast leaves little room; when the writer has to wait, nothing may be committed; then the ballast is removed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from agents.clock import now
from agents.retention.wrap import add_key
from tests.killing.audit import Told, await_, check, writing
from tests.killing.writer import Plan
from tests.loopback_media import MediaServer, content, media_server

_EVENTS = 300


def main(where: str, seal: str | None = None) -> None:
    """Fill, wait, make room, add up."""
    folder = Path(where)
    if seal:
        add_key(folder / "key", now().date())
    ballast = folder / "ballast"
    with media_server() as server, ballast.open("wb") as file:
        _serve(server)
        told = Told()
        plan = Plan(str(folder), _EVENTS, 20, server.link("/"), sealed=seal is not None)
        with writing(plan, told) as writer:
            await_(lambda: told.committed > 0, writer)
            _fill(file.fileno())
            await_(lambda: told.waited > 2, writer)
            reached = told.committed
            assert writer.poll() is None, "the writer waits, it does not end"
            assert reached < _EVENTS, "the disk was never full"
            time.sleep(0.5)
            assert reached == told.committed, "committed on a full disk"
            file.truncate(0)
            assert writer.wait(60) == 0
    check(plan, told, _picture)
    sys.stdout.write(f"{told.waited} times waited; all is there\n")


def _fill(ballast: int) -> None:
    """Take all the room there is, with what the writer takes meanwhile."""
    for size in (1 << 16, 1 << 12):
        try:
            while True:
                os.write(ballast, bytes(size))
        except OSError:
            continue


def _picture(n: int) -> bytes:
    return b"picture %d\n" % n * 30


def _serve(server: MediaServer) -> None:
    server.answers = {f"/{n}": content(_picture(n)) for n in range(_EVENTS)}


if __name__ == "__main__":
    main(*sys.argv[1:])
