"""The form of an airport."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from airports.fields import NAMES, InvalidValue, parse_json
from airports.models import Airport
from airports.services.store import taken_codes

_CHANGED_MEANWHILE = gettext_lazy(
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
        self._present = Airport.objects.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        self.fields["known_version"].initial = self._present

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in NAMES:
            self._parse(name, cleaned)
        if self._present is not None and cleaned.get("known_version") != self._present:
            raise forms.ValidationError(_CHANGED_MEANWHILE, code="stale")
        for name in taken_codes(airport_id=self.instance.pk, codes=cleaned):
            self.add_error(name, forms.ValidationError(_("Another airport has this code."), code="duplicate_code"))
        return cleaned

    def _parse(self, name: str, cleaned: dict[str, Any]) -> None:
        if name not in cleaned:
            return
        try:
            cleaned[name] = parse_json(name, cleaned[name])
        except InvalidValue as error:
            self.add_error(name, forms.ValidationError(error.detail, code=error.code))
