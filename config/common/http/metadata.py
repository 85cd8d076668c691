"""What OPTIONS says of a URL, without a query and without asking who is there."""

from typing import TYPE_CHECKING, Any, cast

from rest_framework.fields import Field
from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, ListSerializer, ManyRelatedField

if TYPE_CHECKING:
    from rest_framework.views import APIView

    from config.common.http.viewsets import ApiViewSet

# What DRF says of a field that OPTIONS passes on.
_FACTS = ("label", "help_text", "min_length", "max_length", "min_value", "max_value")


class StaticMetadata(SimpleMetadata):
    """Name, description, methods, what the URL reads and writes, and the fields of its body.

    DRF's own metadata asks for permissions and queries the database; this one reads only the classes.
    """

    def determine_metadata(self, request: Request, view: "APIView") -> dict[str, Any]:
        actions = cast("ApiViewSet", view).url_actions()
        bodies = [body for action, body in cast("ApiViewSet", view).bodies.items() if action in actions]
        return {
            "data": {
                "name": view.get_view_name(),
                "description": view.get_view_description(),
                "methods": view.allowed_methods,
                "parses": [parser.media_type for parser in view.parser_classes] if bodies else [],
                "renders": _media_types(cast("ApiViewSet", view), actions),
                "fields": {name: facts for body in bodies for name, facts in describe(body()).items()},
            }
        }


def _media_types(view: "ApiViewSet", actions: list[str]) -> list[str]:
    """Each representation of the URL once, in the order of its actions."""
    renderers = [renderer for action in actions for renderer in view.renderers.get(action, view.renderer_classes)]
    return list(dict.fromkeys(str(renderer.media_type) for renderer in renderers))


def describe(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """Each field of `serializer` as `{"type", "required", "read_only", …}`."""
    inner = serializer.child if isinstance(serializer, ListSerializer) else serializer
    return {name: _field(field) for name, field in getattr(inner, "fields", {}).items()}


def _field(field: Field[Any, Any, Any, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "type": cast("Any", SimpleMetadata.label_lookup)[field],
        "required": field.required,
        "read_only": field.read_only,
    }
    facts |= {fact: value for fact in _FACTS if (value := getattr(field, fact, None)) not in (None, "")}
    if (choices := getattr(field, "choices", None)) and not isinstance(field, ManyRelatedField):
        facts["choices"] = list(choices)
    child = getattr(field, "child", None)
    if isinstance(child, BaseSerializer):
        facts["fields"] = describe(child)
    elif child is not None:
        facts["child"] = _field(child)
    return facts
