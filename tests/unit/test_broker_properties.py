from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.node import Node
from deploy.local.properties import render, server_properties

ONE = Node("id", 1, {"PLAINTEXT": 20_001, "CONTROLLER": 20_002})
TWO = Node("id", 2, {"PLAINTEXT": 20_003, "CONTROLLER": 20_004})
THREE = Node("id", 3, {"PLAINTEXT": 20_005, "CONTROLLER": 20_006})


def test_one_node_keeps_one_copy_and_takes_a_text_of_ten_megabytes() -> None:
    told = server_properties(ONE, [ONE], Path("/data"))

    assert told["listeners"] == "PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002"
    assert told["controller.quorum.voters"] == "1@127.0.0.1:20002"
    assert {"1"} == {value for name, value in told.items() if name.endswith(("replication.factor", "min.isr"))}
    assert told["auto.create.topics.enable"] == "false"
    assert int(told["message.max.bytes"]) == 20 * 1024 * 1024
    assert int(told["replica.fetch.max.bytes"]) >= int(told["message.max.bytes"])


def test_three_nodes_keep_three_copies_and_acknowledge_with_two() -> None:
    told = server_properties(TWO, [ONE, TWO, THREE], Path("/data"))

    assert told["node.id"] == "2"
    assert told["controller.quorum.voters"] == "1@127.0.0.1:20002,2@127.0.0.1:20004,3@127.0.0.1:20006"
    assert {"3"} == {value for name, value in told.items() if name.endswith("replication.factor")}
    assert {"2"} == {value for name, value in told.items() if name.endswith(("min.isr", "min.insync.replicas"))}


def test_a_listener_and_a_property_can_be_laid_on_top() -> None:
    node = Node("id", 1, {**ONE.ports, "SASL": 20_009})

    told = server_properties(
        node, [node], Path("/data"), security={"SASL": "SASL_PLAINTEXT"}, extra={"message.max.bytes": "5", "more": "x"}
    )

    assert told["listeners"].endswith(",SASL://127.0.0.1:20009")
    assert told["listener.security.protocol.map"] == "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT"
    assert (told["message.max.bytes"], told["more"]) == ("5", "x")


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        pytest.param({"log.dirs": "/home/Åsa/d"}, "log.dirs=/home/\\u00c5sa/d\n", id="Java reads ISO 8859-1"),
        pytest.param({"a": "😀"}, "a=\\ud83d\\ude00\n", id="beyond the first plane: two UTF-16 units"),
        pytest.param({"a": "C:\\data"}, "a=C:\\\\data\n", id="backslash"),
        pytest.param({"a": "x\nb=y"}, "a=x\\nb=y\n", id="a value cannot smuggle in a setting"),
        pytest.param({"a": "  x"}, "a=\\  x\n", id="leading blanks"),
        pytest.param({"a b=c:d": "x"}, "a\\ b\\=c\\:d=x\n", id="separators in a name"),
        pytest.param({"jaas": 'M required user_a="b";'}, 'jaas=M required user_a="b";\n', id="quotes stay"),
    ],
)
def test_properties_are_written_as_java_reads_them(properties: dict[str, str], text: str) -> None:
    assert text == render(properties)
