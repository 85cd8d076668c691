"""The files of docker/ are what their programs take, as those programs' own checkers say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT

DOCKER = ROOT / "docker"
# Both come from packages, so they are where Python is.
TOOLS = Path(sys.executable).parent
SPECIFICATION = ("--builtin-schema", "vendor.compose-spec")


def complaints(tool: str, *arguments: object) -> str:
    """What the program says of a file with mistakes; nothing of one without."""
    done = subprocess.run([TOOLS / tool, *map(str, arguments)], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr) if done.returncode else ""


def test_the_dockerfiles_have_no_findings(tmp_path: Path) -> None:
    assert [complaints("hadolint", path) for path in sorted(DOCKER.rglob("Dockerfile"))] == ["", ""]
    worse = tmp_path / "Dockerfile"
    worse.write_text((DOCKER / "Dockerfile").read_text() + "USER root\nRUN cd /tmp && pip install django\n")
    assert "DL3042" in complaints("hadolint", worse)


@pytest.mark.parametrize("path", sorted(DOCKER.glob("compose*.yml")), ids=lambda path: path.name)
def test_compose_files_keep_to_their_specification(path: Path, tmp_path: Path) -> None:
    assert complaints("check-jsonschema", *SPECIFICATION, path) == ""
    worse = tmp_path / "compose.yml"
    worse.write_text(path.read_text().replace("restart: unless-stopped", "restarts: unless-stopped"))
    assert "restarts" in complaints("check-jsonschema", *SPECIFICATION, worse)


def test_dashboards_are_json_that_grafana_finds_by_a_name_of_their_own() -> None:
    boards = [json.loads(path.read_text()) for path in sorted((DOCKER / "grafana").rglob("*.json"))]
    assert boards
    assert len({board["uid"] for board in boards}) == len(boards)
    panels = [panel for board in boards for panel in board["panels"]]
    assert [panel["title"] for panel in panels if panel["type"] != "row" and not panel["targets"]] == []
