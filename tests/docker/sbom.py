"""The bill of materials of the image's Python packages, in CycloneDX: `python -m tests.docker.sbom FILE`, `make sbom`.

It is read off an environment with the production requirements alone, so it names licences too, and it is the same each
time. Of the system's packages the image's builder tells: docs/operations.md.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.docker.image import make_environment
from tests.server import ROOT


def write(file: Path, python: Path, variables: Mapping[str, str]) -> None:
    """Writes to `file` what `python` has. Raises `CalledProcessError` where it is not as the specification says."""
    # Its library warns that nothing says which packages are asked for directly.
    program = [sys.executable, "-W", "ignore::UserWarning", "-m", "cyclonedx_py", "environment"]
    options = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--output-file", str(file)]
    subprocess.run([*program, *options, python], env=variables, check=True)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="demanda-sbom-", dir="/var/tmp") as name:
        folder = Path(name)
        environment = make_environment(folder / "python", folder / "venv")
        write(Path(sys.argv[1]), folder / "venv" / "bin" / "python", environment)
    print(f"What the image has of Python packages: {sys.argv[1]}")  # noqa: T201
