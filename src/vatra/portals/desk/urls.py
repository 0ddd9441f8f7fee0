"""The desk: pages for people who work here."""

from django.urls import path

from . import screening, views

urlpatterns = [
    path("", views.window, name="window"),
    path("household/<uuid:household_id>/screening/", screening.screening, name="household_screening"),
]
