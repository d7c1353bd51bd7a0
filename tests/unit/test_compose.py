"""docker-compose.yml and the Dockerfile name only what there is: commands, settings, ports, files, people."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from pathlib import Path

import compose_spec
import pytest
import yaml
from typer.testing import CliRunner

from agents.cli import app
from agents.settings import Process, Settings
from tests.compose import COMPOSE, OURS, ROOT, SERVICES, health, mounts

PREFIX = "ANSLAGSVAKT_"
CONFIG = "/etc/anslagsvakt"
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_file_follows_the_compose_specification() -> None:
    # Its grammar has a tag or a digest; Docker itself reads both, and takes the digest.
    either = re.sub(r':[^:"@]+@sha256:', "@sha256:", json.dumps(COMPOSE))
    read = compose_spec.PyCompose.from_json(either)
    read.validate()
    assert set(read.service_names()) == set(SERVICES)


def test_every_process_is_a_service_of_the_same_name() -> None:
    assert set(OURS) == {*Process, "topics", "verify"}
    assert {name: OURS[name]["command"] for name in Process} == {name: [name] for name in Process}


@pytest.mark.parametrize("name", OURS)
def test_a_command_exists(name: str) -> None:
    done = CliRunner().invoke(app, [*OURS[name]["command"], "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    fields = {variable.removeprefix(PREFIX).lower() for variable in OURS[name]["environment"]}
    assert fields
    assert fields <= set(Settings.model_fields)


@pytest.mark.parametrize("name", OURS)
def test_every_file_of_configuration_is_mounted_and_named(name: str) -> None:
    """A file that deploy/config has and the settings know, but compose does not name, would never be read."""
    folders = {mount.target: mount for mount in mounts(OURS[name]) if not mount.is_volume}
    assert folders[CONFIG].read_only
    config = ROOT / folders[CONFIG].source
    defaults = {field: info.default for field, info in Settings.model_fields.items() if isinstance(info.default, Path)}
    known = {field: path for field, path in defaults.items() if path.parent == config.resolve() and path.exists()}
    assert known
    environment = OURS[name]["environment"]
    named = {field: environment.get(f"{PREFIX}{field.upper()}") for field in known}
    assert named == {field: f"{CONFIG}/{path.name}" for field, path in known.items()}
    wanted = [value for value in environment.values() if value.startswith(f"{CONFIG}/")]
    assert [value for value in wanted if not (config / value.removeprefix(f"{CONFIG}/")).is_file()] == []


@pytest.mark.parametrize("process", Process)
def test_the_health_check_asks_where_the_process_answers(process: Process) -> None:
    assert health(OURS[process]) == (process.default_port, "/readyz")
    assert OURS[process]["environment"][f"{PREFIX}METRICS_HOST"] == "0.0.0.0"  # noqa: S104 - inside the container


@pytest.mark.parametrize("process", Process)
def test_a_process_waits_for_its_topics_and_keeps_its_data(process: Process) -> None:
    service = OURS[process]
    assert service["depends_on"]["topics"] == {"condition": "service_completed_successfully"}
    kept = {mount.target: mount.source for mount in mounts(service) if mount.is_volume}
    assert kept == {service["environment"][f"{PREFIX}DATA_DIR"]: process}


def test_verifying_reads_what_the_archive_writes() -> None:
    assert mounts(OURS["verify"]) == mounts(OURS["archive"])
    assert OURS["verify"]["environment"] == OURS["archive"]["environment"]


def test_our_image_has_our_version() -> None:
    assert {service["image"] for service in OURS.values()} == {f"anslagsvakt:{PROJECT['version']}"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    if name != "kafka":  # its image has a user of its own, and its start script writes into the image
        assert service["read_only"] is True
        assert service["user"].partition(":")[0] not in {"", "0", "root"}


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_open_beyond_this_machine(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_what_people_wrote_cannot_leave_the_stream() -> None:
    """Only two reach the world: takedown its platforms, archive the attachments, by addresses it checks."""
    assert COMPOSE["networks"]["stream"] == {"internal": True}
    assert {name: service["networks"] for name, service in OURS.items()} == {
        "topics": ["stream"],
        "screen": ["stream"],
        "archive": ["stream", "machine"],
        "verify": ["stream"],
        "takedown": ["stream", "machine"],
    }


@pytest.mark.parametrize("name", SERVICES)
def test_every_mount_is_there(name: str) -> None:
    for mount in mounts(SERVICES[name]):
        assert mount.is_volume or (ROOT / mount.source).is_dir()
        assert mount.is_volume or mount.read_only
        assert not mount.is_volume or mount.source in COMPOSE["volumes"]


def test_every_volume_is_used() -> None:
    used = {mount.source for service in SERVICES.values() for mount in mounts(service) if mount.is_volume}
    assert used == set(COMPOSE["volumes"])


def test_kafka_is_where_it_is_looked_for() -> None:
    kafka = SERVICES["kafka"]["environment"]
    advertised = dict(each.split("://") for each in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    assert {service["environment"][f"{PREFIX}BOOTSTRAP_SERVERS"] for service in OURS.values()} == {advertised["INSIDE"]}
    assert SERVICES["kafka"]["ports"] == [f"{advertised['MACHINE']}:9094"]
    listeners = [each.split("://")[0] for each in kafka["KAFKA_LISTENERS"].split(",")]
    protocols = dict(each.split(":") for each in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(protocols) == set(listeners)
    assert len(base64.urlsafe_b64decode(kafka["CLUSTER_ID"] + "==")) == 16
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert kafka["KAFKA_LOG_DIRS"] in {mount.target for mount in mounts(SERVICES["kafka"])}


def test_prometheus_and_grafana_find_their_files() -> None:
    prometheus = {mount.target: ROOT / mount.source for mount in mounts(SERVICES["prometheus"])}
    arguments = dict(each.removeprefix("--").split("=") for each in SERVICES["prometheus"]["command"])
    config = Path(arguments["config.file"])
    assert (prometheus[str(config.parent)] / config.name).is_file()
    assert arguments["storage.tsdb.path"] in prometheus
    grafana = {mount.target: ROOT / mount.source for mount in mounts(SERVICES["grafana"])}
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (grafana[str(home.parent)] / home.name).is_file()
    provisioning = grafana["/etc/grafana/provisioning"]
    providers = yaml.safe_load((provisioning / "dashboards/files.yml").read_text())["providers"]
    assert [provider["options"]["path"] for provider in providers] == [str(home.parent)]
    sources = yaml.safe_load((provisioning / "datasources/prometheus.yml").read_text())["datasources"]
    assert [source["url"] for source in sources] == ["http://prometheus:9090"]


def _instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(maxsplit=1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_the_image_is_built_from_what_there_is() -> None:
    """Each copied path is in the tree, and .dockerignore, which keeps all else out, lets it in."""
    sources = [source for copy in _instructions("COPY") if "--from" not in copy for source in copy.split()[:-1]]
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert set(sources) == let_in


def test_the_image_installs_nothing_that_is_not_locked_by_hash() -> None:
    assert all(
        re.fullmatch(r"python:3\.11\.\d+-slim-\w+(@sha256:\w+)?( AS build)?", image) for image in _instructions("FROM")
    )
    installs = [run for run in _instructions("RUN") if "pip " in run]
    assert ["--require-hashes" in run or "--no-index" in run for run in installs] == [True] * len(installs)
    assert len(installs) == 2


def test_the_image_runs_as_the_user_and_in_the_folder_that_compose_says() -> None:
    assert {service["user"] for service in OURS.values()} == set(_instructions("USER"))
    data = {service["environment"][f"{PREFIX}DATA_DIR"] for service in OURS.values()}
    assert data == set(_instructions("WORKDIR")[-1:])
    assert _instructions("EXPOSE") == [" ".join(str(process.default_port) for process in Process)]
    assert _instructions("ENTRYPOINT") == [json.dumps(list(PROJECT["scripts"]))]


def test_secrets_stay_out_of_image_and_tree() -> None:
    secrets = [entry["path"] for service in OURS.values() for entry in service.get("env_file", [])]
    assert secrets == ["deploy/anslagsvakt.env"]
    for ignore in (".dockerignore", ".gitignore"):
        assert "deploy/*.env" in (ROOT / ignore).read_text().splitlines()
