"""Legal holds: what nobody may dispose of, whatever the plan says, until the hold is released by name."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

import msgspec

from agents.retention.about import About
from agents.retention.wanted import Hit
from pipeline.errors import BadConfiguration


class Hold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the file: a hold placed, or (with `released`) one that ends."""

    hold: str
    at: datetime
    who: str
    why: str
    account: str | None = None
    item: str | None = None
    thread: str | None = None
    author: str | None = None
    released: bool = False

    def covers(self, hit: Hit | About) -> bool:
        """Whether the record is under it: all that the hold names must agree."""
        named = [(getattr(self, name), getattr(hit, name)) for name in ("account", "item", "thread", "author")]
        return all(wanted in (None, found) for wanted, found in named)


def active(path: Path) -> tuple[Hold, ...]:
    """The holds that stand; a file that cannot be read stops everything, as it may hold anything."""
    if not path.exists():
        return ()
    standing: dict[str, Hold] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            hold = msgspec.json.decode(line, type=Hold)
        except msgspec.DecodeError:
            raise BadConfiguration(
                f"{path}:{number}: is no hold: restore the file, until then nothing may go"
            ) from None
        if hold.released:
            standing.pop(hold.hold, None)
        else:
            standing[hold.hold] = hold
    return tuple(standing.values())


def place(path: Path, hold: Hold) -> None:
    """Write a hold, or its release, to the file; returns when it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(msgspec.json.encode(hold) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def new_name() -> str:
    """A name for a hold."""
    return secrets.token_hex(4)
