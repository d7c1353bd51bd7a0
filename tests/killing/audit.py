"""Runs writers, kills them, and adds up: no receipt without a readable record, nothing twice, nothing lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from agents.retention.log import LogReader
from agents.retention.verify import Known, Verification
from pipeline.message import MediaState, Receipt
from pipeline.record import content_hash, object_key
from tests.killing.writer import ATTACHING, Plan, opened, value
from topics import wire

ROOT = Path(__file__).parents[2]
PATIENCE_S = 1500.0


@dataclass
class Told:
    """What all lives of the writer have told: every receipt, how far was committed, how often it had to wait."""

    receipts: list[Receipt] = field(default_factory=list)
    committed: int = 0
    waited: int = 0
    finished: bool = False

    def take(self, line: bytes) -> None:
        """Note one whole line."""
        word, _, rest = line.decode().partition(" ")
        match word:
            case "committed":
                self.committed = int(rest)
            case "retry":
                self.waited += 1
            case "finished":
                self.finished = True
            case _:
                self.receipts.append(wire.decode_receipt(line))


@contextlib.contextmanager
def writing(plan: Plan, told: Told) -> Iterator[subprocess.Popen[bytes]]:
    """A writer that goes on from what was committed; when the block ends, it is dead and all it told is noted."""
    folder = Path(plan.folder)
    (folder / "plan.json").write_bytes(msgspec.json.encode(plan))
    command = [sys.executable, "-m", "tests.killing.writer", str(folder / "plan.json"), str(told.committed)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as writer:
        reader = threading.Thread(target=_read, args=(writer, told))
        reader.start()
        try:
            yield writer
        finally:
            writer.kill()
            reader.join()


def _read(writer: subprocess.Popen[bytes], told: Told) -> None:
    assert writer.stdout
    for line in writer.stdout:
        if line.endswith(b"\n"):  # half a line was never published
            told.take(line[:-1])


def kill_at_random(plan: Plan, told: Told, kills: int, seed: int, *, between: tuple[float, float]) -> int:
    """Let writers write and kill them so many times, each after it has begun; how many died so."""
    seeded = random.Random(seed)
    died = 0
    for _ in range(kills):
        with writing(plan, told) as writer:
            before = told.committed
            await_(lambda: told.committed > before or told.finished, writer)  # noqa: B023  # called at once
            time.sleep(seeded.uniform(*between))
            writer.send_signal(signal.SIGKILL)
            died += writer.wait() == -signal.SIGKILL
    return died


def finish(plan: Plan, told: Told) -> None:
    """Let a last writer come to its end."""
    with writing(plan, told) as writer:
        assert writer.wait(PATIENCE_S) == 0


def await_(holds: Callable[[], bool], writer: subprocess.Popen[bytes]) -> None:
    """Wait until something holds, the writer has ended or patience has."""
    until = time.monotonic() + PATIENCE_S
    while not holds() and writer.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


def check(plan: Plan, told: Told, picture: Callable[[int], bytes]) -> None:
    """Fail on a receipt whose record cannot be read, on what is there twice or not at all, and on what verify finds."""
    by_hash = {content_hash(value(plan, n)): n for n in range(plan.events)}
    assert told.finished
    assert set(by_hash) == {each.raw.sha256 for each in told.receipts}
    faults: list[str] = []
    with opened(plan) as store:
        assert sorted(map(object_key, by_hash)) == list(store.object_keys())
        for key in {each.object_key for each in told.receipts}:
            assert value(plan, by_hash[key.rpartition("/")[2]]) == store.read(key).raw.value
        final = {each.raw.sha256: each for each in told.receipts if each.media_pending == 0}
        assert set(by_hash) == set(final)
        attaching = {sha for sha, n in by_hash.items() if n % ATTACHING == 0}
        assert len(attaching) == len(list(store.attachment_keys()))
        for sha in attaching:
            [attached] = store.attachments(object_key(sha))
            [note] = final[sha].media
            assert (picture(by_hash[sha]), attached.sha256) == (attached.content, content_hash(attached.content))
            assert (MediaState.STORED, attached.object_key, attached.sha256) == (
                note.state,
                note.object_key,
                note.sha256,
            )
        run = Verification(store, fault=lambda fault: faults.append(str(fault)), progress=lambda _: None)
        report = run.run(LogReader(plan.place.log), Known())
    assert ([], plan.events, 0, len(attaching), 0) == (
        faults,
        report.records,
        report.addenda,
        report.attachments,
        report.missing,
    )
    names = [name for name, _ in LogReader(plan.place.log).entries()]
    assert len(names) == len(set(names)) == plan.events + len(attaching)
