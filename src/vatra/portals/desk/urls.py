"""The desk: pages for people who work here."""

from django.urls import path

from . import views

urlpatterns = [path("", views.window, name="window")]
