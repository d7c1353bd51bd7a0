"""What docker-compose.yml says of our own processes, and the same translated to this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("anslagsvakt:")}
"""The services that run our own image."""

_URL = re.compile(r"http://127\.0\.0\.1:(\d+)(/\w+)")


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of the machine, or a named volume, inside a container."""

    source: str
    target: str
    read_only: bool

    @property
    def is_volume(self) -> bool:
        """Whether Docker keeps it, rather than the tree."""
        return not self.source.startswith((".", "/"))


def mounts(service: dict[str, Any]) -> list[Mount]:
    """The volumes of a service, all written `source:target[:ro]`."""
    split = [volume.split(":") for volume in service.get("volumes", [])]
    return [Mount(parts[0], parts[1], parts[2:] == ["ro"]) for parts in split]


def health(service: dict[str, Any]) -> tuple[int, str]:
    """The port and path that the health check asks."""
    found = _URL.search(" ".join(service["healthcheck"]["test"]))
    assert found
    return int(found[1]), found[2]


def here(service: dict[str, Any], bootstrap: str, data: Path) -> dict[str, str]:
    """The service's environment on this machine: its broker, its mounted files, a data folder and any free port."""
    environment = {**service["environment"], "ANSLAGSVAKT_BOOTSTRAP_SERVERS": bootstrap}
    for mount in mounts(service):
        place = str(data if mount.is_volume else ROOT / mount.source)
        environment = {name: value.replace(mount.target, place, 1) for name, value in environment.items()}
    return environment | {"ANSLAGSVAKT_METRICS_HOST": "127.0.0.1", "ANSLAGSVAKT_METRICS_PORT": "0"}
