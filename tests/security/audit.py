"""`python -m tests.security.audit`: looks for known vulnerabilities of what `requirements/development.txt` pins.

pip-audit finds "no known vulnerabilities" also where its database cannot be reached, or is a mirror without one: it
only leaves out what it could not look up. So one old release that is known to be vulnerable is looked up first. Where
nothing is known of that one, nothing is known of the others, and that is said instead of a verdict.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
# It holds whatever the others hold, in the same releases.
LOCKED = ("development",)
# CVE-2021-35042 and more.
KNOWN_TO_BE_VULNERABLE = "django==3.2.0\n"
SERVICES = ("pypi", "osv")
SECONDS = 20


def audit(requirements: Path, service: str, seconds: int) -> dict[str, list[dict[str, Any]]] | None:
    """What the database says: the `found` packages with vulnerabilities and those that it does not know, `skipped`.

    None when it gave no answer in time, or none that can be read.
    """
    command = [sys.executable, "-m", "pip_audit", "-r", str(requirements), "--no-deps", "--disable-pip", "-s", service]
    command += ["-f", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return {
        "found": [one for one in packages if one.get("vulns")],
        "skipped": [one for one in packages if "skip_reason" in one],
    }


def reachable() -> str | None:
    """The first service that knows what everybody knows."""
    with TemporaryDirectory() as folder:
        control = Path(folder) / "control.txt"
        control.write_text(KNOWN_TO_BE_VULNERABLE)
        for service in SERVICES:
            said = audit(control, service, SECONDS)
            if said and said["found"]:
                return service
    return None


def main() -> int:
    """1 when something that is installed is known to be vulnerable, or a package got no answer."""
    service = reachable()
    if service is None:
        sys.stdout.write(
            "NOT AUDITED: no database of vulnerabilities can be reached from here (asked pypi and osv for a release "
            "that is known to be vulnerable). Nothing is said about the locked packages.\n"
        )
        return 0
    bad = False
    for name in LOCKED:
        said = audit(ROOT / "requirements" / f"{name}.txt", service, 3 * SECONDS)
        if said is None:
            sys.stderr.write(f"requirements/{name}.txt: {service} gave no answer.\n")
            bad = True
            continue
        for one in said["found"]:
            ids = ", ".join(vulnerability["id"] for vulnerability in one["vulns"])
            sys.stderr.write(f"requirements/{name}.txt: {one['name']} {one['version']}: {ids}\n")
        for one in said["skipped"]:
            sys.stderr.write(f"requirements/{name}.txt: {one['name']}: {one['skip_reason']}\n")
        bad = bad or bool(said["found"] or said["skipped"])
    if not bad:
        sys.stdout.write(f"No locked package is known to be vulnerable ({service}).\n")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
