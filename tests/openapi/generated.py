"""A Python client, made from the OpenAPI document as anybody would make one."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from config.common.http.site import openapi_document
from tests.server import Server

PACKAGE = "demanda_client"


def generate(folder: Path) -> str:
    """Writes the client into `folder` and makes it importable; what the generator said of it."""
    document = folder / "schema.json"
    document.write_text(json.dumps(openapi_document()))
    command = [str(Path(sys.executable).parent / "openapi-python-client"), "generate", "--meta", "none"]
    command += ["--path", str(document), "--output-path", str(folder / PACKAGE)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    sys.path.insert(0, str(folder))
    return said.stdout + said.stderr


class Generated:
    """The generated functions by the names of their operations, and the generated models by theirs."""

    def __init__(self, server: Server, token: str) -> None:
        self.models: ModuleType = import_module(f"{PACKAGE}.models")
        self.types: ModuleType = import_module(f"{PACKAGE}.types")
        client = import_module(f"{PACKAGE}.client")
        self.client = client.AuthenticatedClient(
            base_url=server.url,
            token=token,
            prefix="Token",
            raise_on_unexpected_status=True,
            httpx_args={"trust_env": False},
        )

    def call(self, operation: str, *path: int, **given: Any) -> Any:
        """What `operation`, say `airports.airport_list`, returns: an object of a model, or None."""
        return import_module(f"{PACKAGE}.api.{operation}").sync_detailed(*path, client=self.client, **given).parsed
