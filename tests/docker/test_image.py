"""What the image holds: the files that the build copies, and the packages of its bill of materials."""

import json
import re
from pathlib import Path

import pytest

from tests.docker.image import Image, files_of_the_image, ignore_rules, ignored, production_packages
from tests.docker.sbom import write
from tests.docker.test_compose import DOCKERFILE
from tests.server import ROOT

# Where the image's files are, and what kinds there are of them.
PLACES = {
    "airports", "analytics", "assets", "config", "docker/bin", "docker/front", "imports", "locale", "manage.py",
    "requirements/production.txt", "templates",
}  # fmt: skip
KINDS = {
    "", ".conf", ".css", ".html", ".js", ".json", ".mo", ".po", ".py", ".sql", ".svg", ".template", ".txt",
}  # fmt: skip


def test_the_image_holds_these_files_and_no_others() -> None:
    files = [Path(file) for file in files_of_the_image()]
    places = {place for place in PLACES if any(file.is_relative_to(place) for file in files)}
    assert places == PLACES
    assert [file for file in files if not any(file.is_relative_to(place) for place in PLACES)] == []
    assert {file.suffix for file in files} == KINDS
    # Into the first stage goes all of it, into the image what that stage has made.
    assert re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE) == [
        "requirements/production.txt /tmp/requirements.txt",
        ". .",
        "--from=build /opt/venv /opt/venv",
        "--from=build /app /app",
    ]


@pytest.mark.parametrize(
    "file",
    [
        # What git does not know lies in the folder of the build all the same.
        "docker/secrets/secret_key", "docker/backups/x.dump", "docker/.env", ".env", ".git/config", ".venv/bin/x",
        ".data/postgres/base", "static/site.css", "config/.env", "config/common/.secret", "config/__pycache__/env.pyc",
        "imports/services/__pycache__/x.cpython-311.pyc", "residents.ndjson", "dump.sql", "id_rsa", "tests/x.py",
        "docs/kafka.md", "docker/compose.yml", "docker/kubernetes/deploy", "requirements/development.txt",
    ],
)  # fmt: skip
def test_what_lies_around_stays_outside(file: str) -> None:
    assert ignored(file, ignore_rules())


def test_a_forgotten_rule_would_be_seen() -> None:
    assert not ignored("config/.env", [rule for rule in ignore_rules() if rule != "**/.*"])
    assert not ignored("residents.ndjson", [rule for rule in ignore_rules() if rule != "*"])


def test_the_bill_of_materials_names_every_package_of_the_image_with_its_licence(image: Image, tmp_path: Path) -> None:
    write(tmp_path / "sbom.json", image.app.parent / "venv" / "bin" / "python", image.environment)
    bill = json.loads((tmp_path / "sbom.json").read_text())
    listed = {(each["name"].lower(), each["version"]) for each in bill["components"]}
    assert listed == {(each.name.lower(), each.version) for each in production_packages()}
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "demanda")
    # These say it in a file alone.
    silent = {"django-silk", "python-crontab", "uritemplate"}
    assert {each["name"] for each in bill["components"] if not each.get("licenses")} == silent
    assert str(ROOT) not in json.dumps(bill)
