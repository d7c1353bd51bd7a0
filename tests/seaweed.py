"""A real S3 server with Object Lock for tests: SeaweedFS, from its wheel, on free ports and a temporary folder."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from agents.retention import s3
from agents.retention.bucket import Bucket

PATIENCE = 120.0
_PORTS = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")]


@dataclass(frozen=True)
class Seaweed:
    """The server: an owner who may do anything, a writer who may not bypass a lock, and the port behind them all."""

    endpoint: str
    filer: str
    owner: Any
    writer: Any
    server: Server

    def new_bucket(self) -> str:
        """A bucket with Object Lock."""
        name = f"test-{secrets.token_hex(4)}"
        self.owner.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
        return name


def program() -> str | None:
    """Where the server's program is, if its wheel is installed."""
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


class Server:
    """The server's process, which may be killed and started again on the same data and ports."""

    def __init__(self, weed: str, folder: Path) -> None:
        self.ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        config = folder / "s3.json"
        config.write_text(json.dumps(_identities()))
        self._folder = folder
        self._command = [
            weed,
            "server",
            f"-dir={folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            f"-s3.config={config}",
            "-volume.max=2000",
            "-master.volumeSizeLimitMB=32",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            *(f"-{name}={port}" for name, port in self.ports.items()),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes a write, which is well after it says that it is healthy."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdout=quiet, stderr=quiet, cwd=self._folder)
        bucket = Bucket("", f"http://127.0.0.1:{self.ports['s3.port']}")
        _await(s3.connect(bucket, "owner", "owner-secret"), self._process)

    def kill(self) -> None:
        """Kill it: it takes over ten seconds to end when asked."""
        if self._process:
            self._process.kill()
            self._process.wait()


@contextmanager
def seaweed(weed: str) -> Iterator[Seaweed]:
    """A running server."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Server(weed, Path(folder))
        try:
            server.start()
            bucket = Bucket("", f"http://127.0.0.1:{server.ports['s3.port']}")
            yield Seaweed(
                str(bucket.endpoint),
                f"http://127.0.0.1:{server.ports['filer.port']}",
                s3.connect(bucket, "owner", "owner-secret"),
                s3.connect(bucket, "writer", "writer-secret"),
                server,
            )
        finally:
            server.kill()


def _identities() -> dict[str, object]:
    writing = ("Read", "Write", "List", "PutObjectRetention", "PutObjectLegalHold")
    people = {"owner": ("Admin",), "writer": writing}
    return {
        "identities": [
            {
                "name": name,
                "credentials": [{"accessKey": name, "secretKey": f"{name}-secret"}],
                "actions": list(actions),
            }
            for name, actions in people.items()
        ]
    }


def _await(client: Any, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="a", Body=b"a")
        except (ClientError, BotoCoreError) as error:
            if "BucketAlready" in str(error):
                client.put_object(Bucket="ready", Key="a", Body=b"a")
                return
            time.sleep(0.3)
        else:
            return
    raise TimeoutError("SeaweedFS did not take a write in time")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
