"""What is wrong with the overlays of docker/kubernetes, as `make check-kubernetes` tells it."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

from tests.server import ROOT

FOLDER = ROOT / "docker" / "kubernetes"
OVERLAYS = sorted(path.parent for path in FOLDER.glob("overlays/*/kustomization.yaml"))
# Those of the Prometheus operator, which brings their schemas to a cluster and to nobody else.
UNKNOWN = {("monitoring.coreos.com/v1", "ServiceMonitor"), ("monitoring.coreos.com/v1", "PodMonitor")}


def rendered(overlay: Path) -> list[dict[str, Any]]:
    """The objects of an overlay. Raises `CalledProcessError`; what is not found stands on standard error."""
    kubectl = Path(sys.executable).with_name("kubectl")
    done = subprocess.run([kubectl, "kustomize", overlay], stdout=subprocess.PIPE, text=True, check=True)
    return list(yaml.safe_load_all(done.stdout))


def complaints(objects: list[dict[str, Any]]) -> Iterator[str]:
    """What the schemas of Kubernetes say of each: fields that it does not know are mistakes, as unknown kinds are."""
    for each in objects:
        name = f"{each['kind']} {each['metadata']['name']}"
        try:
            kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{name}: {'.'.join(map(str, error.path))}: {error.message}"
        except kubernetes_validate.SchemaNotFoundError as error:
            if (each["apiVersion"], each["kind"]) not in UNKNOWN:
                yield f"{name}: {error.message}"


def programs(objects: list[dict[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The specification of the pod of each program, by its name."""
    kinds = {"Deployment", "Job"}
    return {each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in objects if each["kind"] in kinds}


def main() -> int:
    """The exit code: 1 where something is wrong."""
    wrong = [f"{overlay.name}: {text}" for overlay in OVERLAYS for text in complaints(rendered(overlay))]
    print("\n".join(wrong) or f"{len(OVERLAYS)} overlays are as Kubernetes takes them.")  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
