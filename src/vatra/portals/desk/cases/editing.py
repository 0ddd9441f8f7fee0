"""What every change of a case shares: find the case, show a form, refuse in its place, or do it and go back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from vatra.foundation.access.queries import may
from vatra.kernel.refused import NoGrant
from vatra.rooms.cases.models import Case

from ..editing import acting, edited


def reached(request: HttpRequest, case_id: UUID, action: str = "cases.work") -> Case:
    """The case, if the reader may do this with it: 403 where they may with none at all, otherwise 404."""
    try:
        rows = Case.objects.visible_to(request.actor, action)
    except NoGrant:
        if not may(request.actor, "cases.view"):
            raise
        raise Http404 from None
    try:
        return rows.select_related("type", "household").get(pk=case_id)
    except Case.DoesNotExist:
        raise Http404 from None


def part(model: type[models.Model], id_: UUID, **of: Any) -> Any:
    """Something that belongs to the case in the address, or 404."""
    try:
        return model._default_manager.get(pk=id_, **of)
    except model.DoesNotExist:
        raise Http404 from None


def edit(
    request: HttpRequest, case: Case, form: forms.Form, act: Callable[..., object], *, title: str, lead: str,
    done: str, anchor: str = "", template: str = "desk/cases/edit.html", **more: Any,
) -> HttpResponse:  # fmt: skip
    """One form: shown, refused in its place, or done; then back to where it belongs in the case.

    `act` is a command that takes what the form asks by the same names.
    """
    return edited(
        request, form, lambda said: act(**said, **acting(request)), lambda _: to_case(case.pk, anchor), done=done,
        template=template, context={"case": case, "title": title, "lead": lead, **more},
    )  # fmt: skip


def to_case(case_id: UUID, anchor: str = "") -> HttpResponse:
    answer = redirect("case", case_id=case_id)
    if anchor:
        answer["Location"] += f"#{anchor}"
    return answer
