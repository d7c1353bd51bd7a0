"""What is a broker told: its server.properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.node import CLIENTS, CONTROLLERS, Node

# A text of ten million characters must pass with its envelope.
MAX_MESSAGE_BYTES = 20 * 1024 * 1024

_MIB = 1024 * 1024


def server_properties(
    node: Node,
    quorum: Sequence[Node],
    data: Path,
    *,
    security: Mapping[str, str] | None = None,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Settings for one node of a quorum (itself alone, or three).

    `security` is the protocol of each further listener, by listener name (`{"SASL": "SASL_PLAINTEXT"}`); `extra` is
    laid on top and wins.
    """
    copies = len(quorum)
    in_sync = max(1, copies - 1)
    protocols = {CLIENTS: "PLAINTEXT", CONTROLLERS: "PLAINTEXT", **(security or {})}
    return {
        "process.roles": "broker,controller",
        "node.id": f"{node.node_id}",
        "controller.quorum.voters": ",".join(f"{each.node_id}@{each.address(CONTROLLERS)}" for each in quorum),
        "controller.listener.names": CONTROLLERS,
        "listeners": ",".join(f"{name}://{node.address(name)}" for name in protocols),
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        "inter.broker.listener.name": CLIENTS,
        "log.dirs": f"{data}",
        # Topics come from our catalogue; a misspelt name must fail, not make a topic.
        "auto.create.topics.enable": "false",
        "message.max.bytes": f"{MAX_MESSAGE_BYTES}",
        "replica.fetch.max.bytes": f"{MAX_MESSAGE_BYTES}",
        # So many copies of Kafka's own topics as there are nodes to hold them.
        "default.replication.factor": f"{copies}",
        "min.insync.replicas": f"{in_sync}",
        "offsets.topic.replication.factor": f"{copies}",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": f"{copies}",
        "transaction.state.log.min.isr": f"{in_sync}",
        "transaction.state.log.num.partitions": "8",
        "share.coordinator.state.topic.replication.factor": f"{copies}",
        "share.coordinator.state.topic.min.isr": f"{in_sync}",
        # A group on one machine is complete at once, and a test may want a dead member noticed soon.
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # A killed node may not come back, and its partitions do not move, until its session is over. Alone there is
        # nobody to move them to, so it may be short; Kafka's own nine seconds suit a data centre.
        "broker.session.timeout.ms": "2000" if copies == 1 else "6000",
        "broker.heartbeat.interval.ms": "500",
        # Compaction takes this much of the heap from the start; Kafka's own 128 MiB is for large brokers.
        "log.cleaner.dedupe.buffer.size": f"{16 * _MIB}",
        **(extra or {}),
    }


def render(properties: Mapping[str, str]) -> str:
    """The text of a .properties file, as java.util.Properties reads it (ISO 8859-1, so all else is escaped)."""
    return "".join(f"{_escape(name, key=True)}={_escape(value)}\n" for name, value in properties.items())


def _escape(text: str, *, key: bool = False) -> str:
    special = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"} | (
        {":": "\\:", "=": "\\=", " ": "\\ "} if key else {}
    )
    escaped = "".join(special.get(each, each) for each in text)
    if escaped.startswith(" "):  # leading blanks of a value would be skipped
        escaped = f"\\{escaped}"
    # UTF-16 code units, as Java has no escape beyond four digits.
    return "".join(each if each.isascii() else "".join(f"\\u{unit:04x}" for unit in _utf16(each)) for each in escaped)


def _utf16(character: str) -> list[int]:
    units = character.encode("utf-16-be")
    return [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
