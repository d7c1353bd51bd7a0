"""The proof for one record, which anybody can check without us, with the script that we ship (`check_record.py`)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from agents.retention.heads import Head, read_head
from agents.retention.log import LogReader
from agents.retention.store import Damaged, Missing
from pipeline import merkle


def prove(reader: LogReader, name: str) -> bytes:
    """The bundle (JSON): the entry, its path to a head's root, the head, and its time stamp if it has one.

    Raises `Missing` or `Damaged`.
    """
    return prove_all(reader, [name])[name]


def prove_all(reader: LogReader, names: Iterable[str]) -> dict[str, bytes]:
    """The bundles of many, in one reading of the log; raises as `prove`."""
    wanted = dict.fromkeys(names)
    if not wanted:
        return {}
    if not reader.exists():
        raise Missing(next(iter(wanted)), "the store has no log")
    found = {name: (index, sha256) for index, (name, sha256) in enumerate(reader.entries()) if name in wanted}
    heads = _Heads(reader)
    with reader.nodes() as node:
        return {name: _bundle(name, found.get(name), heads, node) for name in wanted}


def _bundle(name: str, entry: tuple[int, str] | None, heads: _Heads, node: merkle.Node) -> bytes:
    index, sha256 = entry or (0, "")
    head, stamp = heads.over(index)
    if entry is None or head is None or index >= head.size:
        raise Missing(name, "it is not in the log")
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


class _Heads:
    """The heads that proofs may lead to: those with a time stamp, and the newest."""

    def __init__(self, reader: LogReader) -> None:
        told = ((read_head(file.removesuffix(b"\n")), stamp) for _, file, stamp in reader.stamped())
        self._stamped = [(head, stamp) for head, stamp in told if head]
        self._newest: Head | None = None
        for self._newest in reader.heads():
            pass

    def over(self, index: int) -> tuple[Head | None, bytes | None]:
        """The first head over an entry that has a time stamp, with that: it says the most; else the newest head."""
        return next((pair for pair in self._stamped if pair[0].size > index), (self._newest, None))
