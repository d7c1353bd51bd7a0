from __future__ import annotations

import json
import socket
import uuid
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest

from deploy.local.errors import BrokerUnavailable
from deploy.local.jars import cache_folder
from deploy.local.node import new_cluster_id, recall
from deploy.local.ports import HOST, free_port, is_free


def test_a_kept_folder_is_the_same_node_again(tmp_path: Path) -> None:
    first = recall(tmp_path / "new", node_id=2, cluster_id="mine")

    assert first == recall(tmp_path / "new", node_id=3, cluster_id="other")
    assert (first.cluster_id, first.node_id) == ("mine", 2)
    assert first.address() == f"127.0.0.1:{first.ports['PLAINTEXT']}"


def test_a_new_listener_gets_a_port_and_the_others_keep_theirs(tmp_path: Path) -> None:
    before = recall(tmp_path).ports

    after = recall(tmp_path, listeners=["SASL"]).ports

    assert {**before, "SASL": after["SASL"]} == after
    assert len(set(after.values())) == 3


def test_a_port_asked_for_wins_and_is_remembered(tmp_path: Path) -> None:
    recall(tmp_path)

    assert recall(tmp_path, port=19_092).ports["PLAINTEXT"] == 19_092
    assert recall(tmp_path).ports["PLAINTEXT"] == 19_092


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"cluster_id": "x", "node_id": 1, "ports": [1]})])
def test_a_damaged_identity_is_not_replaced_by_a_new_one(tmp_path: Path, text: str) -> None:
    """A new cluster id beside old data would make Kafka refuse the data."""
    (tmp_path / "node.json").write_text(text)

    with pytest.raises(BrokerUnavailable, match=r"node\.json cannot be read: mend it"):
        recall(tmp_path)

    assert text == (tmp_path / "node.json").read_text()


def test_a_cluster_id_is_a_uuid_in_kafkas_spelling() -> None:
    ids = [new_cluster_id() for _ in range(300)]

    assert len(set(ids)) == 300
    assert not [each for each in ids if each.startswith("-") or "=" in each]
    assert {4} == {uuid.UUID(bytes=urlsafe_b64decode(f"{each}==")).version for each in ids}


def test_a_port_is_free_until_somebody_listens_and_below_the_ephemeral_ones() -> None:
    port = free_port()
    assert 20_000 <= port < 32_768
    assert is_free(port)

    with socket.create_server((HOST, port)):
        assert not is_free(port)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, "/home/me/.cache/anslagsvakt", id="the default"),
        pytest.param({"XDG_CACHE_HOME": ""}, "/home/me/.cache/anslagsvakt", id="empty is unset"),
        pytest.param({"XDG_CACHE_HOME": "/big"}, "/big/anslagsvakt", id="chosen"),
        pytest.param({"XDG_CACHE_HOME": "near"}, "/home/me/.cache/anslagsvakt", id="relative is void"),
    ],
)
def test_the_cache_is_where_the_xdg_specification_says(environment: dict[str, str], expected: str) -> None:
    assert Path(expected) == cache_folder(environment, Path("/home/me"))
