"""A hand-out as a package: a BagIt bag (RFC 8493) with a page to read, the records as data, and proofs."""

from __future__ import annotations

import shutil
from pathlib import Path

import bagit

import deploy
from agents.handout import contents
from agents.handout.contents import Handout

CHECKER = Path(deploy.__file__).parent / "check_record.py"


def write(handout: Handout, folder: Path) -> None:
    """Write the bag to a folder that does not exist yet."""
    folder.mkdir(parents=True)
    contents.write(handout, folder)
    if handout.decision:
        shutil.copy(CHECKER, folder / CHECKER.name)
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
