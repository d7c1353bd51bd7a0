"""The real parts that pip cannot bring: what needs them, how to get them, and getting them where we may.

`python tests/parts.py` (part of `make test`) installs what is missing from Debian's packages, if we are root or may
use sudo without a password. It never fails: a test whose part is missing says so, and in CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Part:
    """A program of the system: its command, Debian's package for it, and what is tested with it."""

    command: str
    package: str
    what: str

    @property
    def path(self) -> str | None:
        """Where it is, if it is here."""
        return shutil.which(self.command)

    @property
    def remedy(self) -> str:
        """One line in plain words."""
        return f"did not run: {self.what} ({self.command} is missing: apt-get install {self.package})"


PROMTOOL = Part("promtool", "prometheus", "the alerts, by Prometheus' own rule tests")
PROMETHEUS = Part("prometheus", "prometheus", "every query of alerts and dashboards, by a real Prometheus")
PARTS = (PROMTOOL, PROMETHEUS)


def path_of(part: Part) -> str:
    """Where the program is; skips the test if it is nowhere."""
    return part.path or pytest.skip(part.remedy)


def install(parts: tuple[Part, ...]) -> None:
    """Install what is missing, where we may."""
    packages = sorted({part.package for part in parts if part.path is None})
    if not packages or not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if sudo and not shutil.which("sudo"):
        return
    print(f"Installing {', '.join(packages)} from Debian's packages for the tests")  # noqa: T201 - a command's output
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(
            [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=600,
        )


if __name__ == "__main__":
    install(PARTS)
