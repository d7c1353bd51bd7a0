"""`anslagsvakt topics acl`: tells Kafka who may do what, as commands or by itself, and names what is too much."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import join
from typing import Any, Protocol

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import KafkaError
from rich.console import Console

from pipeline.errors import Stop
from topics.access import Grant, Operation, Resource, grants, principal

_OURS = principal("")


class Admin(Protocol):
    """What is used of kafka-python's `KafkaAdminClient`."""

    def create_acls(self, acls: list[ACL]) -> dict[str, list[Any]]:
        """Create; those that are there already stay."""
        ...

    def describe_acls(self, acl_filter: ACLFilter) -> tuple[list[ACL], object]:
        """Those that fit."""
        ...


def commands(servers: str, wanted: Sequence[Grant]) -> list[str]:
    """The same as `kafka-acls.sh` takes it; `admin.properties` holds the credentials of a super user."""
    return [join(_command(servers, grant)) for grant in wanted]


def _command(servers: str, grant: Grant) -> list[str]:
    base = ["kafka-acls.sh", "--bootstrap-server", servers, "--command-config", "admin.properties", "--add"]
    operation = grant.operation.title().replace("_", "")
    what = [f"--{grant.resource.lower()}", grant.name]
    shape = ["--resource-pattern-type", "prefixed"] if grant.prefixed else []
    return [*base, "--allow-principal", grant.principal, "--operation", operation, *what, *shape]


def run_print(servers: str, console: Console) -> int:
    """Print the commands; returns the exit code."""
    for line in commands(servers, grants()):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def run_apply(admin: Admin, console: Console) -> int:
    """Create what is missing, and name what our users may do beside that: exit code 1 if there is any, 0 if not.

    Raises:
        Stop: Kafka has no authoriser, or refuses us.
    """
    wanted = grants()
    try:
        failed = admin.create_acls([_acl(grant) for grant in wanted])["failed"]
        there, _ = admin.describe_acls(_everything())
    except KafkaError as error:
        raise Stop(
            f"Kafka takes no access rules ({type(error).__name__}): it needs an authoriser, and we a super user"
        ) from error
    if failed:
        raise Stop(f"Kafka refused {len(failed)} of {len(wanted)} access rules ({failed[0].__name__})")
    console.print(f"{len(wanted)} access rules hold", highlight=False)
    too_much = [acl for acl in there if acl.principal.startswith(_OURS) and _grant(acl) not in wanted]
    for acl in too_much:
        where = acl.resource_pattern
        console.print(
            f"too much: {acl.principal} {acl.permission_type.name} {acl.operation.name} from {acl.host} on "
            f"{where.resource_type.name} {where.resource_name} ({where.pattern_type.name}): take it away",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return 1 if too_much else 0


def _acl(grant: Grant) -> ACL:
    pattern = ACLResourcePatternType.PREFIXED if grant.prefixed else ACLResourcePatternType.LITERAL
    return ACL(
        principal=grant.principal,
        host="*",
        operation=ACLOperation[grant.operation],
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(ResourceType[grant.resource], grant.name, pattern),
    )


def _grant(acl: ACL) -> Grant | None:
    """An access rule as one of ours; None if it is of a kind that we never give."""
    pattern = acl.resource_pattern
    try:
        resource, operation = Resource(pattern.resource_type.name), Operation(acl.operation.name)
    except ValueError:
        return None
    if acl.permission_type is not ACLPermissionType.ALLOW or acl.host != "*":
        return None
    prefixed = pattern.pattern_type is ACLResourcePatternType.PREFIXED
    return Grant(acl.principal.removeprefix(_OURS), resource, pattern.resource_name, operation, prefixed)


def _everything() -> ACLFilter:
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    return ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
