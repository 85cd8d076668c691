"""A Python client, made from the OpenAPI document as anybody would make one."""

import gzip
import json
import re
import subprocess
import sys
from enum import Enum
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

import httpx

from config.common.http.site import openapi_document
from tests.openapi.answers import Answer
from tests.openapi.calls import Call
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


def left_out(said: str) -> list[tuple[str, str]]:
    """Operation (`POST /imports`) and type of each body that the generator says it has no code for."""
    return re.findall(r"WARNING parsing (.*) within .*\.\n\nUnsupported content type (.*)\n", said)


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
            httpx_args={"transport": _Compressing(trust_env=False)},
        )

    def call(self, operation: str, *path: int, **given: Any) -> Any:
        """What `operation`, say `airports.airport_list`, returns: an object of a model, or None."""
        return import_module(f"{PACKAGE}.api.{operation}").sync_detailed(*path, client=self.client, **given).parsed

    def ask(self, call: Call) -> Answer:
        """The answer to a call, parsed where it is of the one type that the generated parser of a status knows."""
        package = call.operation["tags"][0].replace(" ", "_")
        module = import_module(f"{PACKAGE}.api.{package}.{call.name}")
        hints = {name.rstrip("_"): (name, hint) for name, hint in get_type_hints(module._get_kwargs).items()}
        given: dict[str, Any] = {} if call.kind is None else {"body": self._body(hints["body"][1], call.body)}
        for name, value in (pair for values in call.given.values() for pair in values.items()):
            known, hint = hints[name.lower().replace("-", "_")]
            given[known] = _typed(hint, value)
        response = self.client.get_httpx_client().request(**module._get_kwargs(**given))
        answer = Answer.of(call, response.status_code, response.headers.get("Content-Type", ""), response.text)
        if answer.kind in answer.documented[:1]:
            assert module._build_response(client=self.client, response=response).parsed is not None, call
        return answer

    def _body(self, hint: Any, sample: Any) -> Any:
        kinds = [kind for kind in get_args(hint) or (hint,) if hasattr(kind, "from_dict")]
        if "file" in sample:
            sample = {"file": self.types.File(BytesIO(sample["file"].encode()), "airports.csv", "text/csv")}
            return kinds[0](**sample)
        return kinds[0].from_dict(sample)


class _Compressing(httpx.HTTPTransport):
    """Sends a body as its head announces it, which no generated client does by itself."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("Content-Encoding") == "gzip":
            packed = gzip.compress(request.read())
            headers = [pair for pair in request.headers.raw if pair[0].lower() != b"content-length"]
            request = httpx.Request(request.method, request.url, headers=headers, content=packed)
        return super().handle_request(request)


def _typed(hint: Any, value: Any) -> Any:
    """The value as the generated function wants it: a choice as a member of its enumeration."""
    for kind in get_args(hint) or (hint,):
        if get_origin(kind) is list:
            return [_typed(get_args(kind)[0], one) for one in value]
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(value)
    return value
