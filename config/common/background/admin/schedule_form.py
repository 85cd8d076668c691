"""The form of a schedule: how often, in the words of people."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.common.background.models import Schedule
from config.common.background.services.schedules import staff_tasks, timing_of, when
from config.common.background.timing import WEEK, How, Timing, time_zones

# Of what only cron says.
_AS_IT_IS = "as-it-is"
_HOW: list[tuple[str, Any]] = [
    (How.EVERY.value, gettext_lazy("Every so often")),
    (How.DAY.value, gettext_lazy("Every day")),
    (How.WEEKDAYS.value, gettext_lazy("On certain days of the week")),
    (How.MONTH.value, gettext_lazy("On the first of each month")),
]
# The fields that each of them takes.
_NEEDS = {
    How.EVERY.value: ("number", "unit"),
    How.DAY.value: ("at", "zone"),
    How.WEEKDAYS.value: ("days", "at", "zone"),
    How.MONTH.value: ("at", "zone"),
}
_UNITS: list[tuple[str, Any]] = [
    ("minutes", gettext_lazy("minutes")),
    ("hours", gettext_lazy("hours")),
    ("days", gettext_lazy("days")),
]
_MOST = 9_999


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's takes no type at run time
    """What runs, whether it does, and when. What is hidden because it does not count is not looked at."""

    task = forms.ChoiceField(label=gettext_lazy("What runs"), widget=UnfoldAdminSelectWidget)
    how = forms.ChoiceField(label=gettext_lazy("How often"), choices=_HOW, widget=UnfoldAdminRadioSelectWidget)
    number = forms.IntegerField(
        label=gettext_lazy("Every"), min_value=1, max_value=_MOST, required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=_UNITS, required=False, widget=UnfoldAdminSelectWidget)
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=list(WEEK.items()),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    at = forms.TimeField(
        label=gettext_lazy("At"), required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "time"})
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Schedule
        fields = ("name", "enabled")
        help_texts = {"name": "", "enabled": gettext_lazy("Off: it waits until somebody switches it on again.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Another task is another schedule.
            del self.fields["task"]
        else:
            self._choices("task", list(staff_tasks().items()))
        timing = timing_of(self.instance) if self.instance.pk else Timing(how=How.DAY)
        if timing is None:
            self._choices("how", [(_AS_IT_IS, _("As it is: %(when)s") % {"when": when(self.instance)}), *_HOW])
        elif timing.unit not in dict(_UNITS):
            # Work of the product's own runs every few seconds.
            self._choices("unit", [(timing.unit, timing.unit), *_UNITS])
        # One that is set already stays to be chosen, though it is a name of old.
        zones = dict.fromkeys([*time_zones(), *([timing.zone] if timing else [])])
        self._choices("zone", [(name, name) for name in zones])
        self.initial.update(_initial(timing))

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Makes the timing. What its kind needs must be there; the rest need not make sense."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        needed = _NEEDS.get(found.get("how", ""), ())
        for name in needed:
            if not found.get(name) and name not in self.errors:
                self.add_error(name, forms.ValidationError(_("This is needed."), code="required"))
        for name in {"number", "unit", "days", "at", "zone"}.difference(needed):
            self.errors.pop(name, None)
        if not self.errors:
            found["timing"] = _timing(found)
        return found

    def validate_unique(self) -> None:
        """Looks at the name alone: django-celery-beat's own wants times, which `set_schedule` gives it."""
        form: Any = self
        try:
            Model.validate_unique(form.instance, exclude=form._get_validation_exclusions())
        except forms.ValidationError as error:
            form._update_errors(error)


def _timing(found: dict[str, Any]) -> Timing | None:
    how = found["how"]
    if how == _AS_IT_IS:
        return None
    taken = {name: found[name] for name in _NEEDS[how]}
    if "days" in taken:
        taken["days"] = frozenset(taken["days"])
    return Timing(how=How(how), **taken)


def _initial(timing: Timing | None) -> dict[str, Any]:
    known = timing or Timing(how=How.DAY)
    return {
        "how": known.how.value if timing else _AS_IT_IS,
        "number": known.number,
        "unit": known.unit,
        "days": sorted(known.days),
        "at": f"{known.at:%H:%M}",
        "zone": known.zone,
    }
