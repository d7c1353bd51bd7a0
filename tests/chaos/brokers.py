"""Three brokers behind proxies, so that their connections can be slowed down and cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.cluster import Cluster
from deploy.local.kafka import Kafka
from deploy.local.node import CLIENTS, Node
from deploy.local.runtime import Runtime
from tests.chaos.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Kafkas:
    """The brokers, how clients find them, and the proxies in between, if any."""

    nodes: Sequence[Kafka]
    bootstrap: str
    proxies: Sequence[Proxy] = ()


@contextmanager
def proxied_cluster(folder: Path, runtime: Runtime) -> Iterator[Kafkas]:
    """Three started nodes in `folder`; clients and brokers go through the proxies, who asks for readiness does not."""
    proxies: list[Proxy] = []

    def advertised(node: Node) -> dict[str, str]:
        proxies.append(Proxy(node.ports[CLIENTS]))
        return {"advertised.listeners": f"{CLIENTS}://127.0.0.1:{proxies[-1].port}"}

    cluster = Cluster(folder, runtime, of_node=advertised)
    with ExitStack() as stack:
        for proxy in proxies:
            stack.enter_context(proxy)
        stack.callback(cluster.kill)  # its data is thrown away, so there is nothing to wait for
        cluster.start()
        yield Kafkas(cluster.nodes, ",".join(f"127.0.0.1:{proxy.port}" for proxy in proxies), proxies)
