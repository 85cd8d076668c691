"""The addresses of the forms of saved views."""

from typing import Any

from django.contrib import admin
from django.urls import path

from config.common.saved_views.views import change, save


def _form(view: Any) -> Any:
    """For whoever may open the admin; it takes a form and shows nothing."""
    guarded = admin.site.admin_view(view)
    guarded.methods = ("OPTIONS", "POST")  # read by `MethodsMiddleware`
    return guarded


urlpatterns = [
    path("", _form(save), name="saved-views"),
    path("<int:view_id>/", _form(change), name="saved-view"),
]
