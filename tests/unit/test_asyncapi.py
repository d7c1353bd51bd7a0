"""The AsyncAPI document is valid, complete, and the one that is committed; so is the page about topics."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from docs.generate import ROOT, pages
from tests.goldens import GOLDENS, schema_of
from topics import stamp
from topics.catalog import TOPICS
from topics.schema import PARTS, schemas

DOCUMENT: dict[str, Any] = yaml.safe_load(pages()[Path("docs/asyncapi.yaml")])


@pytest.mark.parametrize("path", pages(), ids=str)
def test_a_generated_page_is_not_stale(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == pages()[path], "run `python docs/generate.py`"


def test_the_document_fits_the_object_model_of_asyncapi_3() -> None:
    with warnings.catch_warnings():
        # The model's own classes warn when they are made: two fields are called `schema`.
        warnings.simplefilter("ignore", UserWarning)
        from asyncapi3 import AsyncAPI3  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no types; this filter
    assert AsyncAPI3.model_validate(DOCUMENT).asyncapi == "3.0.0"


def test_every_reference_leads_somewhere() -> None:
    references = [ref for ref, _ in _walk(DOCUMENT)]
    assert len(references) > 50
    for ref in references:
        node: Any = DOCUMENT
        for step in ref.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_operations_name_messages_of_their_own_channel() -> None:
    """The specification: an operation's messages must be taken from the channel it names."""
    for name, operation in DOCUMENT["operations"].items():
        channel = operation["channel"]["$ref"]
        assert channel.startswith("#/channels/"), name
        assert operation["action"] in {"send", "receive"}
        assert [m["$ref"].rpartition("/messages/")[0] for m in operation["messages"]] == [channel] * len(
            operation["messages"]
        )


def test_every_topic_writer_and_reader_is_told() -> None:
    told = {channel["address"]: id_ for id_, channel in DOCUMENT["channels"].items()}
    assert set(told) == {topic.name for topic in TOPICS}
    operations = {
        f"{party}-{action}-{told[topic.name]}"
        for topic in TOPICS
        for action, parties in (("send", topic.writers), ("receive", topic.readers))
        for party in parties
    }
    assert set(DOCUMENT["operations"]) == operations


def test_only_the_archived_message_has_headers_of_ours() -> None:
    with_headers = {name: m["headers"] for name, m in DOCUMENT["components"]["messages"].items() if "headers" in m}
    assert with_headers == {"ArchivedRawEvent": stamp.SCHEMA}


@pytest.mark.parametrize("name", GOLDENS)
def test_the_bundled_schema_says_the_same_as_the_published_one(name: str) -> None:
    """Whoever has only the document judges a golden as the schema files do, and an empty object too."""
    title = schemas()[schema_of(name)]["title"]
    validator = Draft202012Validator({**DOCUMENT, "$ref": f"#/components/schemas/{title}"})
    assert validator.is_valid(json.loads(GOLDENS[name]))
    assert not validator.is_valid({})


def test_every_schema_is_bundled() -> None:
    titles = {schema["title"] for name, schema in schemas().items() if name != PARTS}
    parts = {part for schema in schemas().values() for part in schema.get("$defs", {})}
    assert set(DOCUMENT["components"]["schemas"]) == titles | parts


def _walk(node: Any) -> Iterator[tuple[str, Any]]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"], node
    for child in children:
        yield from _walk(child)
