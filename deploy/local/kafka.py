"""How is one Apache Kafka broker run on a folder: start, readiness, kill, stop, start again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.errors import REMEDY, BrokerUnavailable
from deploy.local.node import CLIENTS, Node, recall
from deploy.local.ports import HOST, is_free
from deploy.local.process import KeptProcess
from deploy.local.properties import render, server_properties
from deploy.local.ready import await_ready, is_ready
from deploy.local.runtime import ENVIRONMENT, Runtime

READY_WITHIN_S = 120.0  # a broker that ends is noticed at once; this is for a machine with much else to do
STOP_WITHIN_S = 15.0


class Kafka:
    """A broker that is also its own controller (KRaft), on a data folder.

    As a context manager it starts and stops. Kafka's log is `kafka.log` in the folder, what Java itself says is
    `java.log`. Data survives stop and kill; who owns the folder removes it.
    """

    def __init__(
        self,
        folder: Path,
        runtime: Runtime,
        node: Node,
        *,
        quorum: Sequence[Node] = (),
        security: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        if "," in str(self.folder):  # log.dirs is a list with commas
            raise BrokerUnavailable(f"Kafka cannot keep data in {self.folder}: choose a folder without a comma")
        self.node = node
        self._runtime = runtime
        self._properties = server_properties(
            node, quorum or (node,), self.folder / "data", security=security, extra=properties
        )
        self._process: KeptProcess | None = None

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        return self.node.address()

    def address(self, listener: str = CLIENTS) -> str:
        """`host:port` of a listener, for those that were asked for by name."""
        return self.node.address(listener)

    @property
    def log(self) -> Path:
        """Kafka's own log."""
        return self.folder / "kafka.log"

    @property
    def pid(self) -> int | None:
        """Java's process id while it runs."""
        return self._process.pid if self._process and self._process.exit_code is None else None

    def start(self, timeout: float = READY_WITHIN_S) -> None:
        """Launch it and wait until it serves; nothing is left running if that fails or is interrupted."""
        try:
            self.launch()
            self.await_ready(timeout)
        except BaseException:
            self.kill()
            raise

    def launch(self) -> None:
        """Start the process, formatting its storage the first time; it does not serve yet."""
        if self.pid is not None:
            return
        self._refuse_taken_ports()
        temporary = self.folder / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)  # a killed Java leaves its unpacked libraries
        temporary.mkdir(parents=True)
        settings = self.folder / "server.properties"
        settings.touch(mode=0o600)  # a test's or an installation's SASL passwords may stand in it
        settings.write_text(render(self._properties), encoding="ascii")
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(settings)
        self._process = self._run("kafka.Kafka", str(settings))

    def await_ready(self, timeout: float = READY_WITHIN_S) -> None:
        """Wait until the broker answers for itself; raises BrokerUnavailable if it ends or the time is up."""
        port, number = self.node.ports[CLIENTS], self.node.node_id
        if not await_ready(lambda: is_ready(HOST, port, number), lambda: self.pid is not None, timeout):
            how = f"was not ready within {timeout:.0f} s" if self.pid else "ended while it started"
            raise BrokerUnavailable(f"the embedded Kafka {how}: see {self.log}, {REMEDY}")

    def kill(self) -> None:
        """SIGKILL, as a power cut would; idempotent."""
        if self._process:
            self._process.kill()

    def stop(self, grace: float = STOP_WITHIN_S) -> None:
        """SIGTERM, and SIGKILL if that has not ended it within `grace` seconds; idempotent."""
        if self._process:
            self._process.stop(grace)

    def restart(self, timeout: float = READY_WITHIN_S) -> None:
        """Stop it if it runs, and start it again on the same ports and data."""
        self.stop()
        self.start(timeout)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until it ends by itself or the time is up; says whether it has ended."""
        return self._process is None or self._process.wait(timeout)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _refuse_taken_ports(self) -> None:
        for name, port in self.node.ports.items():
            if not is_free(port):
                raise BrokerUnavailable(
                    f"port {port} on {HOST} ({name}) is taken, perhaps by a broker on {self.folder} already: "
                    f"stop what uses it or choose another port, {REMEDY}"
                )

    def _format(self, settings: Path) -> None:
        """Write the cluster's identity into empty storage; a second format of the same storage changes nothing."""
        formatting = self._run(
            "kafka.tools.StorageTool",
            *("format", "--ignore-formatted", "--cluster-id", self.node.cluster_id, "--config", str(settings)),
        )
        try:
            formatting.wait(READY_WITHIN_S)
        finally:
            formatting.kill()
        if formatting.exit_code != 0:
            raise BrokerUnavailable(f"Kafka could not format its storage: see {self.folder / 'java.log'}, {REMEDY}")

    def _run(self, main_class: str, *arguments: str) -> KeptProcess:
        command = self._runtime.command(self.folder, main_class, *arguments)
        return KeptProcess(command, self.folder / "java.log", ENVIRONMENT)


def kept_kafka(
    folder: Path,
    runtime: Runtime,
    *,
    port: int | None = None,
    security: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
) -> Kafka:
    """One node on a folder that stays: the same cluster id, data and ports each time. Not started yet."""
    node = recall(folder, listeners=security or (), port=port)
    return Kafka(folder, runtime, node, security=security, properties=properties)


@contextmanager
def temporary_kafka(
    runtime: Runtime,
    *,
    parent: Path | None = None,
    security: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
) -> Iterator[Kafka]:
    """One started node on a folder (in `parent`) that is removed at the end, data and all."""
    with tempfile.TemporaryDirectory(prefix="kafka-", dir=parent) as folder:
        kafka = kept_kafka(Path(folder), runtime, security=security, properties=properties)
        try:
            kafka.start()
            yield kafka
        finally:
            kafka.kill()  # its data is thrown away, so there is nothing to wait for
