"""What every change of a case shares: find the case, show a form, refuse in its place, or do it and go back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from vatra.foundation.access.queries import may
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.cases.models import Case

from ..fields import as_error

Act = Callable[[dict[str, Any]], object]


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


def acting(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.actor, "at": timezone.now()}


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def edit(
    request: HttpRequest, case: Case, form: forms.Form, act: Act, *, title: str, lead: str, done: str,
    anchor: str = "", template: str = "desk/cases/edit.html", **more: Any,
) -> HttpResponse:  # fmt: skip
    """One form: shown, refused in its place, or done; then back to where it belongs in the case."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                act(form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, as_error(refusal))
            else:
                messages.success(request, done)
                return to_case(case.pk, anchor)
    context = {"case": case, "form": form, "title": title, "lead": lead, **more}
    return render(request, template, context, status=status)


def to_case(case_id: UUID, anchor: str = "") -> HttpResponse:
    answer = redirect("case", case_id=case_id)
    if anchor:
        answer["Location"] += f"#{anchor}"
    return answer
