"""The form of a resident: what the API takes as a PATCH, checked by the same validator."""

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminMultipleAutocompleteWidget, UnfoldAdminTextInputWidget

from config.common.digits import number_in
from config.common.problems import InvalidInput
from imports.documents.reader import read_patch
from imports.fields import EDITABLE, LISTS, Kind, Patch, names_of, written
from imports.models import Citizen
from imports.services.document_rules import rules_for, rules_on
from imports.services.residents.correct_resident import version_of

_OPTION = '<option value="{}"{}>{}</option>'
_TEXTS = names_of(Kind.TEXT)
# Who they are first, whom they know last.
_SHOWN = ("name", *(name for name in EDITABLE if name not in {"name", *LISTS}), *LISTS)
# The message of `Stale`; here it stands beside what somebody typed.
_MEANWHILE = _lazy(
    "Somebody has changed this resident since you opened this page. Nothing was saved: "
    "open the page again, look at their change and repeat yours."
)


class IdsWidget(UnfoldAdminMultipleAutocompleteWidget):  # type: ignore[misc]  # django-unfold has no types
    """Unfold's, for a thousand ids: Django's way looks for each one among all of them and fills a template for it."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = ((number, " selected" if str(number) in chosen else "", text) for number, text in self.choices)
        given = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name, "multiple": True}))
        return format_html("<select{}>{}</select>", given, format_html_join("", _OPTION, options))


class IdsField(forms.TypedMultipleChoiceField):
    """Ids of residents of the delivery, found by name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, required=False, widget=IdsWidget, **options)

    def valid_value(self, value: Any) -> bool:
        """Any number: whether there is such a resident is asked later, for all at once."""
        return number_in(value) is not None


class ResidentForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The fields, and the version of the resident that the form was made from."""

    known_version = forms.CharField(label="", widget=forms.HiddenInput, required=False)
    birth_date = forms.CharField(
        label=_lazy("Birth date"), widget=UnfoldAdminTextInputWidget, help_text=_lazy("DD.MM.YYYY"), max_length=10
    )
    relatives = IdsField(
        label=_lazy("Relatives"), help_text=_lazy("By id or by the beginning of the name. It changes on both sides.")
    )
    friends = IdsField(label=_lazy("Friends"), help_text=_lazy("Nobody is a relative and a friend at once."))

    class Meta:
        model = Citizen
        fields = _SHOWN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Before the form writes on the instance.
        self._present, self._before = version_of(self.instance), written(self.instance, EDITABLE)
        self.patch: Patch = {}
        self.fields["known_version"].initial = self._present
        for name in _TEXTS:
            self.fields[name].strip = False  # type: ignore[attr-defined]  # all are CharFields
        self.initial["birth_date"] = self._before["birth_date"]
        # A list that is too long for a page is not in the form.
        self._lists = [name for name in LISTS if name in self.fields]
        names = self._names()
        url = reverse("admin:imports_citizen_suggest", args=(self.instance.delivery_id,))
        for name in self._lists:
            field = self.fields[name]
            ids = sorted({*self._before[name], *self._sent(name)})
            field.choices = [(number, names.get(number, str(number))) for number in ids]  # type: ignore[attr-defined]
            field.widget.attrs["data-ajax--url"] = url

    @property
    def patch_is_empty(self) -> bool:
        """Whether nothing was changed."""
        return not self.patch

    def _sent(self, name: str) -> set[int]:
        sent = self.data.getlist(self.add_prefix(name)) if self.is_bound and hasattr(self.data, "getlist") else []
        return {number for text in sent if (number := number_in(text)) is not None}

    def _names(self) -> dict[int, str]:
        ids = {number for name in self._lists for number in (*self._before[name], *self._sent(name))}
        return {row.citizen_id: label(row) for row in _named(self.instance, ids)} if ids else {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("known_version") != self._present:
            raise forms.ValidationError(_MEANWHILE, code="stale")
        changed = {name: value for name, value in self._wanted(cleaned).items() if value != self._before[name]}
        if changed:
            self._check(changed)
        return cleaned

    def _wanted(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        values = {name: cleaned[name] for name in self._before if name in cleaned}
        # In the order that they have: only who is in the list says anything.
        for name in LISTS:
            if name in values and set(values[name]) == set(self._before[name]):
                values[name] = self._before[name]
        return values

    def _check(self, changed: dict[str, Any]) -> None:
        try:
            self.patch = read_patch(json.dumps(changed).encode(), rules=rules_for(self.instance))
        except InvalidInput as refusal:
            for error in refusal.errors:
                self.add_error(error.pointer.split("/")[1], forms.ValidationError(error.detail, code=error.code))
            return
        for name in LISTS:
            if ids := set(changed.get(name, ())):
                self._check_known(name, ids)
                self._check_room(name, ids - {*self._before[name], self.instance.citizen_id})

    def _check_known(self, name: str, ids: set[int]) -> None:
        if missing := ids - set(_named(self.instance, ids).values_list("citizen_id", flat=True)):
            text = ", ".join(map(str, sorted(missing)))
            detail = _("Not in this delivery: %(ids)s.") % {"ids": text}
            self.add_error(name, forms.ValidationError(detail, code="unknown_citizen"))

    def _check_room(self, name: str, new: set[int]) -> None:
        most = rules_on().longest[name]
        if full := _named(self.instance, new).filter(**{f"{name}__len__gte": most}):
            # The two lists by name: a language has its own word, and case, for each.
            sentence = {
                "relatives": _("Nobody has more than %(most)s relatives, and so many has %(who)s."),
                "friends": _("Nobody has more than %(most)s friends, and so many has %(who)s."),
            }[name]
            text = sentence % {"most": number_format(most, force_grouping=True), "who": ", ".join(map(label, full))}
            self.add_error(name, forms.ValidationError(text, code="too_many"))

    def _post_clean(self) -> None:
        """Nothing is written on the instance: the service does, on a row that it has locked."""


def label(citizen: Citizen) -> str:
    """How somebody is called in lists and messages."""
    return f"{citizen.name} ({citizen.citizen_id})"


def _named(citizen: Citizen, ids: set[int]) -> QuerySet[Citizen]:
    rows = Citizen.objects.of(citizen.delivery_id).filter(citizen_id__in=ids)
    return rows.only("citizen_id", "name", "delivery_id")
