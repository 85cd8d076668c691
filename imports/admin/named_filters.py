"""The filters of the lists of sources and of channels, and by the name of a source; each lives in the address of the
page."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.common.staff.filters import UNKNOWN, ColumnDropdownFilter, PartFilter, YesNoFilter
from imports.models import Source


class SourceFilter(PartFilter):
    """What is of sources whose name has this in it."""

    title = gettext_lazy("source")
    parameter_name = column = "source"


class NameFilter(PartFilter):
    """In whose name, or another of its names, this stands."""

    title = gettext_lazy("name")
    parameter_name = "named"
    column = "name"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        every_name = queryset.model.objects.all()
        found = super().queryset(request, every_name)
        if found is every_name:
            return queryset
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(pk__in=found.values("alias_of")))


class ContactFilter(PartFilter):
    """Whose contact has this in it."""

    title = gettext_lazy("contact")
    parameter_name = column = "contact"


class SendsFilter(PartFilter):
    """Who usually sends something with this in it."""

    title = gettext_lazy("what it sends")
    parameter_name = column = "sends"


class UploaderFilter(ColumnDropdownFilter):
    """Whose deliveries any of these people may load; of those that nobody is named for everybody may."""

    title = gettext_lazy("who may load")
    parameter_name = "uploader"
    column = "uploaders__username"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = Source.objects.exclude(uploaders=None).order_by(self.column)
        names = named.values_list(self.column, flat=True).distinct()
        return [*((name, name) for name in names), (UNKNOWN, _("(everybody who may load any)"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # By keys: of several people one source would be there several times.
        return queryset.filter(pk__in=super().queryset(request, Source.objects.order_by()).values("pk"))


class OtherNamesFilter(YesNoFilter):
    """Whether it has aliases."""

    title = gettext_lazy("other names")
    parameter_name = "aliases"
    states: ClassVar[dict[str, Any]] = {
        "yes": gettext_lazy("With other names"),
        "no": gettext_lazy("Without other names"),
    }

    def having(self, queryset: QuerySet[Any]) -> Any:
        return Exists(queryset.model.objects.filter(alias_of=OuterRef("pk")))


class CurrentFilter(YesNoFilter):
    """Whether a delivery of it is in the current picture."""

    title = gettext_lazy("current delivery")
    parameter_name = "current"
    states: ClassVar[dict[str, Any]] = {"yes": gettext_lazy("In the current picture"), "no": gettext_lazy("Not in it")}

    def having(self, queryset: QuerySet[Any]) -> Any:
        return Q(current_import__isnull=False)
