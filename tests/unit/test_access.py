"""The access rules follow the catalogue, and the sealed topics are read by nobody but those named there."""

from __future__ import annotations

from typing import Any

import pytest
from kafka.admin import ACL, ACLFilter, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType
from kafka.errors import SecurityDisabledError
from rich.console import Console

from agents import acl
from agents.settings import Process
from pipeline.errors import Stop
from topics.access import OPERATOR, Operation, Resource, grants
from topics.catalog import ARCHIVE, RAW, TAKEDOWN, TOPICS

GRANTS = grants()


def may(role: str, operation: Operation) -> set[str]:
    wanted = (role, Resource.TOPIC, operation)
    return {each.name for each in GRANTS if (each.role, each.resource, each.operation) == wanted}


def test_what_must_never_be() -> None:
    assert TAKEDOWN not in may("screen", Operation.READ)
    assert RAW not in may("takedown", Operation.READ)
    assert ARCHIVE not in may("takedown", Operation.READ)
    assert RAW not in may("people", Operation.READ)
    assert may("connectors", Operation.READ) == set()
    assert may(OPERATOR, Operation.READ) == may(OPERATOR, Operation.WRITE) == set()


def test_sealed_topics_have_one_reader_each() -> None:
    readers = {
        topic.name: {each.role for each in GRANTS if each.name == topic.name} for topic in TOPICS if topic.sealed
    }
    assert readers == {RAW: {"connectors", "screen"}, ARCHIVE: {"screen", "archive"}}


@pytest.mark.parametrize("process", Process)
def test_a_process_has_its_own_group_alone(process: Process) -> None:
    groups = [each.name for each in GRANTS if each.role == process and each.resource is Resource.GROUP]
    assert groups == [f"anslagsvakt-{process}"]


def test_the_commands_say_the_same() -> None:
    lines = acl.commands("kafka:9092", GRANTS)
    assert len(lines) == len(GRANTS)
    assert (
        "kafka-acls.sh --bootstrap-server kafka:9092 --command-config admin.properties --add "
        "--allow-principal User:anslagsvakt-screen --operation Read --topic social.raw.v1" in lines
    )
    assert any("--operation AlterConfigs --topic social. --resource-pattern-type prefixed" in line for line in lines)


class FakeAuthoriser:
    """Kafka's own rules, in memory."""

    def __init__(self, *there: ACL, fault: type[Exception] | None = None) -> None:
        self.there = list(there)
        self.fault = fault

    def create_acls(self, acls: list[ACL]) -> dict[str, list[Any]]:
        if self.fault:
            raise self.fault
        self.there += [each for each in acls if each not in self.there]
        return {"succeeded": acls, "failed": []}

    def describe_acls(self, acl_filter: ACLFilter) -> tuple[list[ACL], object]:
        assert acl_filter.principal is None
        return self.there, None


def rule(
    principal: str = "User:anslagsvakt-takedown",
    *,
    host: str = "*",
    name: str = RAW,
    allow: ACLPermissionType = ACLPermissionType.ALLOW,
) -> ACL:
    return ACL(principal, host, ACLOperation.READ, allow, ResourcePattern(ResourceType.TOPIC, name))


@pytest.mark.parametrize(
    ("there", "code"),
    [
        ((), 0),
        ((rule("User:somebody-else"),), 0),
        ((rule("User:anslagsvakt-screen"),), 0),
        ((rule(),), 1),
        ((rule("User:anslagsvakt-screen", host="10.0.0.1"),), 1),
        ((rule("User:anslagsvakt-screen", allow=ACLPermissionType.DENY),), 1),
    ],
    ids=["none before", "not ours", "ours already", "too much", "for one host", "a refusal"],
)
def test_what_is_too_much_is_named(there: tuple[ACL, ...], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    authoriser = FakeAuthoriser(*there)
    assert acl.run_apply(authoriser, Console()) == code
    assert acl.run_apply(authoriser, Console()) == code, "the second time as the first"
    assert ("too much: User:anslagsvakt-" in capsys.readouterr().out) == bool(code)


def test_a_kafka_without_an_authoriser_is_told_apart() -> None:
    with pytest.raises(Stop, match="SecurityDisabledError"):
        acl.run_apply(FakeAuthoriser(fault=SecurityDisabledError), Console())
