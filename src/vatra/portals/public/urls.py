"""Pages that need no sign-in."""

from django.urls import path

from . import check, directory, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", views.start, name="start"),
    path("directory/", directory.directory, name="directory"),
    path("directory/service/<uuid:id>/", directory.service, name="service"),
    path("directory/provider/<uuid:id>/", directory.provider, name="provider"),
    path("check/", check.check_letter, name="check_letter_start"),
    path("check/<str:code>/", check.check_letter, name="check_letter"),
]
