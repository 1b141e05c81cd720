"""What operators copy is true: paths, ports, variables and metrics of the manifests are those of the service."""

import json
import re
from typing import Any

import pytest
import yaml
from flask import Flask

from service.settings import VARIABLES, Settings, read
from tests.serving import ROOT

DEPLOY = ROOT / "deploy"
KUBERNETES = {
    file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
}
POD: dict[str, Any] = KUBERNETES["deployment"]["spec"]["template"]["spec"]
CONTAINER: dict[str, Any] = POD["containers"][0]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def _seconds(found: Settings) -> int:
    return found.drain_seconds + found.grace_seconds


def test_every_manifest_is_applied() -> None:
    listed = KUBERNETES["kustomization"]["resources"]

    assert sorted(listed) == sorted(f"{name}.yaml" for name in KUBERNETES if name != "kustomization")
    assert {found["metadata"]["name"] for name, found in KUBERNETES.items() if name != "kustomization"} == {"afterword"}


def test_manifests_choose_the_pods_there_are() -> None:
    labels = KUBERNETES["deployment"]["spec"]["template"]["metadata"]["labels"]

    assert KUBERNETES["deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert KUBERNETES["service"]["spec"]["selector"] == labels
    assert KUBERNETES["disruption"]["spec"]["selector"]["matchLabels"] == labels
    assert KUBERNETES["network"]["spec"]["podSelector"]["matchLabels"] == labels
    assert KUBERNETES["autoscaler"]["spec"]["scaleTargetRef"]["name"] == KUBERNETES["deployment"]["metadata"]["name"]


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_probes_ask_what_there_is(app: Flask, probe: str) -> None:
    asked = CONTAINER[probe]["httpGet"]

    assert asked["path"] == ("/health" if probe == "livenessProbe" else "/ready")
    assert app.test_client().get(asked["path"]).status_code == 200
    assert asked["port"] == CONTAINER["ports"][0]["name"]


def test_ports_are_the_images() -> None:
    port = CONTAINER["ports"][0]["containerPort"]

    assert f"PORT={port}" in DOCKERFILE
    assert f"EXPOSE {port}" in DOCKERFILE
    assert KUBERNETES["network"]["spec"]["ingress"][0]["ports"][0]["port"] == port
    assert f"server afterword:{port} " in (DEPLOY / "nginx.conf").read_text("utf-8")


def test_variables_are_settings_and_can_be_read() -> None:
    for given in (
        {entry["name"]: entry["value"] for entry in CONTAINER["env"]},
        COMPOSE["services"]["afterword"]["environment"],
    ):
        assert given.keys() <= {variable.name for variable in VARIABLES}
        assert read(given).proxies == 1
    commented = re.findall(r"# - \{name: (\w+),", (DEPLOY / "kubernetes" / "deployment.yaml").read_text("utf-8"))
    assert set(commented) <= {variable.name for variable in VARIABLES} | {"keys"}


def test_there_is_time_to_stop() -> None:
    pod = read({entry["name"]: entry["value"] for entry in CONTAINER["env"]})
    composed = read(COMPOSE["services"]["afterword"]["environment"])

    assert POD["terminationGracePeriodSeconds"] > _seconds(pod)
    assert int(COMPOSE["services"]["afterword"]["stop_grace_period"].removesuffix("s")) > _seconds(composed)
    probe = CONTAINER["readinessProbe"]
    assert pod.drain_seconds > probe["periodSeconds"] * probe["failureThreshold"]
    timeout = re.search(r"proxy_read_timeout (\d+)s", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert timeout
    assert int(timeout[1]) > Settings().budget_seconds


def test_nothing_is_allowed_that_is_not_needed() -> None:
    inside, composed = CONTAINER["securityContext"], COMPOSE["services"]["afterword"]

    assert inside["readOnlyRootFilesystem"]
    assert composed["read_only"]
    assert inside["allowPrivilegeEscalation"] is False
    assert inside["capabilities"]["drop"] == composed["cap_drop"] == ["ALL"]
    assert POD["securityContext"]["runAsNonRoot"]
    assert f"USER {POD['securityContext']['runAsUser']}:{POD['securityContext']['runAsGroup']}" in DOCKERFILE
    assert [mount["mountPath"] for mount in CONTAINER["volumeMounts"]] == ["/tmp"]  # noqa: S108
    assert composed["tmpfs"] == ["/tmp"]  # noqa: S108
    assert POD["automountServiceAccountToken"] is False
    assert composed["deploy"]["replicas"] == 2


def test_the_image_is_pinned_and_checks_itself() -> None:
    assert re.search(r"^ARG BASE=python:3\.\d+-slim$", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    assert "STOPSIGNAL SIGTERM" in DOCKERFILE
    assert 'CMD ["python", "-m", "service.probe"]' in DOCKERFILE


def _metrics(app: Flask) -> set[str]:
    page = app.test_client().get("/metrics").text
    families = re.findall(r"^# TYPE (\S+) (\w+)$", page, re.MULTILINE)
    parts = {"histogram": ("", "_bucket", "_sum")}
    return {name + part for name, kind in families for part in parts.get(kind, ("",))}


def test_dashboard_and_alerts_speak_of_metrics_there_are(app: Flask) -> None:
    board = json.loads((DEPLOY / "grafana" / "afterword.json").read_text("utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    alerts = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
    expressions += [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    named = set(re.findall(r"\bafterword_\w+", " ".join(expressions)))

    assert len(named) >= 12
    assert named <= _metrics(app)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
