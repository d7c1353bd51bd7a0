"""The proof for a record or an attachment, which anybody can check without us, with the script we ship."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache

import msgspec

from agents.retention.attachment import Attachment, write
from agents.retention.entry import leaf
from agents.retention.heads import Head, read_head
from agents.retention.log import LogReader
from agents.retention.stamped import Stamped
from agents.retention.store import Damaged, Missing
from pipeline import merkle


def prove(reader: LogReader, name: str) -> bytes:
    """The bundle (JSON): the entry, its path to a head's root, the head, and its time stamp if it has one.

    Raises `Missing` or `Damaged`.
    """
    return prove_all(reader, [name])[name]


def prove_all(reader: LogReader, names: Iterable[str], attachments: Iterable[Attachment] = ()) -> dict[str, bytes]:
    """The bundles of many, and of attachments, with what shows theirs to be the bytes that the entry names.

    Raises as `prove`.
    """
    beside = {each.object_key: each for each in attachments}
    wanted = dict.fromkeys((*names, *beside))
    if not wanted:
        return {}
    if not reader.exists():
        raise Missing(next(iter(wanted)), "the store has no log")
    found = reader.find(wanted)
    if lost := wanted.keys() - found.keys():
        # The table of places may be wrong: only the whole log says that something is not in it.
        found |= {name: (index, sha256) for index, (name, sha256) in enumerate(reader.entries()) if name in lost}
    heads = _Heads(reader)
    with reader.nodes() as node:
        trees = (node, merkle.computed(reader.leaf))  # what is in no file, or wrong there, the entries tell
        return {name: _bundle(name, found.get(name), heads, trees, beside.get(name)) for name in wanted}


def _bundle(
    name: str,
    entry: tuple[int, str] | None,
    heads: _Heads,
    trees: Iterable[merkle.Node],
    attachment: Attachment | None,
) -> bytes:
    index, sha256 = entry or (0, "")
    head, stamp = heads.over(index)
    if entry is None or head is None or index >= head.size:
        raise Missing(name, "it is not in the log")
    hash_, root = leaf(name, sha256), bytes.fromhex(head.root)
    paths = (merkle.inclusion(index, head.size, node) for node in trees)
    path = next((each for each in paths if merkle.is_included(hash_, index, head.size, each, root)), None)
    if path is None:
        raise Damaged("log/entries", "they do not lead to the signed root; run `anslagsvakt records verify`")
    told: dict[str, object] = {
        "anslagsvakt": "proof",
        "version": 1,
        "record": name,
        "object_sha256": sha256,
        "index": index,
        "path": [step.hex() for step in path],
        "head": head,
    }
    told |= {"stamp": stamp} if stamp else {}
    told |= _binding(attachment, sha256) if attachment else {}
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def _binding(attachment: Attachment, object_sha256: str) -> dict[str, str]:
    """Its place in the record, which its name is made from; and its first line, if object and hash are of that."""
    whole = write(attachment)
    line = whole.partition(b"\n")[0].decode()
    is_plain = hashlib.sha256(whole).hexdigest() == object_sha256  # of a sealed object the log has another hash
    return {"field": attachment.field} | ({"line": line} if is_plain else {})


class _Heads:
    """The heads that proofs may lead to: those with a time stamp, and the newest."""

    def __init__(self, reader: LogReader) -> None:
        self._newest = reader.newest()
        self._stamped = reader.stamped()
        self._read = cache(lambda day: read_head(day.head.removesuffix(b"\n")))

    def over(self, index: int) -> tuple[Head | None, bytes | None]:
        """The first head over an entry that has a time stamp, with that: it says the most; else the newest head."""
        first = bisect_right(self._stamped, index, key=self._size)
        for day in self._stamped[first : first + 1]:
            if self._size(day) > index:
                return self._read(day), day.stamp
        return self._newest, None

    def _size(self, day: Stamped) -> int:
        head = self._read(day)
        return head.size if head else 0
