"""The AsyncAPI 3 document: every channel, message and operation, made from the catalogue and the schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from topics import catalog, stamp
from topics.catalog import TOPICS, Topic
from topics.schema import PARTS, Schema, schemas

Node = dict[str, Any]

_GROUPS = {"screen": catalog.SCREEN_GROUP, "archive": catalog.ARCHIVE_GROUP, "takedown": catalog.TAKEDOWN_GROUP}
_BINDING = "0.5.0"
_ABOUT = """\
What the processes of Anslagsvakt promise each other over Kafka, and what connectors and readers of its results can
build on.

A message names its version. A reader ignores fields that it does not know, so a new optional field leaves the version
as it is; a change that an old reader would misread makes a new version, and a reader sets a version it does not know
aside as a dead letter. Delivery is at least once: every message has an identity, and the same one again is to be
ignored.
Channels marked `x-sealed` hold what people wrote; all others never do.
"""


def document(examples: Mapping[str, Sequence[Node]]) -> Node:
    """The whole document, self-contained: schemas stand under `components`, and `examples` are shown by schema name."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Anslagsvakt",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "channels": {channel_id(topic): _channel(topic) for topic in TOPICS},
        "operations": _operations(),
        "components": {
            "messages": {
                _message_id(topic, name): _message(topic, name, examples.get(name, ()))
                for topic in TOPICS
                for name in topic.messages
            },
            "schemas": _bundle(schemas()),
        },
    }


def channel_id(topic: Topic) -> str:
    """The middle of the topic's name: `social.dead-letter.v1` is the channel `dead-letter`."""
    return topic.name.split(".")[1]


def _channel(topic: Topic) -> Node:
    return {
        "address": topic.name,
        "title": topic.title,
        "description": f"Key: {topic.key}.",
        "messages": {
            (id_ := _message_id(topic, name)): {"$ref": f"#/components/messages/{id_}"} for name in topic.messages
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": topic.cleanup_policy.split(","),
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": catalog.MAX_MESSAGE_BYTES,
                },
                "bindingVersion": _BINDING,
            }
        },
        "x-min-insync-replicas": topic.min_insync_replicas,
        "x-sealed": topic.sealed,
    }


def _operations() -> Node:
    found: Node = {}
    for topic in TOPICS:
        for action, parties in (("send", topic.writers), ("receive", topic.readers)):
            for party in parties:
                found[f"{party}-{action}-{channel_id(topic)}"] = _operation(topic, action, party)
    return dict(sorted(found.items()))


def _operation(topic: Topic, action: str, party: str) -> Node:
    channel = f"#/channels/{channel_id(topic)}"
    operation: Node = {
        "action": action,
        "channel": {"$ref": channel},
        "summary": f"{party} {'writes' if action == 'send' else 'reads'}: {topic.title[0].lower()}{topic.title[1:]}",
        "tags": [{"name": party}],
        "messages": [{"$ref": f"{channel}/messages/{_message_id(topic, name)}"} for name in topic.messages],
    }
    if action == "receive" and party in _GROUPS and not topic.table:
        group = {"type": "string", "const": _GROUPS[party]}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": _BINDING}}
    return operation


def _message_id(topic: Topic, name: str) -> str:
    return f"{'Archived' if topic.stamped else ''}{_component(name)}"


def _message(topic: Topic, name: str, examples: Sequence[Node]) -> Node:
    schema = schemas()[name]
    message: Node = {
        "name": name,
        "title": schema["title"],
        "summary": topic.title if topic.stamped else schema["description"],
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{_component(name)}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": _BINDING}},
    }
    if topic.stamped:
        message["headers"] = stamp.SCHEMA
    elif examples:
        message["examples"] = [{"payload": example} for example in examples]
    return message


def _component(name: str) -> str:
    title: str = schemas()[name]["title"]
    return title


def _bundle(files: Mapping[str, Schema]) -> Node:
    """All schemas side by side under their own names, with the references between files made local."""
    bundled: Node = {}
    for name, schema in files.items():
        bundled.update({part: _local(definition) for part, definition in schema.get("$defs", {}).items()})
        if name != PARTS:
            whole = {key: value for key, value in schema.items() if key not in {"$schema", "$defs"}}
            bundled[_component(name)] = _local(whole)
    return dict(sorted(bundled.items()))


def _local(node: Any) -> Any:
    if isinstance(node, list):
        return [_local(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"#/components/schemas/{value.rsplit('/', 1)[1]}" if key == "$ref" else _local(value)
        for key, value in node.items()
    }
