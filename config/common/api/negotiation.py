"""Which representation a caller gets: `?format=` first, else `Accept`."""

from collections.abc import Iterable, Sequence

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from config.common.problems import NotAcceptable


class FormatOrAccept(DefaultContentNegotiation):
    """`?format=` decides alone; else the media ranges of `Accept` with their weights, ties in the order of the header,
    then of the view.

    DRF's own negotiation answers an unknown format with a 404, refuses `?format=csv` to a client that always sends
    `Accept: application/json`, and ignores the weights.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        renderer = _by_format(request, renderers) or _by_accept(request, renderers)
        if renderer is None:
            raise NotAcceptable(f"This is to be had as {', '.join(str(r.media_type) for r in renderers)}.")
        return renderer, str(renderer.media_type)


def _by_format(request: Request, renderers: Sequence[BaseRenderer]) -> BaseRenderer | None:
    wanted = request.query_params.get("format")
    if wanted is None:
        return None
    for renderer in renderers:
        if renderer.format == wanted:
            return renderer
    raise NotAcceptable(f"Choose a format among {', '.join(str(r.format) for r in renderers)}.")


def _by_accept(request: Request, renderers: Sequence[BaseRenderer]) -> BaseRenderer | None:
    if not request.META.get("HTTP_ACCEPT", "").strip():
        return renderers[0]
    by_type = {str(renderer.media_type): renderer for renderer in renderers}
    try:
        preferred = request._request.get_preferred_type(list(by_type))
    except ValueError:  # a header that is too long, or with parameters that are none
        return None
    return by_type.get(preferred) if preferred else None
