"""A package for a police report: the reported item as it came in, with proofs, its thread, and what was done about it.

The reported item is uncovered, on a decision; what others wrote around it is covered, since it is not what is reported.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import bagit
import msgspec

import deploy
from agents.handout.cover import Facts, cover
from agents.handout.history import Item
from agents.handout.page import page
from agents.takedown.people import Deeds

CHECKER = "check_record.py"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is handed over: `reported` with everything shown, `around` as others may see it, oldest first."""

    facts: Facts
    reported: Item
    around: tuple[Item, ...]
    proofs: Mapping[str, bytes]
    deeds: tuple[Deeds, ...]
    made_at: datetime
    decision: str


def write(evidence: Evidence, folder: Path) -> None:
    """Write the bag (BagIt, RFC 8493) to a folder that does not exist yet."""
    for name in ("raw", "proof"):
        (folder / name).mkdir(parents=True)
    told = f"Det anmälda är utlämnat utan maskering enligt beslut {evidence.decision}; det övriga är maskerat."
    items = sorted((evidence.reported, *evidence.around), key=lambda item: item.first or evidence.made_at)
    (folder / "forsattsblad.html").write_text(
        cover(evidence.facts, evidence.reported, evidence.deeds, made_at=evidence.made_at, decision=evidence.decision),
        encoding="utf-8",
    )
    (folder / "trad.html").write_text(page(items, made_at=evidence.made_at, told=told), encoding="utf-8")
    (folder / "atgarder.json").write_bytes(_deeds(evidence.deeds))
    for version in evidence.reported.versions:
        (folder / "raw" / version.sha256).write_bytes(version.raw)
        if version.object_key in evidence.proofs:
            (folder / "proof" / f"{version.sha256}.json").write_bytes(evidence.proofs[version.object_key])
    shutil.copy(Path(deploy.__file__).parent / CHECKER, folder / CHECKER)
    info = {
        "External-Description": "Underlag till polisanmälan",
        "Bagging-Date": evidence.made_at.date().isoformat(),
        "Bag-Software-Agent": "anslagsvakt",
        "Internal-Sender-Description": told,
    }
    bagit.make_bag(str(folder), info, checksums=["sha256", "sha512"])


def _deeds(deeds: tuple[Deeds, ...]) -> bytes:
    """Every order of the item and every call that was made for it; no text is in it."""
    told = [
        {
            "order_id": each.order.order_id,
            "issued_at": each.order.issued_at,
            "wanted": each.order.wanted,
            "rules": each.order.rules,
            "policy": each.order.policy,
            "ended": each.ended,
            "calls": [
                {
                    "action": attempt.action,
                    "began_at": attempt.began_at,
                    "ended_at": attempt.ended_at,
                    "answer": attempt.answer,
                    "seen": attempt.reply.presence if attempt.reply else None,
                }
                for attempt in each.attempts
            ],
        }
        for each in deeds
    ]
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
