"""A whole installation in a folder: what each process is told, kept by a keeper that may kill it."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from kafka.admin import KafkaAdminClient

import deploy
from agents import topics
from agents.demo.children import inherited
from agents.platforms.simulator import TOKEN
from deploy.local.ports import HOST, free_port
from deploy.local.process import KeptProcess
from tests.chaos.keeper import Keeper

_LAST_WORDS = "anslagsvakt: "
_NO_BRAKE = re.compile(r"(per_(?:account|rule)_per_hour) = \d+")


class Installation:
    """Processes by their command's name (or `screen-2`), on one data folder, against one broker and one simulator."""

    def __init__(self, folder: Path, bootstrap: str, platform_url: str) -> None:
        self.folder = folder
        self.bootstrap = bootstrap
        folder.mkdir(parents=True, exist_ok=True)
        shipped = Path(deploy.__file__).parent / "config" / "policy.toml"
        policy = folder / "policy.toml"
        # The brakes are for real life: here a thousand removals in a minute are wanted.
        policy.write_text(_NO_BRAKE.sub(r"\1 = 1000000", shipped.read_text(encoding="utf-8")), encoding="utf-8")
        self._settings = {
            "ANSLAGSVAKT_BOOTSTRAP_SERVERS": bootstrap,
            "ANSLAGSVAKT_DATA_DIR": str(folder / "data"),
            "ANSLAGSVAKT_LOG_FORMAT": "text",
            "ANSLAGSVAKT_PLATFORM_TOKEN": TOKEN,
            "ANSLAGSVAKT_PLATFORM_URL": platform_url,
            "ANSLAGSVAKT_POLICY_FILE": str(policy),
        }

    @property
    def store(self) -> Path:
        """The retention store's folder."""
        return self.folder / "data" / "store"

    @property
    def logs(self) -> Path:
        """One file a process."""
        return self.folder / "logs"

    def last_words(self) -> Counter[str]:
        """What processes said as they ended by themselves, each with its name, and how often."""
        return Counter(
            f"{log.stem}: {line.removeprefix(_LAST_WORDS)}"
            for log in sorted(self.logs.glob("*.log"))
            for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
            if line.startswith(_LAST_WORDS)
        )

    def keeper(self) -> Keeper:
        """A keeper for these processes, with none yet."""
        return Keeper(self.logs, self.environment())

    def environment(self) -> dict[str, str]:
        """What every process is told."""
        return inherited(os.environ) | self._settings

    def make_topics(self) -> None:
        """What `anslagsvakt topics apply` does."""
        with closing(KafkaAdminClient(bootstrap_servers=self.bootstrap.split(","))) as admin:
            topics.apply(admin)


def add(keeper: Keeper, name: str, **settings: str) -> None:
    """Run `anslagsvakt` with the command that `name` begins with, and these settings (ANSLAGSVAKT_*) on top."""
    port = free_port()
    settings = {"ANSLAGSVAKT_METRICS_PORT": str(port)} | settings
    keeper.add(name, ("-m", "agents.cli", name.partition("-")[0]), f"http://{HOST}:{port}/readyz", **settings)


def command(installation: Installation, name: str, **settings: str) -> KeptProcess:
    """Start one process that nobody keeps running; whoever starts it ends it."""
    installation.logs.mkdir(exist_ok=True)
    arguments = [sys.executable, "-m", "agents.cli", name.partition("-")[0]]
    settings = {"ANSLAGSVAKT_METRICS_PORT": "0"} | settings
    return KeptProcess(arguments, installation.logs / f"{name}.log", installation.environment() | settings)
