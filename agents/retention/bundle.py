"""The proof for one record, which anybody can check without us, with the script that we ship (`check_record.py`)."""

from __future__ import annotations

import msgspec

from agents.retention.heads import Head, read_head
from agents.retention.log import LogReader
from agents.retention.store import Damaged, Missing
from pipeline import merkle


def prove(reader: LogReader, name: str) -> bytes:
    """The bundle (JSON): the entry, its path to a head's root, the head, and its time stamp if it has one.

    Raises `Missing` or `Damaged`.
    """
    if not reader.exists():
        raise Missing(name, "the store has no log")
    found = next(((i, sha256) for i, (entry, sha256) in enumerate(reader.entries()) if entry == name), None)
    if found is None:
        raise Missing(name, "it is not in the log")
    index, sha256 = found
    head, stamp = _head_over(index, reader)
    if head is None or index >= head.size:
        raise Missing(name, "it is not in the log")
    with reader.nodes() as node:
        path = merkle.inclusion(index, head.size, node)
    if not merkle.is_included(
        merkle.leaf_hash(f"{name} {sha256}".encode()), index, head.size, path, bytes.fromhex(head.root)
    ):
        raise Damaged("log/nodes", "the proof does not lead to the signed root; run `anslagsvakt records verify`")
    told = {
        "anslagsvakt": "proof",
        "version": 1,
        "record": name,
        "object_sha256": sha256,
        "index": index,
        "path": [step.hex() for step in path],
        "head": head,
    } | ({"stamp": stamp} if stamp else {})
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def _head_over(index: int, reader: LogReader) -> tuple[Head | None, bytes | None]:
    """The first head over an entry that has a time stamp, with that: it says the most; else the newest head."""
    for _, file, stamp in reader.stamped():
        head = read_head(file.removesuffix(b"\n"))
        if head and head.size > index:
            return head, stamp
    newest = None
    for newest in reader.heads():  # noqa: B007  # the last one is wanted
        pass
    return newest, None
