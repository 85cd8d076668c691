"""The form that makes a user in one step, and the choice of roles."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from config.common.accounts.roles import duties_of, role_name


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django's takes no type at run time
    """Roles to tick, each with what it may do in words."""

    def label_from_instance(self, obj: Any) -> str:
        return ": ".join(part for part in (role_name(obj.name), duties_of(obj.name)) if part)


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's takes no type at run time
    """Who it is and what they may do. The password they choose themselves, by the link that is mailed to them."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "groups")
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = _("What they sign in with: letters, digits and @ . + - _")
        email = self.fields["email"]
        email.label, self.fields["groups"].required = _("E-mail"), True
        email.help_text = _("An invitation goes there at once. None for a program, which signs in with an API token.")

    def clean_username(self) -> str:
        """Raises `ValidationError` for a name that differs from somebody's by capitals alone."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("Somebody has this name already."), code="unique")
        return name

    def save(self, commit: bool = True) -> User:
        """Stores somebody who cannot sign in yet."""
        self.instance.set_unusable_password()
        user: User = super().save(commit)
        return user
