"""Lists of the admin that are searched as people type."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from config.common.db.folded import ExactFirst
from config.common.folding import fold


class FoldedSearchMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Finds by `search_fields` that end in `__folded`; the exact spelling in the first of `exact_fields` comes first,
    then in the next one."""

    exact_fields: ClassVar[tuple[str, ...]]

    def closest(self, words: str) -> Sequence[Combinable]:
        """The order of what was found."""
        whole = [ExactFirst([field], words, "exact") for field in self.exact_fields]
        return [*whole, ExactFirst(self.exact_fields, words, "contains")]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        folded = fold(search_term)
        if search_term and not folded:
            return queryset.none(), False
        rows, may_repeat = super().get_search_results(request, queryset, folded)
        if folded and ORDER_VAR not in request.GET:
            rows = rows.order_by(*self.closest(search_term), *rows.query.order_by, "pk")
        return rows, may_repeat
