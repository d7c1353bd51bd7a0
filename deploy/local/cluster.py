"""How do three brokers run as one cluster on this machine, so that a test may lose one?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.kafka import Kafka
from deploy.local.node import Node, new_cluster_id, recall
from deploy.local.runtime import Runtime

_NODES = 3


class Cluster:
    """Three nodes, each broker and controller: replication 3, two copies in sync for an acknowledged write.

    As a context manager it starts and stops all. A single node is killed and started again through `nodes`.
    `properties` are laid on every node's, `of_node` gives those that differ.
    """

    def __init__(
        self,
        folder: Path,
        runtime: Runtime,
        *,
        properties: Mapping[str, str] | None = None,
        of_node: Callable[[Node], Mapping[str, str]] = lambda _: {},
    ) -> None:
        cluster_id = new_cluster_id()
        folders = [folder / f"node-{number}" for number in range(1, _NODES + 1)]
        quorum = [recall(each, node_id=number, cluster_id=cluster_id) for number, each in enumerate(folders, start=1)]
        self.nodes = tuple(
            Kafka(each, runtime, node, quorum=quorum, properties={**(properties or {}), **of_node(node)})
            for each, node in zip(folders, quorum, strict=True)
        )

    @property
    def bootstrap(self) -> str:
        """`host:port` of every node, with commas."""
        return ",".join(node.bootstrap for node in self.nodes)

    def start(self) -> None:
        """Launch all, then wait for all: none is ready before a majority is there."""
        try:
            self._all(Kafka.launch)
            self._all(Kafka.await_ready)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop all at once; idempotent."""
        self._all(Kafka.stop)

    def kill(self) -> None:
        """SIGKILL all at once; idempotent."""
        self._all(Kafka.kill)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _all(self, do: Callable[[Kafka], None]) -> None:
        with ThreadPoolExecutor(_NODES) as pool:
            list(pool.map(do, self.nodes))


@contextmanager
def temporary_cluster(
    runtime: Runtime, *, parent: Path | None = None, properties: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Three started nodes on a folder (in `parent`) that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="kafka-", dir=parent) as folder:
        cluster = Cluster(Path(folder), runtime, properties=properties)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.kill()  # its data is thrown away, so there is nothing to wait for
