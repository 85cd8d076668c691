"""The forms of the second step."""

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

_LENGTH = 64


class CodeForm(forms.Form):
    """A code, as the app or a paper shows it: with its spaces."""

    code = forms.CharField(
        max_length=_LENGTH,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: object, autofocus: bool = False, hint: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what Django's form takes
        self.fields["code"].help_text = hint
        if autofocus:
            self.fields["code"].widget.attrs["autofocus"] = True
