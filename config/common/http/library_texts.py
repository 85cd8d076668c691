"""What Django REST framework says and its own catalogues lack: it is in ours."""

from django.utils.translation import gettext_noop as _

UNTRANSLATED: tuple[str, ...] = (
    _("Ensure this field has at least {min_length} elements."),
    _("Ensure this field has no more than {max_length} elements."),
    _("Integer value too large to convert to float"),
    _("Must be a valid boolean."),
    _("Not a valid string."),
)
