"""A hand-out as a package: a BagIt bag (RFC 8493) with a page to read, the records as data, and proofs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import bagit
import msgspec

import deploy
from agents.handout.history import Item, Version
from agents.handout.page import COVERED, page

_CHECKER = "check_record.py"


@dataclass(frozen=True, slots=True)
class Handout:
    """What is handed out, when, and on which decision nothing is covered (None: findings are covered)."""

    items: tuple[Item, ...]
    proofs: Mapping[str, bytes]
    made_at: datetime
    decision: str | None = None


def write(handout: Handout, folder: Path) -> None:
    """Write the bag to a folder that does not exist yet.

    The bytes as they came in are part of it only when nothing is covered, as they hold what would be.
    """
    folder.mkdir(parents=True)
    uncovered = f"Utlämnad utan maskering enligt beslut {handout.decision}."
    told = page(handout.items, made_at=handout.made_at, told=uncovered if handout.decision else COVERED)
    (folder / "index.html").write_text(told, encoding="utf-8")
    (folder / "records.json").write_bytes(_data(handout.items))
    if handout.decision:
        _write_raw(handout, folder)
    info = {
        "External-Description": "Handlingar från sociala medier",
        "Bagging-Date": handout.made_at.date().isoformat(),
        "Bag-Software-Agent": "anslagsvakt",
        "Internal-Sender-Description": (
            f"Utan maskering, beslut {handout.decision}"
            if handout.decision
            else "Maskerad; händelserna som de kom in ingår inte"
        ),
    }
    bagit.make_bag(str(folder), info, checksums=["sha256", "sha512"])


def _write_raw(handout: Handout, folder: Path) -> None:
    for name in ("raw", "proof"):
        (folder / name).mkdir()
    for version in _versions(handout.items):
        (folder / "raw" / version.sha256).write_bytes(version.raw)
        if version.object_key in handout.proofs:
            (folder / "proof" / f"{version.sha256}.json").write_bytes(handout.proofs[version.object_key])
    shutil.copy(Path(deploy.__file__).parent / _CHECKER, folder / _CHECKER)


def _versions(items: Iterable[Item]) -> Iterable[Version]:
    return (version for item in items for version in item.versions)


def _data(items: Iterable[Item]) -> bytes:
    told = [
        {
            "platform": item.platform,
            "account": item.account,
            "kind": item.kind,
            "item": item.item,
            "thread": item.thread,
            "parent": item.parent,
            "is_own": item.is_own,
            "versions": [
                {
                    "object_key": version.object_key,
                    "sha256": version.sha256,
                    "archived_at": version.archived_at,
                    "time": version.time,
                    "change": version.change,
                    "texts": version.texts,
                }
                for version in item.versions
            ],
        }
        for item in items
    ]
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
