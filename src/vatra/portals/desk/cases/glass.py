"""Opening a sealed record in an emergency; and the supervisor's list of who did."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from vatra.foundation.access.models import BrokenGlass
from vatra.foundation.access.queries import glass_to_review, require
from vatra.journeys.break_glass import break_the_glass, review_the_glass
from vatra.kernel.refused import Refused
from vatra.web.actions import needs

from ..fields import as_error
from .forms import GlassForm, GlassReviewForm

SHOWN = 100
PAGES = {"cases.case": ("case", "case_id"), "people.household": ("household", "household_id")}


@needs("access.break_glass")
def glass_break(request: HttpRequest) -> HttpResponse:
    """A number and a reason; then the record, for a few hours."""
    require(request.actor, "access.break_glass")
    form, status = GlassForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                broken = break_the_glass(**form.cleaned_data, actor=request.actor, at=timezone.now())
            except Refused as refusal:
                form.add_error(None, as_error(refusal))
            else:
                messages.warning(
                    request, gettext("The record is open to you for four hours. A supervisor will review it.")
                )
                page, name = PAGES[broken.ref_kind]
                return redirect(page, **{name: broken.ref_id})
    return render(request, "desk/cases/glass.html", {"form": form}, status=status)


@require_GET
@needs("access.review_glass")
def glass_list(request: HttpRequest) -> HttpResponse:
    """Who opened which sealed record, when and why; those that nobody reviewed yet come first."""
    rows = list(glass_to_review(request.actor)[:SHOWN])
    rows.sort(key=lambda row: row.reviewed_at is not None)
    return render(request, "desk/cases/glass_list.html", {"rows": rows})


@needs("access.review_glass")
def glass_review(request: HttpRequest, broken_glass_id: UUID) -> HttpResponse:
    row = glass_to_review(request.actor).filter(pk=broken_glass_id).first()
    if row is None:
        raise Http404
    form, status = GlassReviewForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                review_the_glass(
                    broken=row.pk, justified=said["verdict"] == "justified", remark=said["remark"],
                    actor=request.actor, at=timezone.now(),
                )  # fmt: skip
            except BrokenGlass.DoesNotExist:
                raise Http404 from None
            except Refused as refusal:
                form.add_error(None, as_error(refusal))
            else:
                messages.success(request, gettext("Reviewed."))
                return redirect("glass_list")
    return render(request, "desk/cases/glass_review.html", {"form": form, "row": row}, status=status)
