"""The Kubernetes manifests: valid by Kubernetes' own schemas, as confined as compose, and naming only what there is."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from agents.settings import Process, Settings
from tests.compose import OURS
from topics.access import OPERATOR, user
from topics.catalog import PARTITIONS, RAW, SCREEN_GROUP

FOLDER = Path(__file__).parents[2] / "deploy/kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
FOUND: list[dict[str, Any]] = [
    each for name in KUSTOMIZATION["resources"] for each in yaml.safe_load_all((FOLDER / name).read_text())
]
BY_SCHEDULE = {"--every", "24"}
"""What the schedule of a job says in a cluster."""

OTHERS = {"ScaledObject", "TriggerAuthentication", "PodMonitor"}
"""Kinds that KEDA and the Prometheus operator bring."""

WORKLOADS = {
    each["metadata"]["name"]: each for each in FOUND if each["kind"] in {"Deployment", "StatefulSet", "Job", "CronJob"}
}
TEMPLATES = {name: each["spec"].get("jobTemplate", each)["spec"]["template"] for name, each in WORKLOADS.items()}
PODS = {name: template["spec"] for name, template in TEMPLATES.items()}
SETTINGS = next(each["data"] for each in FOUND if each["metadata"]["name"] == "anslagsvakt-settings")
SECRETS = {
    "anslagsvakt-kafka-authority",
    "anslagsvakt-token-key",
    "anslagsvakt-store-key",
    "anslagsvakt-platforms",
    *(f"anslagsvakt-kafka-{role}" for role in (*Process, OPERATOR)),
}


def kind(name: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in FOUND if each["kind"] == name}


def secrets_of(pod: dict[str, Any]) -> set[str]:
    mounted = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    [container] = pod["containers"]
    named = {each["valueFrom"]["secretKeyRef"]["name"] for each in container["env"] if "valueFrom" in each}
    return mounted | named


@pytest.mark.parametrize("each", FOUND, ids=lambda each: f"{each['kind']} {each['metadata']['name']}")
def test_a_manifest_is_valid(each: dict[str, Any]) -> None:
    if each["kind"] in OTHERS:
        assert each["apiVersion"] in {"keda.sh/v1alpha1", "monitoring.coreos.com/v1"}
        return
    kubernetes_validate.validate(each, "1.37.0", strict=True)


def test_a_manifest_that_is_wrong_is_seen() -> None:
    wrong = json.loads(json.dumps(WORKLOADS["screen"]))
    wrong["spec"]["template"]["spec"]["securityContext"]["runAsNonRot"] = True
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.37.0", strict=True)


def test_every_file_is_applied() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(KUSTOMIZATION["resources"]) == files


def test_kustomize_builds_it() -> None:
    kubectl = shutil.which("kubectl") or pytest.skip("kubectl is not here; the schemas above were checked all the same")
    done = subprocess.run([kubectl, "kustomize", str(FOLDER)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(yaml.safe_load_all(done.stdout))) == len(FOUND)


def test_there_is_a_workload_for_every_process_and_for_the_topics() -> None:
    assert set(WORKLOADS) == {*Process, "topics", "verify"} == set(OURS)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_as_confined_as_a_container_of_compose(name: str) -> None:
    pod = PODS[name]
    [container] = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == OURS[name]["user"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["image"] == OURS[name]["image"]
    assert container["args"] == [word for word in OURS[name]["command"] if word not in BY_SCHEDULE]
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("process", Process)
def test_probes_ask_where_the_process_answers(process: Process) -> None:
    [container] = PODS[process]["containers"]
    assert container["ports"] == [{"name": "metrics", "containerPort": process.default_port}]
    asked = {probe: container[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert {probe: get["path"] for probe, get in asked.items()} == {
        "startupProbe": "/readyz",
        "readinessProbe": "/readyz",
        "livenessProbe": "/healthz",
    }
    assert {get["port"] for get in asked.values()} == {"metrics"}


@pytest.mark.parametrize("name", PODS)
def test_settings_are_ours_and_their_files_are_mounted(name: str) -> None:
    [container] = PODS[name]["containers"]
    values = SETTINGS | {each["name"]: each.get("value") for each in container["env"]}
    known = {f"ANSLAGSVAKT_{field.upper()}" for field in Settings.model_fields}
    assert set(values) <= known
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    offline = {"ANSLAGSVAKT_SASL_PASSWORD_FILE", "ANSLAGSVAKT_SSL_CAFILE"} if name == "verify" else set()
    places = [each for setting, each in values.items() if setting not in offline and each and each.startswith("/")]
    assert [place for place in places if not any(place.startswith(mount) for mount in mounts)] == []
    volumes = {volume["name"] for volume in PODS[name]["volumes"]}
    volumes |= {claim["metadata"]["name"] for claim in WORKLOADS[name]["spec"].get("volumeClaimTemplates", [])}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes


def test_each_process_has_its_own_user_and_only_the_secrets_that_it_needs() -> None:
    common = {"anslagsvakt-kafka-authority"}
    assert {name: secrets_of(pod) - common for name, pod in PODS.items()} == {
        "screen": {"anslagsvakt-kafka-screen", "anslagsvakt-token-key"},
        "archive": {"anslagsvakt-kafka-archive", "anslagsvakt-token-key", "anslagsvakt-store-key"},
        "takedown": {"anslagsvakt-kafka-takedown", "anslagsvakt-platforms"},
        "topics": {"anslagsvakt-kafka-operator"},
        "verify": {"anslagsvakt-store-key"},
    }
    assert set().union(*map(secrets_of, PODS.values())) == SECRETS
    assert kind("Secret") == {}


def test_the_page_says_what_must_be_there_first() -> None:
    page = (FOLDER.parents[1] / "docs/kubernetes.md").read_text(encoding="utf-8")
    assert {name for name in SECRETS if name not in page} == set()
    assert {user(role) for role in (*Process, OPERATOR) if user(role) not in page} == set()


def test_every_process_has_a_budget_that_lets_a_machine_be_emptied() -> None:
    budgets = kind("PodDisruptionBudget")
    assert set(budgets) == {*Process}
    for name, budget in budgets.items():
        assert budget["spec"]["maxUnavailable"] == 1
        assert budget["spec"]["selector"] == WORKLOADS[name]["spec"]["selector"]
        labels = WORKLOADS[name]["spec"]["template"]["metadata"]["labels"]
        assert budget["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_screening_scales_on_its_lag_as_far_as_there_are_partitions() -> None:
    [scaled] = kind("ScaledObject").values()
    assert scaled["spec"]["scaleTargetRef"] == {"name": "screen"}
    assert 1 <= scaled["spec"]["minReplicaCount"] <= scaled["spec"]["maxReplicaCount"] == PARTITIONS
    [trigger] = scaled["spec"]["triggers"]
    assert trigger["metadata"]["consumerGroup"] == SCREEN_GROUP
    assert trigger["metadata"]["topic"] == RAW
    assert trigger["metadata"]["bootstrapServers"] == SETTINGS["ANSLAGSVAKT_BOOTSTRAP_SERVERS"]
    [login] = kind("TriggerAuthentication").values()
    assert trigger["authenticationRef"]["name"] == login["metadata"]["name"]
    assert {each["name"] for each in login["spec"]["secretTargetRef"]} <= SECRETS
    assert "replicas" not in WORKLOADS["screen"]["spec"], "or applying it anew would undo the scaling"


def test_the_store_is_verified_every_day_where_its_volume_is() -> None:
    """Beside archive, on the volume that its claim template makes, and with no way to anything else."""
    spec = WORKLOADS["verify"]["spec"]
    minute, hour, *days = spec["schedule"].split()
    assert (minute.isdecimal(), hour.isdecimal(), days) == (True, True, ["*", "*", "*"])
    [beside] = PODS["verify"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert beside["topologyKey"] == "kubernetes.io/hostname"
    assert beside["labelSelector"]["matchLabels"].items() <= TEMPLATES["archive"]["metadata"]["labels"].items()
    [volume] = [each for each in PODS["verify"]["volumes"] if each["name"] == "data"]
    [template] = WORKLOADS["archive"]["spec"]["volumeClaimTemplates"]
    assert volume["persistentVolumeClaim"]["claimName"] == f"{template['metadata']['name']}-archive-0"
    labels = TEMPLATES["verify"]["metadata"]["labels"].items()
    chosen = [policy["spec"]["podSelector"].get("matchLabels", {}).items() for policy in kind("NetworkPolicy").values()]
    assert [each for each in chosen if each and each <= labels] == []


@pytest.mark.parametrize("name", ["archive", "takedown"])
def test_what_keeps_a_file_runs_once(name: str) -> None:
    assert WORKLOADS[name]["kind"] == "StatefulSet"
    assert WORKLOADS[name]["spec"]["replicas"] == 1


def test_only_takedown_and_archive_reach_the_world() -> None:
    policies = kind("NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    open_to_world = {
        name: policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for name, policy in policies.items()
        if "ipBlock" in json.dumps(policy)
    }
    assert open_to_world == {"takedown-to-platforms": "takedown", "archive-to-media": "archive"}
