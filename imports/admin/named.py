"""Sources and channels in the admin: what deliveries name, and whose other names these are."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from config.common.digits import number_in
from config.common.http.callers import acting
from config.common.problems import Problem
from config.common.saved_views.admin import SavedListMixin
from config.common.spellings import fold
from config.common.staff.filters import DaysFilter
from config.common.staff.searching import FoldedSearchMixin
from imports.admin.list_title import ListTitleMixin
from imports.admin.named_filters import (
    ContactFilter,
    CurrentFilter,
    NameFilter,
    OtherNamesFilter,
    SendsFilter,
    UploaderFilter,
)
from imports.models import Channel, Named, Source
from imports.services.naming.change_named import change_named, create_named, delete_named
from imports.services.naming.read_named import has_deliveries, named_for_reading

_CREATED = ("created_at", DaysFilter)
_NOTES = ("contact", "sends")
_BUTTON = '<button type="submit" name="take_off" value="{}" class="text-link underline cursor-pointer">{}</button>'


class NamedForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Its fields, and its other names, one a line; a button takes one of them off."""

    other_names = forms.CharField(
        label=_("Other names"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_(
            "One a line, in any spelling. They count as this one in the demand of all deliveries, past and future, "
            "until they are taken off."
        ),
    )

    known_version = forms.IntegerField(label="", widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "known_version" in self.fields:
            self.initial["known_version"] = self.instance.version
        if self.instance.pk and "other_names" in self.fields:
            self.initial["other_names"] = "\n".join(sorted(alias.name for alias in self.instance.aliases.all()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        off = self.instance.aliases.filter(pk=number_in(self.data.get("take_off", ""))) if self.instance.pk else ()
        gone = {alias.name for alias in off}
        lines = (line.strip() for line in cleaned.get("other_names", "").splitlines())
        cleaned["other_names"] = [line for line in lines if line and line not in gone]
        old = self.initial.get("name", "")
        if self.instance.pk and fold(old) != fold(cleaned.get("name") or old):
            # Its deliveries, or residents, go on naming it so.
            cleaned["other_names"].append(old)
        if not self.errors:
            self._try(cleaned)
        return cleaned

    def values(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What the services take."""
        notes = {name: cleaned[name] for name in _NOTES if name in cleaned}
        if "uploaders" in cleaned:
            notes["uploaders"] = [user.get_username() for user in cleaned["uploaders"]]
        return {"name": cleaned["name"], "aliases": cleaned["other_names"], **notes}

    def _try(self, cleaned: dict[str, Any]) -> None:
        """Whether the services would take it: done for once and undone."""
        try:
            with transaction.atomic():
                store(type(self.instance), self.instance.pk, self.values(cleaned), None, cleaned.get("known_version"))
                transaction.set_rollback(True)
        except Problem as problem:
            if not problem.errors:
                self.add_error(None, problem.detail)
            for error in problem.errors:
                self.add_error("name" if error.pointer == "/name" else "other_names", error.detail)


def store(model: type[Named], pk: int | None, values: dict[str, Any], actor: Any, known: int | None) -> Named:
    """Makes it, or changes the version that is `known`."""
    if pk is None:
        return create_named(model, values=values, actor=actor)
    return change_named(model, pk=pk, values=values, actor=actor, versions=None if known is None else {known})


class NamedAdmin(ListTitleMixin, SavedListMixin, FoldedSearchMixin):
    """What both have in common. Of several at once nothing is deleted."""

    form = NamedForm
    model: ClassVar[type[Named]]
    actions = None
    list_display: tuple[str, ...] = ("name", "other_names", "created_at")
    list_filter: tuple[Any, ...] = (NameFilter, OtherNamesFilter, _CREATED)
    list_filter_submit = True
    saved_parameters: ClassVar[tuple[str, ...]] = ("named", "aliases", "created_at_from", "created_at_to")
    search_fields = ("name__folded", "aliases__name__folded")
    exact_fields = ("name",)
    show_full_result_count = False
    fields: tuple[str, ...] = ("name", "other_names", "known_as", "known_version")
    readonly_fields: tuple[str, ...] = ("known_as",)

    def get_fields(self, request: HttpRequest, obj: Named | None = None) -> list[str]:
        # Buttons are for whoever may press them, and a new one has no names to take off.
        is_open = obj is not None and self.has_change_permission(request, obj)
        return [name for name in self.fields if name != "known_as" or is_open]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = named_for_reading(self.model)
        return rows

    @admin.display(description=_("other names"))
    def other_names(self, row: Any) -> str:
        """The aliases."""
        return ", ".join(sorted(alias.name for alias in row.aliases.all()))

    @admin.display(description=_("known as"))
    def known_as(self, row: Any) -> SafeString:
        """Each alias with a button that takes it off."""
        aliases = sorted((alias.name, alias.pk) for alias in row.aliases.all())
        lines = ((name, format_html(_BUTTON, pk, _("Take off"))) for name, pk in aliases)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}</li>", lines))

    def save_model(self, request: HttpRequest, obj: Any, form: NamedForm, change: bool) -> None:
        # The admin goes on with the object that it knows: it must name the row that was made.
        known = form.cleaned_data.get("known_version")
        obj.pk = store(self.model, obj.pk, form.values(form.cleaned_data), acting(request), known).pk

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_message(super().changeform_view, request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_message(super().delete_view, request, *args, **kwargs)

    def _or_message(self, view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Somebody took the name, or delivered, since the form was tried.
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(request.path)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_named(self.model, pk=obj.pk, actor=acting(request))


@admin.register(Source)
class SourceAdmin(NamedAdmin):
    """Suppliers: whom to ask, what they send, who may load it, and their other names."""

    model = Source
    list_display = ("name", "other_names", "contact", "sends", "current", "created_at")
    list_filter = (
        NameFilter, ContactFilter, SendsFilter, UploaderFilter, OtherNamesFilter, CurrentFilter, _CREATED,
    )  # fmt: skip
    saved_parameters = (*NamedAdmin.saved_parameters, "contact", "sends", "uploader", "current")
    fields = ("name", "other_names", "known_as", "contact", "sends", "uploaders", "current", "known_version")
    readonly_fields = ("known_as", "current")
    autocomplete_fields = ("uploaders",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)
        return may and not (obj is not None and has_deliveries(obj))

    @admin.display(description=_("current delivery"), ordering="current_import")
    def current(self, row: Any) -> SafeString | None:
        """What the demand of today is counted of."""
        number = vars(row).get("current_import")
        if number is None:
            return None
        return format_html(
            '<a class="underline" href="{}">{}</a>', reverse("admin:imports_import_change", args=[number]), number
        )


@admin.register(Channel)
class ChannelAdmin(NamedAdmin):
    """Advertising channels that staff know by name, and the names that deliveries have for them."""

    model = Channel
