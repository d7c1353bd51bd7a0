"""The proof for one record, which anybody can check without us, with the script that we ship (`check_record.py`)."""

from __future__ import annotations

import msgspec

from agents.retention.log import LogReader
from agents.retention.store import Damaged, Missing
from pipeline import merkle


def prove(reader: LogReader, name: str) -> bytes:
    """The bundle (JSON): the entry, its path to the newest head's root, and the head; raises `Missing` or `Damaged`."""
    if not reader.exists():
        raise Missing(name, "the store has no log")
    found = next(((i, sha256) for i, (entry, sha256) in enumerate(reader.entries()) if entry == name), None)
    head = None
    for head in reader.heads():  # noqa: B007  # the last one is wanted
        pass
    if found is None or head is None or found[0] >= head.size:
        raise Missing(name, "it is not in the log")
    index, sha256 = found
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
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
