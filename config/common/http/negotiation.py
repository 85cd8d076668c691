"""Which representation a caller gets: `?format=` first, else `Accept`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.http import HttpRequest
from django.http.request import MediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from config.common.problems import NotAcceptable
from config.common.texts import gettext as _


class FormatOrAccept(DefaultContentNegotiation):
    """`?format=` decides alone; else the media ranges of `Accept` with their weights, ties in the order of the header,
    then of the view.

    A range's parameters count for nothing, but its weight: what is answered has no versions to choose among, and
    whoever asks for `application/json; charset=utf-8` is well served with JSON.

    DRF's own negotiation answers an unknown format with a 404, refuses `?format=csv` to a client that always sends
    `Accept: application/json`, and ignores the weights.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = _choice(request, list(renderers))
        return renderer, str(renderer.media_type)


class FormatOnly(FormatOrAccept):
    """For what is to be had in one representation alone, whatever a caller says that it would rather have."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        renderer = _by_format(request, renderers) or renderers[0]
        return renderer, str(renderer.media_type)


def prefers_page(request: HttpRequest) -> bool:
    """Whether the caller wants a page rather than JSON, where there are both: a browser does."""
    wanted = request.GET.get("format")
    return wanted == "html" if wanted else _preferred(request, ["application/json", "text/html"]) == "text/html"


def would_be_page(request: Request, renderers: Sequence[BaseRenderer]) -> bool:
    """Whether the answer among `renderers`, the first of which is the default, is a page for people."""
    try:
        return _choice(request, renderers).format == "html"
    except NotAcceptable:
        return False


def _choice(request: Request, renderers: Sequence[BaseRenderer]) -> BaseRenderer:
    renderer = _by_format(request, renderers) or _by_accept(request, renderers)
    if renderer is None:
        raise NotAcceptable(
            _("This is to be had as %(types)s.") % {"types": ", ".join(str(r.media_type) for r in renderers)}
        )
    return renderer


def _by_format(request: Request, renderers: Sequence[BaseRenderer]) -> BaseRenderer | None:
    wanted = request.query_params.get("format")
    if wanted is None:
        return None
    for renderer in renderers:
        if renderer.format == wanted:
            return renderer
    raise NotAcceptable(
        _("Choose a format among %(formats)s.") % {"formats": ", ".join(str(r.format) for r in renderers)}
    )


def _by_accept(request: Request, renderers: Sequence[BaseRenderer]) -> BaseRenderer | None:
    if not request.META.get("HTTP_ACCEPT", "").strip():
        return renderers[0]
    by_type = {str(renderer.media_type): renderer for renderer in renderers}
    preferred = _preferred(request._request, list(by_type))
    return by_type.get(preferred) if preferred else None


class _Range(NamedTuple):
    """A media range of `Accept`, in the order in which two that match are preferred."""

    quality: float
    # 0 for `*/*`, 1 for `text/*`, 2 for `text/csv`.
    specificity: int
    # Zero or below: the further down the header, the less.
    place: int
    main: str
    sub: str

    def holds(self, media_type: str) -> bool:
        main, _, sub = media_type.partition("/")
        return self.main in ("*", main) and self.sub in ("*", sub)


def _preferred(request: HttpRequest, media_types: Sequence[str]) -> str | None:
    """Lets the ranges that name a type most closely decide (RFC 9110, 12.5.1): `text/csv;q=0, */*` excludes CSV."""
    ranges = list(_ranges(request.META.get("HTTP_ACCEPT", "")))
    best: tuple[_Range, str] | None = None
    for media_type in media_types:
        found = [one for one in ranges if one.holds(media_type)]
        closest = max(found, key=lambda one: (one.specificity, one), default=None)
        if closest and closest.quality > 0 and (best is None or closest > best[0]):
            best = (closest, media_type)
    return best[1] if best else None


def _ranges(header: str) -> Iterator[_Range]:
    for place, text in enumerate(header.split(",")):
        try:
            one = MediaType(text)
        except ValueError:  # too long, or with parameters that are none
            continue
        # A weight that is none counts as 1, also `nan`, which is no less than 0 and no more than 1 to Django.
        quality = one.quality if 0 <= one.quality <= 1 else 1
        if one.main_type and one.sub_type:
            specificity = (one.main_type != "*") + (one.sub_type != "*")
            yield _Range(quality, specificity, -place, one.main_type, one.sub_type)
