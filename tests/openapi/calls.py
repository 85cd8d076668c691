"""Every request that the OpenAPI document invites a client to make, told from the document alone.

For each operation: with what is required and nothing else; with the whole example of each type of body; with the
defaults of its parameters said aloud; and once with each value that a parameter or a member of a body may choose from.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from config.common.http.site import openapi_document
from tests.openapi.samples import BESIDE, BODIES, REQUIRED

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Call:
    """One request: its operation and what is special about it, and what is sent.

    `given` are the parameters by where they stand (`query`, `header`), those of the path and ids of objects left out;
    `kind` is the type of the body, if there is one.
    """

    method: str
    path: str
    operation: dict[str, Any]
    about: str
    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    kind: str | None = None
    body: Any = None

    @property
    def name(self) -> str:
        """The name of the operation, as generated clients call it."""
        return str(self.operation["operationId"])

    @property
    def parameters(self) -> dict[str, str]:
        """Where each parameter of the operation stands."""
        return {one["name"]: one["in"] for one in self.operation.get("parameters", ())}


def calls() -> Iterator[Call]:
    """All of them, in the order of the document."""
    for path, methods in openapi_document()["paths"].items():
        for method, operation in methods.items():
            yield from _calls_of(method.upper(), path, operation)


def _calls_of(method: str, path: str, operation: dict[str, Any]) -> Iterator[Call]:
    required = _given(operation, lambda one: REQUIRED.get(one["name"]) if one.get("required") else None)
    required = _merged(required, BESIDE.get(operation["operationId"], {}))
    kinds = operation.get("requestBody", {}).get("content", {})
    first, whole = None, None
    for kind, content in kinds.items():
        schema = resolved(content["schema"])
        whole = _sample(operation["operationId"], kind, content)
        least = _least(schema, whole)
        first = first or (kind, least)
        yield Call(method, path, operation, f"least {kind}", required, kind, least)
        yield Call(method, path, operation, f"whole {kind}", required, kind, whole)
        for place, value in _choices(schema):
            yield Call(method, path, operation, f"{kind} {place} {value}", required, kind, _set(whole, place, value))
    kind, body = first or (None, None)
    if not kinds:
        yield Call(method, path, operation, "least", required)
    if defaults := _given(operation, lambda one: one["schema"].get("default")):
        yield Call(method, path, operation, "defaults", _merged(required, defaults), kind, body)
    for one in operation.get("parameters", ()):
        for value in _values(one["schema"]):
            chosen = _merged(required, _grouping(operation, one, value), {one["in"]: {one["name"]: value}})
            yield Call(method, path, operation, f"{one['name']}={value}", chosen, kind, body)


def _given(operation: dict[str, Any], value_of: Any) -> dict[str, dict[str, Any]]:
    given: dict[str, dict[str, Any]] = {}
    for one in operation.get("parameters", ()):
        if (value := value_of(one)) is not None:
            given.setdefault(one["in"], {})[one["name"]] = value
    return given


def _merged(*several: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    places = {place for given in several for place in given}
    return {
        place: {name: value for given in several for name, value in given.get(place, {}).items()} for place in places
    }


def _grouping(operation: dict[str, Any], parameter: dict[str, Any], value: Any) -> dict[str, dict[str, Any]]:
    """Rows can be ordered by a key that they are grouped by, of either end of a flow."""
    groupings = [one["schema"] for one in operation["parameters"] if one["name"] == "group_by"]
    if parameter["name"] != "ordering" or not groupings:
        return {}
    key = value[0].removeprefix("-").removeprefix("from_").removeprefix("to_")
    return {"query": {"group_by": [key]}} if [key] in _values(groupings[0]) else {}


def _values(schema: dict[str, Any]) -> list[Any]:
    """Each value to choose from; of a list, each alone in one."""
    if items := schema.get("items"):
        return [[value] for value in _values(items)]
    return list(resolved(schema).get("enum", ()))


def _sample(operation: str, kind: str, content: dict[str, Any]) -> Any:
    for example in content.get("examples", {}).values():
        return example["value"]
    return BODIES[operation, kind]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The component that a schema refers to, or itself."""
    reference = schema.get("$ref")
    return openapi_document()["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def _least(schema: dict[str, Any], sample: Any) -> Any:
    """The sample without what may be left out; all of it where that is everything."""
    schema = resolved(schema)
    if schema.get("type") == "array":
        return [_least(schema["items"], one) for one in sample]
    if schema.get("type") != "object":
        return sample
    needed = {
        name: _least(schema["properties"][name], sample[name]) for name in schema.get("required", ()) if name in sample
    }
    return needed or sample


def _choices(schema: dict[str, Any], place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Each value that some member of a body may choose from, and where it stands."""
    schema = resolved(schema)
    for value in schema.get("enum", ()):
        yield place, value
    for several in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(several, ()):
            yield from _choices(one, place)
    for name, one in schema.get("properties", {}).items():
        yield from _choices(one, (*place, name))
    if "items" in schema:
        yield from _choices(schema["items"], (*place, 0))


def _set(sample: Any, place: Place, value: Any) -> Any:
    """A copy of the sample with another value at that place."""
    changed = inner = deepcopy(sample)
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return changed
