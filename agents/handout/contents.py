"""What a hand-out holds, whatever it is packed in: a page, the records as data and, if uncovered, the originals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from agents.handout import attachments
from agents.handout.history import Item, Version
from agents.handout.page import page


@dataclass(frozen=True, slots=True)
class Handout:
    """What is handed out, when, and on which decision nothing is covered (None: findings are covered)."""

    items: tuple[Item, ...]
    proofs: Mapping[str, bytes]
    made_at: datetime
    decision: str | None = None

    def versions(self) -> Iterator[Version]:
        """Every version of every item."""
        return (version for item in self.items for version in item.versions)


def write(handout: Handout, folder: Path) -> None:
    """Write the contents to a folder that is there and empty.

    The bytes as they came in are part of it only when nothing is covered, as they hold what would be.
    """
    told = page(handout.items, made_at=handout.made_at, decision=handout.decision)
    (folder / "index.html").write_text(told, encoding="utf-8")
    (folder / "records.json").write_bytes(_data(handout.items, whole=handout.decision is not None))
    if handout.decision:
        _write_originals(handout, folder)


def _write_originals(handout: Handout, folder: Path) -> None:
    for name in ("raw", "proof"):
        (folder / name).mkdir()
    fetched = [each for version in handout.versions() for each in version.fetched]
    if fetched:
        (folder / attachments.FOLDER).mkdir()
    for each in fetched:
        (folder / attachments.FOLDER / attachments.file_name(each)).write_bytes(each.content)
        if proof := handout.proofs.get(each.object_key):
            (folder / "proof" / f"{each.object_key.rpartition('/')[2]}.json").write_bytes(proof)
    for version in handout.versions():
        if version.raw is None:
            continue
        (folder / "raw" / version.sha256).write_bytes(version.raw)
        if proof := handout.proofs.get(version.object_key):
            (folder / "proof" / f"{version.sha256}.json").write_bytes(proof)


def _data(items: Iterable[Item], *, whole: bool) -> bytes:
    """The items as data; where findings are covered nothing names the bytes as they came in by their hash."""
    told = [
        {
            "platform": item.platform,
            "account": item.account,
            "kind": item.kind,
            "item": item.item if whole or item.platform else "",
            "thread": item.thread,
            "parent": item.parent,
            "is_own": item.is_own,
            "versions": [
                {
                    **({"object_key": version.object_key, "sha256": version.sha256} if whole else {}),
                    "number": version.number,
                    "archived_at": version.archived_at,
                    "time": version.time,
                    "change": version.change,
                    "actor": version.actor,
                    "texts": version.texts,
                    "attachments": [attachments.data(each, whole=whole) for each in version.attachments],
                }
                for version in item.versions
            ],
        }
        for item in items
    ]
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
