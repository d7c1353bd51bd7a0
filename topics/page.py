"""The page for people about the topics, `docs/topics.md`, made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from topics.catalog import MAX_MESSAGE_BYTES, TOPICS, Topic
from topics.schema import schemas

_MEBIBYTE = 1024 * 1024

_ABOUT = f"""\
# Topics

Made from `topics/catalog.py` by `python docs/generate.py`; a test fails when it is stale. The same for machines, with
every field: [asyncapi.yaml](asyncapi.yaml).

`anslagsvakt topics apply` creates what is missing and corrects what differs, as often as you like; it never shrinks or
deletes. `anslagsvakt topics show` tells what differs. A message may be {MAX_MESSAGE_BYTES // _MEBIBYTE} MiB. Three
copies are kept where there are three brokers, and a write is confirmed by two of them. How long a message is kept
counts from when the broker took it in.

Topics marked *together* have equally many partitions, and a message about a raw event stands on the raw event's
partition: so an order meets its receipt. Topics marked *sealed* hold what people wrote: let only the readers named
here in to them.
"""


def page() -> str:
    """The whole page in Markdown."""
    return "\n".join([_ABOUT, *_overview(), "", *_details()]) + "\n"


def _overview() -> Iterator[str]:
    yield "| topic | written by | read by | partitions | kept | |"
    yield "|---|---|---|---|---|---|"
    for topic in TOPICS:
        marks = [word for word, on in (("together", topic.together), ("sealed", topic.sealed)) if on]
        yield (
            f"| `{topic.name}` | {', '.join(topic.writers)} | {', '.join(topic.readers)} | {topic.partitions} "
            f"| {topic.retention_days} days | {', '.join(marks)} |"
        )


def _details() -> Iterator[str]:
    for topic in TOPICS:
        yield f"## {topic.name}\n"
        yield f"{topic.title}. Key: {topic.key}. Cleanup: {topic.cleanup_policy}."
        yield from _messages(topic)
        yield ""


def _messages(topic: Topic) -> Iterator[str]:
    for name in topic.messages:
        schema = schemas()[name]
        yield f"\n- [{schema['title']}](../topics/schemas/{name}.json): {schema['description']}"
