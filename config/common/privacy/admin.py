"""The trail of reads in the admin: lists and pages of residents leave one, and those who give access read it.

It is registered by being imported, by the admin of whatever shows residents.
"""

import re
from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesCheckboxFilter

from config.common.http.error_pages import refused
from config.common.privacy.models import ReadAudit
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Unavailable
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.filters import DaysFilter
from config.common.staff.read_only import ReadOnlyAdmin

# Of an export of more residents than these the trail says "all of the import".
MOST_NAMED = 10_000
_ONE_RESIDENT = re.compile(r"\s*([0-9]{1,18})\s*/\s*([0-9]{1,18})\s*")


class AuditedAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Pages that show residents: rows that have a `delivery_id` and a `citizen_id`. Mix it in before the others.

    What is shown is written down before it leaves; where that fails nothing is shown (503).
    """

    def named_on_page(self, row: Any) -> Iterable[int]:
        """The citizens of the same import whom the page of `row` names beside its own."""
        return ()

    def export_response(self, request: HttpRequest, rows: QuerySet[Any], format: str) -> HttpResponseBase:
        """Of a list that may be exported: those who are named in the trail, or, of very many, all of their imports."""
        found = list(rows.values_list("pk", "delivery_id", "citizen_id")[: MOST_NAMED + 1])
        reader = Reader.of(request)
        if len(found) > MOST_NAMED:
            imports = rows.order_by().values_list("delivery_id", flat=True).distinct()
            record_read(reader=reader, what=What.RESIDENTS, residents=[(one, None) for one in imports], form=format)
        else:
            # Nobody who became one of them since.
            rows = rows.filter(pk__in=[pk for pk, *_ in found])
            residents = sorted({(import_id, number) for _, import_id, number in found})
            record_read(reader=reader, what=What.LISTED, residents=residents, form=format)
        response: HttpResponseBase = super().export_response(request, rows, format)
        return response

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        response = super().changelist_view(request, extra_context)
        changes = (getattr(response, "context_data", None) or {}).get("cl")
        return _audited(request, response, What.LISTED, list(changes.result_list) if changes else [])

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().changeform_view(request, *args, **kwargs)
        row: Any = (getattr(response, "context_data", None) or {}).get("original")
        answer = _audited(request, response, What.PAGE, [row] if row else [])
        # Where the trail refused the page it names nobody.
        related = self.named_on_page(row) if row and answer is response else ()
        return recorded(request, answer, What.LISTED, {(row.delivery_id, number) for number in related})


def _audited(request: HttpRequest, response: Any, what: ReadAudit.What, rows: list[Any]) -> HttpResponseBase:
    return recorded(request, response, what, {(row.delivery_id, row.citizen_id) for row in rows})


def recorded(request: HttpRequest, response: Any, what: ReadAudit.What, residents: set[Any]) -> HttpResponseBase:
    """`response`, once it is written down that it shows `residents`; the refusal where that is not possible."""
    try:
        record_read(reader=Reader.of(request), what=what, residents=sorted(residents), form="page")
    except Unavailable as problem:
        return refused(request, problem)
    return cast("TemplateResponse", response)


@admin.register(ReadAudit)
class ReadAuditAdmin(SavedListMixin, ReadOnlyAdmin):
    """Who saw which residents. Only to look at, and to take away."""

    list_display = ("at", "username", "via", "what", "format", "import_id", "citizen_id", "address", "request_id")
    list_filter = (("what", ChoicesCheckboxFilter), ("at", DaysFilter))
    list_filter_submit = True
    saved_parameters = ("what__exact", "at_from", "at_to")
    search_fields = ("=username", "=import_id", "=request_id", "=address")
    search_help_text = _("A user name, an import, import/citizen, a request's id, an address.")
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ReadAudit], search_term: str
    ) -> tuple[QuerySet[ReadAudit], bool]:
        if one := _ONE_RESIDENT.fullmatch(search_term):
            return queryset.filter(import_id=int(one[1]), citizen_id=int(one[2])), False
        found: tuple[QuerySet[ReadAudit], bool] = super().get_search_results(request, queryset, search_term)
        return found
