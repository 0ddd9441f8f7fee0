"""Pages that need no sign-in."""

from django.urls import path

from . import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", views.start, name="start"),
]
