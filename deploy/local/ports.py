"""Which ports on 127.0.0.1 may a broker have?"""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

from deploy.local.errors import BrokerUnavailable

HOST = "127.0.0.1"
_LOWEST = 20_000
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL_EPHEMERAL = 32_768
_ATTEMPTS = 200


def free_port() -> int:
    """Choose a free port below the range that the kernel gives to outgoing connections.

    A port that the kernel hands out (what binding to port 0 gives) may be taken by any outgoing connection while a
    killed broker is down, even by a client that keeps trying the broker and at last meets itself. Then the broker
    cannot come back on its port.
    """
    above = _lowest_ephemeral()
    for _ in range(_ATTEMPTS):
        port = _LOWEST + secrets.randbelow(max(above - _LOWEST, 1_000))
        if is_free(port):
            return port
    raise BrokerUnavailable(f"no free port found on {HOST} between {_LOWEST} and {above}")


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now; connections that are merely closing do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _lowest_ephemeral() -> int:
    try:
        return int(_EPHEMERAL.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return _USUAL_EPHEMERAL
