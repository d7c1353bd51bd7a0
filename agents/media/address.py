"""Which addresses may an attachment be fetched from? Those of the public Internet, and those that a setting names.

Whoever writes a post chooses the address that we then call, from inside the municipality's network. So the name is
looked up once, every address it has is judged, and the connection is made to the very address that was judged: a name
that answers otherwise the second time (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from pipeline.errors import BadConfiguration

_Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host; raises OSError when it has none."""

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address stands in the last 32 bits


class Forbidden(Exception):
    """The host may not be called."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be called though it is not public: hosts by name, and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, entries: Sequence[str]) -> Self:
        """Read hosts (`media.example`) and networks (`127.0.0.1`, `10.2.0.0/16`); raises BadConfiguration."""
        hosts, networks = set(), []
        for entry in entries:
            try:
                networks.append(ip_network(entry))
            except ValueError:
                if "/" in entry or ":" in entry:
                    raise BadConfiguration(
                        f"ANSLAGSVAKT_MEDIA_ALLOW: {entry!r} is no host and no network: write a name, or 10.2.0.0/16"
                    ) from None
                hosts.add(entry.lower())
        return cls(frozenset(hosts), tuple(networks))

    def pinned(self, host: str, port: int, resolve: Resolve) -> str:
        """The address to connect to.

        Raises:
            Forbidden: one of the host's addresses may not be called, so none is.
            OSError: it has none.
        """
        found = [ip_address(each.partition("%")[0]) for each in resolve(host, port)]
        if not found:
            raise OSError("no address")
        if host.lower() not in self.hosts and not all(self._may_be_called(each) for each in found):
            raise Forbidden
        return str(found[0])

    def _may_be_called(self, address: _Address) -> bool:
        named = any(address in network for network in self.networks if network.version == address.version)
        return named or all(is_public(each) for each in (address, *_within(address)))


def resolve(host: str, port: int) -> list[str]:
    """Ask the system."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: _Address) -> bool:
    """Whether the address is one of the public Internet, for one receiver."""
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _within(address: _Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]
