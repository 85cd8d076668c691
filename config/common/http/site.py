"""What is open to everybody: the home page, the OpenAPI document and its two readers."""

from functools import cache
from typing import Any

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer, StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.common.http.viewsets import ApiViewSet

# What the readers of the document need beyond the policy of all pages.
_PICTURES_IN_ADDRESSES = "data:"
_MADE_IN_THE_PAGE = "blob:"


class PublicViewSet(ApiViewSet):
    """Needs no credentials."""

    permission_classes = ()
    cacheable = True


class HomeViewSet(PublicViewSet):
    """What this is and where to go."""

    renderers = {"list": (StaticHTMLRenderer, JSONRenderer)}

    @extend_schema(exclude=True)
    def list(self, request: Request) -> HttpResponseBase:
        self.query()
        if self.format == "json":
            return Response({"data": {"name": "Demanda", "links": settings.HOME_LINKS}})
        return render(request._request, "home.html", {"links": settings.HOME_LINKS})


class SchemaViewSet(PublicViewSet):
    """The OpenAPI 3.1 document, as JSON or YAML."""

    renderers = {"list": (OpenApiJsonRenderer2, OpenApiYamlRenderer, OpenApiJsonRenderer)}

    @extend_schema(exclude=True)
    def list(self, request: Request) -> Response:
        self.query()
        return Response(openapi_document())


@cache
def openapi_document() -> dict[str, Any]:
    """The document; it depends on nothing but the code, so a process makes it once."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]  # untyped there
    # Its texts stay English; whoever asks first may read another language.
    with override(settings.LANGUAGE_CODE):
        document: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # same
    return document


class SwaggerViewSet(PublicViewSet):
    """The OpenAPI document in Swagger UI."""

    renderers = {"list": (StaticHTMLRenderer,)}

    @extend_schema(exclude=True)
    # The arrows of its lists of choices stand in its style sheet.
    @method_decorator(csp_update({"img-src": [_PICTURES_IN_ADDRESSES]}))
    def list(self, request: Request) -> HttpResponse:
        self.query()
        return render(request._request, "swagger.html")


class RedocViewSet(PublicViewSet):
    """The OpenAPI document in ReDoc."""

    renderers = {"list": (StaticHTMLRenderer,)}

    @extend_schema(exclude=True)
    # Its pictures are in its script; its search runs in a worker that it makes of a text. Its styles have the nonce of
    # the page, see `assets/site/redoc.js`.
    @method_decorator(csp_update({"img-src": [_PICTURES_IN_ADDRESSES]}))
    @method_decorator(csp_replace({"worker-src": [_MADE_IN_THE_PAGE]}))
    def list(self, request: Request) -> HttpResponse:
        self.query()
        return render(request._request, "redoc.html")
