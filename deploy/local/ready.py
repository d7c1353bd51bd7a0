"""When is a broker ready: when it says itself that it serves, not when its port is open."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

_PAUSE_S = 0.05
_BOOTSTRAP_MS = 5_000


def is_ready(host: str, port: int, node_id: int) -> bool:
    """Whether the broker answers for its cluster and counts itself among the nodes that serve (is not fenced)."""
    try:
        # Knock first: Kafka's client would log every refusal, and keep a thread, while the broker starts.
        socket.create_connection((host, port), timeout=1).close()
        with KafkaAdminClient(
            bootstrap_servers=f"{host}:{port}", bootstrap_timeout_ms=_BOOTSTRAP_MS, request_timeout_ms=_BOOTSTRAP_MS
        ) as admin:
            brokers = admin.describe_cluster()["brokers"]
    except (OSError, KafkaError):
        return False
    return any(each["broker_id"] == node_id and not each["is_fenced"] for each in brokers)


def await_ready(ready: Callable[[], bool], alive: Callable[[], bool], timeout: float) -> bool:
    """Ask until it is ready (True), or it is no longer alive or the time is up (False)."""
    deadline = time.monotonic() + timeout
    while alive() and time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(_PAUSE_S)
    return False
