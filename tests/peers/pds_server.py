"""A real Bluesky server (PDS) from npm, started and stopped by a test; `npm ci` in tests/peers/pds brings it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import cbor2
import httpx
import pytest
from websockets.sync.client import connect

from deploy.local.ports import free_port

FOLDER = Path(__file__).with_name("pds")
PASSWORD = "a made up password"
MISSING = "did not run: Bluesky on its real server (missing: apt-get install npm, then npm ci in tests/peers/pds)"


@dataclass(frozen=True, slots=True)
class Person:
    """An account on the server, with a token of the test's own."""

    handle: str
    did: str
    token: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One thing done to one record: create, update or delete, and when the server did it."""

    did: str
    action: str
    path: str
    at: datetime

    @property
    def uri(self) -> str:
        """The record's at-uri."""
        return f"at://{self.did}/{self.path}"


class Pds:
    """A running server."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = process
        self._client = httpx.Client(base_url=f"{self.url}/xrpc/", timeout=10, trust_env=False)

    def person(self, name: str) -> Person:
        """Register an account."""
        body = {"email": f"{name}@example.test", "handle": f"{name}.test", "password": PASSWORD}
        made = self.post("com.atproto.server.createAccount", body)
        return Person(made["handle"], made["did"], made["accessJwt"])

    def write(self, person: Person, text: str, *, root: str | None = None) -> str:
        """Post, or reply to `root`; returns the at-uri."""
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": datetime.now(UTC).isoformat(),
        }
        if root:
            answered = self.record(root)
            assert answered is not None
            reference = {"uri": root, "cid": answered["cid"]}
            record["reply"] = {"root": reference, "parent": reference}
        body = {"repo": person.did, "collection": "app.bsky.feed.post", "record": record}
        return str(self.post("com.atproto.repo.createRecord", body, person.token)["uri"])

    def record(self, uri: str) -> dict[str, Any] | None:
        """Read a record past our adapter; None if the server says that there is none."""
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        wanted = {"repo": repo, "collection": collection, "rkey": rkey}
        response = self._client.get("com.atproto.repo.getRecord", params=wanted)
        if response.status_code == 400 and response.json()["error"] == "RecordNotFound":
            return None
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    def post(self, method: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
        """Call a procedure."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = self._client.post(method, json=body, headers=headers)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def restart(self) -> None:
        """Stop it and start it on the same data; returns when it serves again."""
        self.process.send_signal(signal.SIGHUP)
        _await_ready(self.process)

    def firehose(self) -> Iterator[Commit]:
        """Every commit from the server's beginning until none has come for two seconds, as it tells the world."""
        address = f"{self.url.replace('http', 'ws', 1)}/xrpc/com.atproto.sync.subscribeRepos?cursor=0"
        with connect(address, proxy=None, max_size=None) as stream:
            while True:
                try:
                    frame = stream.recv(timeout=2)
                except TimeoutError:
                    return
                assert isinstance(frame, bytes)
                yield from _commits(BytesIO(frame))

    def close(self) -> None:
        self._client.close()


@contextmanager
def running_pds(folder: Path, *, limits: bool = False, moderation: str = "") -> Iterator[Pds]:
    """Start a server on free ports, its data in `folder`; skips where Node or the packages are missing.

    `moderation` is the address of the service that it passes reports on to.
    """
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").exists():
        pytest.skip(MISSING)
    port, plc = free_port(), free_port()
    command = [node, "serve.mjs", str(port), str(plc), str(folder / "pds"), str(int(limits)), moderation]
    environment = {"TMPDIR": str(folder), "PATH": "", "LOG_ENABLED": "false"}
    with subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            _await_ready(process)
            pds = Pds(port, process)
            yield pds
            pds.close()
        finally:
            process.kill()


def _await_ready(process: subprocess.Popen[str]) -> None:
    out: IO[str] | None = process.stdout
    assert out is not None
    for line in out:
        if line.strip() == "ready":
            return
    raise AssertionError("the PDS ended before it was ready")


def _commits(frame: BytesIO) -> Iterator[Commit]:
    """Read a frame: two CBOR objects one after the other, of which the first says what the second is."""
    header, body = cbor2.load(frame), cbor2.load(frame)
    if header.get("t") == "#commit":
        at = datetime.fromisoformat(body["time"])
        for each in body["ops"]:
            yield Commit(body["repo"], each["action"], each["path"], at)
