"""Airports in the admin: the services' face for people."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin

from airports.admin_upload import UploadAdminMixin
from airports.fields import NAMES, InvalidValue, parse_json
from airports.models import Airport, PendingChange, QueuedCreate
from airports.services.create_airport import create_airport
from airports.services.flag_airport import flag_airport
from airports.services.purge_airports import purge_airports
from airports.services.restore_airport import restore_airport
from airports.services.store import taken_codes
from airports.services.update_airport import update_airport
from config.common.admin import ReadOnlyAdmin
from config.common.problems import Problem

_CHANGED_MEANWHILE = (
    "Somebody has changed this airport since you opened this page. Nothing was saved: "
    "open the page again, look at their change and repeat yours."
)


class AirportForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The fields by the rules of `airports.fields`, and the version that the form was made from."""

    known_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Airport
        fields = NAMES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not the instance's: in the form of an old version that one is long past.
        self._present = Airport.objects.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        self.fields["known_version"].initial = self._present

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in NAMES:
            self._parse(name, cleaned)
        if self._present is not None and cleaned.get("known_version") != self._present:
            raise forms.ValidationError(_CHANGED_MEANWHILE, code="stale")
        for name in taken_codes(airport_id=self.instance.pk, codes=cleaned):
            self.add_error(name, forms.ValidationError("Another airport has this code.", code="duplicate_code"))
        return cleaned

    def _parse(self, name: str, cleaned: dict[str, Any]) -> None:
        if name not in cleaned:
            return
        try:
            cleaned[name] = parse_json(name, cleaned[name])
        except InvalidValue as error:
            self.add_error(name, forms.ValidationError(error.detail, code=error.code))


@admin.register(Airport)
class AirportAdmin(UploadAdminMixin, SimpleHistoryAdmin, ModelAdmin):  # type: ignore[misc]  # neither has types
    """Airports. Deleting flags them; what is flagged can be restored, or deleted for good."""

    form = AirportForm
    list_display = ("name", "city", "country", "iata", "icao", "tz", "updated_at", "is_deleted")
    list_filter = ("is_deleted", "type", "source")
    search_fields = ("name", "city", "country", "=iata", "=icao")
    actions = ("flag_selected", "restore_selected", "delete_selected_for_good")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Airport]:
        return Airport.objects.all() if self.has_delete_permission(request) else Airport.objects.live()

    def get_readonly_fields(self, request: HttpRequest, obj: Airport | None = None) -> tuple[str, ...]:
        # A new one has none of them yet: the database fills them in.
        return ("is_deleted", "deleted_at", "created_at", "updated_at", "version") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Airport | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_message(request, lambda: super(AirportAdmin, self).changeform_view(request, *args, **kwargs))

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_message(request, lambda: super(AirportAdmin, self).history_form_view(request, *args, **kwargs))

    def _or_message(self, request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
        """A refusal that the form could not foresee, since another wrote between its check and the save."""
        try:
            return answer()
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Airport, form: AirportForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in NAMES}
        if change:
            known = {form.cleaned_data["known_version"]}
            update_airport(airport_id=obj.pk, values=values, actor=_user(request), versions=known)
        else:
            # The admin goes on with the object that it knows: it must name the row that was made.
            obj.pk = create_airport(values=values, actor=_user(request)).pk

    def delete_model(self, request: HttpRequest, obj: Airport) -> None:
        self._each(request, [obj], flag_airport, "flagged as deleted")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Flagging stands in for Django's own deletion of a selection.
        actions: dict[str, Any] = super().get_actions(request)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    @admin.action(description="Flag the selected airports as deleted", permissions=["delete"])
    def flag_selected(self, request: HttpRequest, queryset: QuerySet[Airport]) -> None:
        """Sets the deletion flag."""
        self._each(request, queryset, flag_airport, "flagged as deleted")

    @admin.action(description="Restore the selected airports", permissions=["delete"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Airport]) -> None:
        """Takes the deletion flag off."""
        self._each(request, queryset, restore_airport, "restored")

    @admin.action(description="Delete for good those of the selected that are flagged", permissions=["delete"])
    def delete_selected_for_good(self, request: HttpRequest, queryset: QuerySet[Airport]) -> None:
        """In two steps, for only what is flagged goes."""
        airport_ids = list(queryset.values_list("pk", flat=True))
        purged = purge_airports(airport_ids=airport_ids, actor=_user(request))
        messages.success(request, f"{purged} deleted for good, {len(airport_ids) - purged} left alone.")

    def _each(
        self,
        request: HttpRequest,
        airports: "QuerySet[Airport] | list[Airport]",
        write: Callable[..., Airport],
        done: str,
    ) -> None:
        refused = []
        for airport in airports:
            try:
                write(airport_id=airport.pk, actor=_user(request))
            except Problem as problem:
                refused.append(f"{airport}: {problem.detail}")
        messages.info(request, f"{len(airports) - len(refused)} {done}.")
        for sentence in refused:
            messages.warning(request, sentence)


@admin.register(PendingChange)
class PendingChangeAdmin(ReadOnlyAdmin):
    """Links that were asked for: what each would change, and what became of it."""

    list_display = ("action", "airport_id", "asked_by", "created_at", "expires_at", "applied_at", "result_id")
    list_filter = ("action",)
    list_select_related = ("asked_by",)
    exclude = ("token_hash",)
    show_full_result_count = False


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


@admin.register(QueuedCreate)
class QueuedCreateAdmin(ReadOnlyAdmin):
    """Creates that wait for the batch worker, and what became of others."""

    list_display = ("id", "status", "asked_by", "created_at", "finished_at", "airport_id")
    list_filter = ("status",)
    list_select_related = ("asked_by",)
    show_full_result_count = False
