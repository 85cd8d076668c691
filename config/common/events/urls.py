"""The address of the page of one's own subscriptions."""

from django.contrib import admin
from django.urls import path

from config.common.events.pages import notifications

urlpatterns = [path("", admin.site.admin_view(notifications), name="notifications")]
