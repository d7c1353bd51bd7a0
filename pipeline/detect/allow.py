"""What is public although it has a confidential shape: the municipality's own addresses and numbers, as a value."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOT_DIGIT = re.compile("[^0-9]")


@dataclass(frozen=True, slots=True)
class AllowList:
    """The municipality's public details; every value is stored as `digits` or small letters, see `allow_list`."""

    domains: frozenset[str] = frozenset()
    phone_prefixes: tuple[str, ...] = ()
    organisations: frozenset[str] = frozenset()
    giros: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()

    def domain(self, name: str) -> bool:
        """Whether it is one of the domains, or below one."""
        labels = name.lower().split(".")
        return any(".".join(labels[index:]) in self.domains for index in range(len(labels)))

    def phone(self, national: str) -> bool:
        """Whether a national number (digits, with its 0) lies in a public range."""
        return bool(self.phone_prefixes) and national.startswith(self.phone_prefixes)

    def local_phone(self, subscriber: str) -> bool:
        """Whether a number without its area code (2 to 4 digits) lies in a public range."""
        tails = (prefix[area:] for prefix in self.phone_prefixes for area in (2, 3, 4))
        return any(len(tail) >= 2 and subscriber.startswith(tail) for tail in tails)

    def address(self, street: str) -> bool:
        """Whether a street with its number is one of the public ones."""
        return " ".join(street.lower().split()) in self.addresses


NOTHING_PUBLIC = AllowList()


def allow_list(
    *,
    domains: tuple[str, ...] = (),
    phone_prefixes: tuple[str, ...] = (),
    organisations: tuple[str, ...] = (),
    giros: tuple[str, ...] = (),
    accounts: tuple[str, ...] = (),
    addresses: tuple[str, ...] = (),
) -> AllowList:
    """An allow-list from values as people write them ("0413-62", "212000-1173", "Eslov.se")."""
    return AllowList(
        frozenset(domain.strip().lower().removeprefix("www.") for domain in domains),
        tuple(map(_digits, phone_prefixes)),
        frozenset(map(_digits, organisations)),
        frozenset(map(_digits, giros)),
        frozenset(_NOT_DIGIT.sub("", account) or account for account in accounts),
        frozenset(" ".join(address.lower().split()) for address in addresses),
    )


def _digits(value: str) -> str:
    return _NOT_DIGIT.sub("", value)
