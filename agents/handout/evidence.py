"""A package for a police report: the reported item as it came in, with proofs, its thread, and what was done about it.

The reported item is uncovered, on a decision; in the thread around it everything is covered, since what others wrote is
not what is reported.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import bagit
import msgspec

from agents.handout import contents
from agents.handout.bag import CHECKER
from agents.handout.contents import Handout
from agents.handout.cover import Facts, cover
from agents.handout.history import Item
from agents.handout.page import page
from agents.takedown.people import Deeds


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is handed over: `reported` holds one item, on a decision; `thread` is what others may see of all of it."""

    facts: Facts
    reported: Handout
    thread: tuple[Item, ...]
    deeds: tuple[Deeds, ...]


def write(evidence: Evidence, folder: Path) -> None:
    """Write the bag (BagIt, RFC 8493) to a folder that does not exist yet."""
    folder.mkdir(parents=True)
    reported = evidence.reported
    contents.write(reported, folder)
    shutil.copy(CHECKER, folder / CHECKER.name)
    told = cover(evidence.facts, reported, evidence.deeds)
    (folder / "forsattsblad.html").write_text(told, encoding="utf-8")
    around = page(evidence.thread, made_at=reported.made_at, decision=None)
    (folder / "trad.html").write_text(around, encoding="utf-8")
    (folder / "atgarder.json").write_bytes(_deeds(evidence.deeds))
    info = {
        "External-Description": "Underlag till polisanmälan",
        "Bagging-Date": reported.made_at.date().isoformat(),
        "Bag-Software-Agent": "anslagsvakt",
        "Internal-Sender-Description": f"Det anmälda utan maskering, beslut {reported.decision}; tråden maskerad",
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
