"""Who is a broker: the cluster id, number and ports that must be the same each time it starts on a kept folder."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import BrokerUnavailable
from deploy.local.ports import HOST, free_port

CLIENTS = "PLAINTEXT"
CONTROLLERS = "CONTROLLER"
_FILE = "node.json"


@dataclass(frozen=True, slots=True)
class Node:
    """One broker's identity; `ports` is by listener name."""

    cluster_id: str
    node_id: int
    ports: Mapping[str, int]

    def address(self, listener: str = CLIENTS) -> str:
        """`host:port` of a listener."""
        return f"{HOST}:{self.ports[listener]}"


def new_cluster_id() -> str:
    """A random UUID in Kafka's spelling, URL-safe base64 without padding; never one that looks like an option."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")).startswith("-"):
        pass
    return text


def recall(
    folder: Path,
    *,
    node_id: int = 1,
    cluster_id: str | None = None,
    listeners: Iterable[str] = (),
    port: int | None = None,
) -> Node:
    """Return the node that lives in `folder`, or make one there; a listener that is new to it gets a free port.

    A `port` asked for is what clients get, whatever they had before. The folder is made if need be.
    """
    kept = _read(folder / _FILE)
    ports = dict(kept.ports) if kept else {}
    if port is not None:
        ports[CLIENTS] = port
    for name in (CLIENTS, CONTROLLERS, *listeners):
        ports[name] = ports.get(name) or _unlike(ports)
    node = Node(
        cluster_id=kept.cluster_id if kept else cluster_id or new_cluster_id(),
        node_id=kept.node_id if kept else node_id,
        ports=ports,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FILE).write_text(
        json.dumps({"cluster_id": node.cluster_id, "node_id": node.node_id, "ports": ports}, indent=1) + "\n",
        encoding="utf-8",
    )
    return node


def _unlike(ports: Mapping[str, int]) -> int:
    while (port := free_port()) in ports.values():
        pass
    return port


def _read(path: Path) -> Node | None:
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Node(
            cluster_id=str(kept["cluster_id"]),
            node_id=int(kept["node_id"]),
            ports={str(name): int(port) for name, port in kept["ports"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokerUnavailable(f"{path} cannot be read: mend it, or choose another data folder") from error
