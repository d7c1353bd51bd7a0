"""The published schemas and the structs say the same: read side by side, and by what each lets through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pipeline.errors import DeadLetter, Undecodable
from pipeline.event import Event
from pipeline.message import DeadLetterNote, Fingerprint, Order, Outcome, Receipt, ReviewItem, Withdrawal
from tests.events import CHECK, an_event, an_event_value
from tests.goldens import DECODERS, GOLDENS, schema_of
from topics import wire
from topics.schema import PARTS, Schema, schemas

STRUCTS: dict[str, type[msgspec.Struct]] = {
    "raw-event.v1": Event,
    "order.v1": Order,
    "withdrawal.v1": Withdrawal,
    "review-item.v1": ReviewItem,
    "receipt.v1": Receipt,
    "outcome.v1": Outcome,
    "fingerprint.v1": Fingerprint,
    "dead-letter.v1": DeadLetterNote,
}

BY_WIRE: dict[str, Schema] = {
    "raw-event.v1": {
        "specversion": {"enum": ["1.0"]},
        "type": {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 1024, "pattern": r"\.v1$"}]},
    }
}
"""What the wire module refuses beyond what the struct says: versions that it does not know."""

DEFINITIONS = {part: found for schema in schemas().values() for part, found in schema.get("$defs", {}).items()}
"""Every part of every schema; their names are unique, since the AsyncAPI document has them side by side."""

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _moment(value: object) -> bool:
    """RFC 3339: a date, a time and where it holds."""
    return not isinstance(value, str) or ("T" in value.upper() and datetime.fromisoformat(value).tzinfo is not None)


def _validator(name: str) -> Draft202012Validator:
    """A validator that finds the files beside each other, as they are published."""
    files = [(f"{n}.json", DRAFT202012.create_resource(schema)) for n, schema in schemas().items()]
    registry: Registry[Any] = Registry().with_resources(files)
    return Draft202012Validator({"$ref": f"{name}.json"}, registry=registry, format_checker=_FORMATS)


VALIDATORS = {name: _validator(name) for name in STRUCTS}


@pytest.mark.parametrize("name", schemas())
def test_each_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])
    assert schemas()[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_names_of_parts_are_unique() -> None:
    names = [part for schema in schemas().values() for part in [*schema.get("$defs", ()), schema["title"]]]
    assert sorted(names) == sorted(set(names))


def test_every_message_has_a_schema_and_goldens() -> None:
    assert set(schemas()) == {PARTS, *STRUCTS}
    assert {schema_of(name) for name in GOLDENS} == set(STRUCTS)


@pytest.mark.parametrize("name", STRUCTS)
def test_schema_and_struct_say_the_same(name: str) -> None:
    """Fields, types, limits, defaults and what is required, all the way down; only the schema explains itself."""
    (ours,), parts = msgspec.json.schema_components([STRUCTS[name]], ref_template="/{name}")
    expected: Schema = msgspec.json.decode(msgspec.json.encode(_plain(ours, parts)))
    expected["properties"] |= BY_WIRE.get(name, {})
    assert _plain(schemas()[name], DEFINITIONS) == expected


def _plain(schema: Schema, parts: Mapping[str, Schema]) -> Schema:
    """The same schema without words, references or shorthand: `type` as `anyOf`, `const` as `enum`."""
    if "$ref" in schema:
        return _plain(parts[schema["$ref"].rsplit("/", 1)[1]], parts) | _kept(schema)
    plain = _kept(schema)
    if "const" in schema:
        plain["enum"] = [schema["const"]]
    if "enum" in schema:
        plain["enum"] = sorted(schema["enum"])
    if "properties" in schema:
        plain["properties"] = {key: _plain(value, parts) for key, value in schema["properties"].items()}
        plain["required"] = sorted(schema["required"])
    rest = {k: v for k, v in schema.items() if k in {"format", "pattern", "minLength", "maxLength"}}
    for inner in ("items", "additionalProperties"):
        if inner in schema:
            rest[inner] = _plain(schema[inner], parts)
    types = schema.get("type", [])
    kinds = [types] if isinstance(types, str) else types
    choices = [{"type": kind} | (rest if _limits(kind, rest) else {}) for kind in kinds]
    choices += [
        choice for one in schema.get("anyOf", []) for choice in _plain(one, parts).get("anyOf", [_plain(one, parts)])
    ]
    return plain | (
        {"anyOf": sorted(choices, key=lambda choice: json.dumps(choice, sort_keys=True))} if choices else {}
    )


def _kept(schema: Schema) -> Schema:
    return {"default": schema["default"]} if "default" in schema else {}


def _limits(kind: str, rest: Schema) -> bool:
    """Whether a keyword such as `maxLength` speaks of this type; JSON Schema ignores it for all others."""
    speaks = {
        "string": {"format", "pattern", "minLength", "maxLength"},
        "array": {"items"},
        "object": {"additionalProperties"},
    }
    return bool(set(rest) & speaks.get(kind, set()))


@pytest.mark.parametrize("name", GOLDENS)
def test_goldens_follow_their_schema(name: str) -> None:
    assert list(VALIDATORS[schema_of(name)].iter_errors(json.loads(GOLDENS[name]))) == []


@pytest.mark.parametrize("name", GOLDENS)
def test_schema_and_reader_refuse_the_same(name: str) -> None:
    """Each field in turn is left out, or replaced by a value of every kind: both let it through, or neither does."""
    schema, reader = VALIDATORS[schema_of(name)], DECODERS[schema_of(name)]
    verdicts = {True: 0, False: 0}
    for where, body in _changed(json.loads(GOLDENS[name])):
        try:
            reader(json.dumps(body).encode())
            read = True
        except DeadLetter:
            read = False
        assert (where, schema.is_valid(body)) == (where, read)
        verdicts[read] += 1
    assert verdicts[True] > 5
    assert verdicts[False] > 20


@pytest.mark.parametrize("field", ["author", "text", "title", "media", "urls", "links", "hashtags"])
def test_a_check_holds_no_words(field: str) -> None:
    """It is not screened, so nothing that people wrote may come in as one."""
    assert an_event(**CHECK | {field: None}).data.is_check
    empty: dict[str, Any] = {"author": {}, "text": "", "title": ""}
    refused = an_event_value(**CHECK | {field: empty.get(field, [])})
    with pytest.raises(Undecodable):
        wire.decode_event(refused)
    assert not VALIDATORS["raw-event.v1"].is_valid(json.loads(refused))


@pytest.mark.parametrize("other", [{"object_kind": "post"}, {"change": "created"}], ids=["a post", "an account came"])
def test_an_account_is_checked_and_nothing_else_is(other: dict[str, Any]) -> None:
    refused = an_event_value(**CHECK | other)
    with pytest.raises(Undecodable, match=r"^wrong or missing field at \$\.data$"):
        wire.decode_event(refused)
    assert not VALIDATORS["raw-event.v1"].is_valid(json.loads(refused))


_WRONG: list[Any] = [
    None,
    True,
    -7,
    1.5,
    "",
    "a text",
    "2026-11-22T10:15:30Z",
    "2026-11-22T10:15:30",
    [],
    ["x"],
    [{}],
    {},
]


def _changed(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, parent, key in _places(tree, "$", tree):
        original = parent.pop(key) if isinstance(parent, dict) else parent[key]
        if isinstance(parent, dict):
            yield f"{path} left out", tree
        for wrong in _WRONG:
            parent[key] = wrong
            yield f"{path} = {wrong!r}", tree
        parent[key] = original


def _places(node: Any, path: str, tree: Any) -> list[tuple[str, Any, Any]]:
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
    places = [(f"{path}.{key}", node, key) for key in keys]
    return places + [place for key in keys for place in _places(node[key], f"{path}.{key}", tree)]
