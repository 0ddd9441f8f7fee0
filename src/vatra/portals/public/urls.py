"""Pages that need no sign-in."""

from django.urls import path

from . import check, directory, plan, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", views.start, name="start"),
    path("directory/", directory.directory, name="directory"),
    path("directory/service/<uuid:id>/", directory.service, name="service"),
    path("directory/provider/<uuid:id>/", directory.provider, name="provider"),
    path("plan/", plan.plan, name="public_plan_latest"),
    path("plan/indicator/<slug:code>/", plan.plan_indicator, name="public_indicator"),
    path("plan/<slug:code>/", plan.plan, name="public_plan"),
    path("check/", check.check_letter, name="check_letter_start"),
    path("check/<str:code>/", check.check_letter, name="check_letter"),
]
