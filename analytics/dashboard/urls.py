"""The addresses of the tiles."""

from django.urls import path

from analytics.dashboard.views import tile

urlpatterns = [path("<slug:key>/", tile, name="dashboard-tile")]
