"""The lock is what everybody installs: complete, hashed, and free of anybody's addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = re.findall(r"^([a-z0-9-]+)==(\S+)((?: \\\n +--hash=sha256:[0-9a-f]{64})*)", LOCK, re.MULTILINE)


def _name(requirement: str) -> str:
    """The normalised name that a requirement begins with (PEP 503)."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


DIRECT = sorted(
    {
        _name(requirement)
        for group in (
            PROJECT["build-system"]["requires"],
            PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"].values(),
        )
        for requirement in group
    }
)


@pytest.mark.parametrize("name", DIRECT)
def test_every_direct_dependency_is_locked(name: str) -> None:
    assert name in {pin[0] for pin in PINS}


def test_every_pin_has_hashes() -> None:
    assert len(PINS) > len(DIRECT)
    assert [name for name, _, hashes in PINS if not hashes] == []


@pytest.mark.parametrize("address", ["://", "index-url", "extra-index", "find-links", "trusted-host", " @ ", "/"])
def test_the_lock_names_no_place(address: str) -> None:
    """Where packages come from is the installing machine's own business."""
    assert address not in LOCK


def test_every_line_is_understood() -> None:
    """Nothing but pins, their hashes and comments, so that the tests above see all there is."""
    line = re.compile(r"[a-z0-9-]+==\S+ \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?|    #.*|#.*|")
    assert [each for each in LOCK.splitlines() if not line.fullmatch(each)] == []
