"""Who may do what on Kafka: the least that each process needs, drawn from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from topics.catalog import ARCHIVE_GROUP, SCREEN_GROUP, TAKEDOWN_GROUP, TOPICS, Topic

OPERATOR = "operator"
"""Who runs `anslagsvakt topics apply`; reads and writes nothing."""

_PREFIX = "social."
_PEOPLES_GROUPS = "anslagsvakt-people"
_GROUPS = {"screen": SCREEN_GROUP, "archive": ARCHIVE_GROUP, "takedown": TAKEDOWN_GROUP}


class Resource(StrEnum):
    """What is guarded, in Kafka's words."""

    TOPIC = "TOPIC"
    GROUP = "GROUP"


class Operation(StrEnum):
    """What may be done with it, in Kafka's words. Each of them lets the user describe the resource as well."""

    READ = "READ"
    WRITE = "WRITE"
    CREATE = "CREATE"
    ALTER = "ALTER"
    ALTER_CONFIGS = "ALTER_CONFIGS"


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One thing that a role may do; `prefixed` means every name that begins so."""

    role: str
    resource: Resource
    name: str
    operation: Operation
    prefixed: bool = False

    @property
    def principal(self) -> str:
        """The role as a Kafka user."""
        return principal(self.role)


def user(role: str) -> str:
    """The user name of a process, of the connectors, of people's tools, or of the operator."""
    return f"anslagsvakt-{role}"


def principal(role: str) -> str:
    """The user as Kafka's authoriser names it."""
    return f"User:{user(role)}"


def grants(topics: Iterable[Topic] = TOPICS) -> tuple[Grant, ...]:
    """Everything that is allowed; what is not here is refused."""
    found: list[Grant] = []
    for topic in topics:
        found += [Grant(role, Resource.TOPIC, topic.name, Operation.WRITE) for role in topic.writers]
        found += [Grant(role, Resource.TOPIC, topic.name, Operation.READ) for role in topic.readers]
    found += [Grant(role, Resource.GROUP, group, Operation.READ) for role, group in _GROUPS.items()]
    found.append(Grant("people", Resource.GROUP, _PEOPLES_GROUPS, Operation.READ, prefixed=True))
    shaping = (Operation.CREATE, Operation.ALTER, Operation.ALTER_CONFIGS)
    found += [Grant(OPERATOR, Resource.TOPIC, _PREFIX, operation, prefixed=True) for operation in shaping]
    return tuple(sorted(found))
